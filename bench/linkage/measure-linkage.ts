import { decideLink } from '../../src/linkage/decide-link.ts';
import { pairGrader, type Grade } from '../../src/linkage/grade-pair.ts';
import { likenessKeys } from '../../src/linkage/likeness-keys.ts';
import type { LinkageRule } from '../../src/linkage/linkage-rule.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { shippedRule } from '../../test/linkage/shipped-rule.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { cityRecords } from './city.ts';
import { hardPairs } from './hard-pairs.ts';
import { learnFromPeople } from './learn-from-people.ts';
import { pairsSharing } from './people-pairs.ts';
import { publicSets, type LabelledPeople } from './public-sets.ts';
import { scoreLinks } from './score-links.ts';

/** Another city than the one the shipped rule was learned on. */
const citySeed = 1986;
const hardSeed = 1912;
/** A key that more people share is no candidate's. */
const mostSharing = 60;
/** What a set must reach, where a goal was set. */
const goals: { readonly [set: string]: number } = { febrl3: 0.99, fake1000: 0.85 };

/**
 * How well linkage tells who is who, at the shipped rule's thresholds. On a public set, whose places and names are not the
 * city's, the weights are learned from the set itself without its answers; nothing else is fitted to it.
 */
export function measureLinkage({ settings, say }: World, print: Print): Promise<void> {
  const rule = shippedRule();
  const { sets, absent } = publicSets();
  if (absent.length > 0) say(`not measured, because shared/data is not there: ${absent.join(', ')}`);
  for (const set of sets) report(set, { ...rule, ...learnFromPeople(set.people, 1) }, print);
  const records = [...cityRecords(citySeed, settings.linkagePeople)];
  // people with a number on both sides are told apart by it; here they are told apart without
  const people = records.map(({ facts: { nhsNumber: _, nhsNumberStatus: __, ...rest } }): PersonFacts => rest);
  report({ name: 'city', people, truth: records.map(({ person }) => `${person}`) }, rule, print);
  measureHardPairs(rule, settings.hardPairs, print, say);
  return Promise.resolve();
}

function report({ name, people, truth }: LabelledPeople, rule: LinkageRule, print: Print): void {
  const grade = pairGrader(rule);
  const links: [number, number, Grade][] = [];
  const started = performance.now();
  let pairs = 0;
  for (const [i, j] of pairsSharing(people, likenessKeys, mostSharing)) {
    const [a, b] = [people[i], people[j]];
    if (!a || !b) continue;
    pairs += 1;
    const { grade: found } = grade(a, b);
    if (found !== 'certainly-not') links.push([i, j, found]);
  }
  const seconds = (performance.now() - started) / 1_000;
  const pairsOf = (grades: readonly Grade[]): [number, number][] => links.filter(([, , found]) => grades.includes(found)).map(([i, j]) => [i, j]);
  const all = scoreLinks(truth, pairsOf(['certain', 'possible']));
  const auto = scoreLinks(truth, pairsOf(['certain']));
  const wrong = pairsOf(['certain']).filter(([i, j]) => truth[i] !== truth[j]).length;
  const goal = goals[name];
  print(`linkage.${name}.precision`, all.precision, 'share');
  print(`linkage.${name}.recall`, all.recall, 'share');
  print(`linkage.${name}.f1`, all.f1, 'share', undefined, goal === undefined ? undefined : { of: 'value', atLeast: goal });
  print(`linkage.${name}.auto_recall`, auto.recall, 'share');
  print(`linkage.${name}.false_auto_links`, wrong, 'pairs');
  print(`linkage.${name}.review_load`, (100 * pairsOf(['possible']).length) / people.length, 'pairs/100');
  print(`linkage.${name}.speed`, pairs / seconds, 'pairs/s');
}

/** By all rules as they come, and by the weights alone: what no exact rule may do, the weights must not do either. */
function measureHardPairs(rule: LinkageRule, wanted: number, print: Print, say: (text: string) => void): void {
  const grade = pairGrader(rule);
  const wrong = { linked: new Map<string, number>(), graded: new Map<string, number>() };
  let [pairs, possible, refused] = [0, 0, 0];
  for (const { kind, a, b } of hardPairs(hardSeed, wanted)) {
    pairs += 1;
    const decision = decideLink(b, [{ citizen: 'a', facts: [a] }], grade);
    if (decision.kind === 'certain') wrong.linked.set(kind, (wrong.linked.get(kind) ?? 0) + 1);
    if (decision.kind === 'possible') possible += 1;
    if (decision.kind === 'refused') refused += 1;
    if (grade(a, b).grade === 'certain') wrong.graded.set(kind, (wrong.graded.get(kind) ?? 0) + 1);
  }
  for (const [by, kinds] of Object.entries(wrong)) for (const [kind, count] of kinds) say(`${by}, although two people: ${kind}, ${count} times`);
  const none = { of: 'value', atMost: 0 } as const;
  const all = (kinds: ReadonlyMap<string, number>): number => [...kinds.values()].reduce((sum, count) => sum + count, 0);
  print('linkage.hardpairs.pairs', pairs, 'pairs');
  print('linkage.hardpairs.review', possible, 'pairs');
  print('linkage.hardpairs.refused', refused, 'pairs');
  print('linkage.hardpairs.false_auto_links', all(wrong.linked), 'pairs', undefined, none);
  print('linkage.hardpairs.false_auto_grades', all(wrong.graded), 'pairs', undefined, none);
}
