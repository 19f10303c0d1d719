import { allFields, compareFields, levels, type Field, type FieldLevels, type NameCount } from './compare-fields.ts';
import type { LevelWeight, LinkageRule, NameCounts } from './linkage-rule.ts';
import type { PersonFacts } from './types.ts';

/** A pair of people by their places in a list. */
export type Pair = readonly [number, number];

/** A way to find pairs in which some fields agree by construction: about those it can teach nothing. */
export interface LearningPass {
  agreeing: readonly Field[];
  pairs: Iterable<Pair>;
}

type Weights = LinkageRule['weights'];

const mostRounds = 100;
const settled = 1e-6;
const pseudoCount = 0.5;
const mostPairsOfPass = 1_000_000;

/**
 * Learns a rule's weights from people of whom nobody has said who is who. `u` from pairs taken at random, which are two
 * people but for a few; `m` by expectation maximisation over pairs found in several ways, each teaching about the fields
 * that it did not find them by. Source: Fellegi and Sunter 1969; Winkler, "Using the EM Algorithm for Weight Computation
 * in the Fellegi-Sunter Model of Record Linkage", 2000. Deterministic: `random` gives numbers from 0 up to 1.
 */
export function learnWeights(people: readonly PersonFacts[], passes: readonly LearningPass[], random: () => number, randomPairs = 500_000): Pick<LinkageRule, 'weights' | 'names' | 'prior'> {
  const names = { given: countNames(people.map(({ given }) => given[0])), family: countNames(people.map(({ family }) => family?.replaceAll(' ', ''))) };
  const countOf: NameCount = (kind, name) => names[kind].counts[name] ?? 0;
  const compare = ([i, j]: Pair): FieldLevels | null => {
    const [a, b] = [people[i], people[j]];
    return a && b ? compareFields(a, b, countOf) : null;
  };
  const u = shares(atRandom(people.length, randomPairs, random, compare));
  const learned = passes.map(({ agreeing, pairs }) => ({ agreeing, ...learnFrom(patternsOf(pairs, compare), u, agreeing) }));
  const possiblePairs = (people.length * (people.length - 1)) / 2;
  const matches = Math.max(1, ...learned.map((pass) => pass.matches));
  return { names, weights: together(learned, u), prior: Math.min(0.5, matches / possiblePairs) };
}

function countNames(all: readonly (string | undefined)[]): NameCounts {
  const counts = new Map<string, number>();
  let total = 0;
  for (const name of all) {
    if (name === undefined || name === '') continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    total += 1;
  }
  return { total: Math.max(1, total), counts: Object.fromEntries(counts) };
}

function* atRandom(size: number, wanted: number, random: () => number, compare: (pair: Pair) => FieldLevels | null): Iterable<FieldLevels> {
  for (let made = 0; made < wanted && size > 1; made += 1) {
    const [i, j] = [Math.floor(random() * size), Math.floor(random() * size)];
    const found = i === j ? null : compare([i, j]);
    if (found) yield found;
  }
}

/** Which share of those who say a field fall on each of its levels. */
function shares(all: Iterable<FieldLevels>): { [F in Field]: Map<string, number> } {
  const counts = emptyCounts();
  for (const found of all) for (const field of allFields) add(counts[field], found[field], 1);
  return eachField((field) => normalised(field, counts[field]));
}

/** Equal outcomes counted together: EM goes over patterns, not over pairs. */
function patternsOf(pairs: Iterable<Pair>, compare: (pair: Pair) => FieldLevels | null): { found: FieldLevels; count: number }[] {
  const patterns = new Map<string, { found: FieldLevels; count: number }>();
  let seen = 0;
  for (const pair of pairs) {
    const found = compare(pair);
    if (!found) continue;
    const key = allFields.map((field) => found[field]).join();
    const known = patterns.get(key);
    if (known) known.count += 1;
    else patterns.set(key, { found, count: 1 });
    if ((seen += 1) >= mostPairsOfPass) break;
  }
  return [...patterns.values()];
}

/** EM with `u` held fast: how many of the pairs are one person, and on which levels those fall. */
function learnFrom(patterns: readonly { found: FieldLevels; count: number }[], u: { [F in Field]: Map<string, number> }, agreeing: readonly Field[]): { m: { [F in Field]: Map<string, number> }; matches: number } {
  const fields = allFields.filter((field) => !agreeing.includes(field));
  const all = patterns.reduce((sum, { count }) => sum + count, 0);
  let m = eachField(firstGuess);
  let matches = 0;
  let share = 0.2;
  for (let round = 0; round < mostRounds; round += 1) {
    const counts = emptyCounts();
    matches = 0;
    for (const { found, count } of patterns) {
      let odds = share / (1 - share);
      for (const field of fields) {
        const level = found[field];
        if (level !== null) odds *= (m[field].get(level) ?? 0.5) / (u[field].get(level) ?? 0.5);
      }
      const one = count * (odds / (1 + odds));
      matches += one;
      for (const field of fields) add(counts[field], found[field], one);
    }
    const before = m;
    m = eachField((field) => (agreeing.includes(field) ? before[field] : normalised(field, counts[field])));
    share = Math.min(0.999, Math.max(1e-9, matches / Math.max(1, all)));
    if (fields.every((field) => levels[field].every((level) => Math.abs((m[field].get(level) ?? 0) - (before[field].get(level) ?? 0)) < settled))) break;
  }
  return { m, matches };
}

/** The closest level is by far the likeliest for one person, the last the least likely. */
function firstGuess(field: Field): Map<string, number> {
  const names = levels[field];
  return new Map(names.map((level, index) => [level, index === 0 ? 0.8 : 0.2 / (names.length - 1)]));
}

/** Of a field that several passes teach about, the mean weighed by how many matches each saw. */
function together(learned: readonly { agreeing: readonly Field[]; m: { [F in Field]: Map<string, number> }; matches: number }[], u: { [F in Field]: Map<string, number> }): Weights {
  return eachField((field) => {
    const passes = learned.filter(({ agreeing }) => !agreeing.includes(field));
    const weight = passes.reduce((sum, { matches }) => sum + matches, 0);
    return Object.fromEntries(levels[field].map((level): [string, LevelWeight] => [level, {
      m: weight === 0 ? firstGuess(field).get(level) ?? 0.5 : passes.reduce((sum, pass) => sum + pass.matches * (pass.m[field].get(level) ?? 0), 0) / weight,
      u: u[field].get(level) ?? 0.5,
    }]));
  });
}

function emptyCounts(): { [F in Field]: Map<string, number> } {
  return eachField(() => new Map<string, number>());
}

function eachField<Value>(make: (field: Field) => Value): { [F in Field]: Value } {
  return Object.fromEntries(allFields.map((field) => [field, make(field)])) as { [F in Field]: Value };
}

function add(counts: Map<string, number>, level: string | null, count: number): void {
  if (level !== null) counts.set(level, (counts.get(level) ?? 0) + count);
}

function normalised(field: Field, counts: ReadonlyMap<string, number>): Map<string, number> {
  const names = levels[field];
  const total = names.reduce((sum, level) => sum + (counts.get(level) ?? 0) + pseudoCount, 0);
  return new Map(names.map((level) => [level, ((counts.get(level) ?? 0) + pseudoCount) / total]));
}
