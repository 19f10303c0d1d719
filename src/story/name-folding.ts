import type { HumanName } from '@medplum/fhirtypes';
import { titles } from '../fhir/name-titles.ts';
import { bestCase } from './best-case.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';
import { spokenWords } from './spoken-words.ts';

/**
 * One name in several writings: case, punctuation, order of family and given, a title or a further given name that is
 * missing. Two family names or two first names are never one, and a former name never the one in use.
 */
export const nameFolding: Folding<HumanName> = {
  size: (name) => spokenWords(...textsOf(name)).length + (isStructured(name) ? 0.5 : 0),
  join(host, other) {
    const use = joinUses(host.use, other.use);
    const rest = joinRest(host, other, ['use', 'text', 'family', 'given', 'prefix', 'suffix']);
    if (!use || !rest || !saysAll(host, other)) return undefined;
    const cased = (texts: string[]): string[] => texts.map((text) => bestCase(text, textsOf(other)));
    const named = isStructured(host) ? host : { ...other, text: host.text };
    return {
      ...rest,
      ...use,
      ...(named.text !== undefined && { text: bestCase(named.text, textsOf(other)) }),
      ...(named.family !== undefined && { family: bestCase(named.family, textsOf(other)) }),
      ...(named.given && { given: cased(named.given) }),
      ...(named.prefix && { prefix: cased(named.prefix) }),
      ...(named.suffix && { suffix: cased(named.suffix) }),
    };
  },
};

/** What words a name has, by where they stand; of a mere text without comma it is not known which are family. */
interface NameParts {
  family?: string;
  given: string[];
  /** titles and suffixes */
  more: string[];
  loose: string[];
}

function isStructured(name: HumanName): boolean {
  return name.family !== undefined || name.given !== undefined;
}

function textsOf({ prefix = [], given = [], family, suffix = [], text, ...rest }: HumanName): (string | undefined)[] {
  const parts = [...prefix, ...given, family, ...suffix];
  return isStructured({ ...rest, ...(family !== undefined && { family }), ...(given.length > 0 && { given }) }) ? parts : [...parts, text];
}

/** Official, usual and unsaid are the name in use, told as the most official of the two. */
function joinUses(host: HumanName['use'], other: HumanName['use']): Pick<HumanName, 'use'> | undefined {
  if (host === other) return host === undefined ? {} : { use: host };
  const inUse = ['official', 'usual', undefined] as const;
  const [rank, otherRank] = [inUse.indexOf(host as 'official'), inUse.indexOf(other as 'official')];
  if (rank < 0 || otherRank < 0) return undefined;
  return { use: inUse[Math.min(rank, otherRank)] ?? 'usual' };
}

function saysAll(host: HumanName, other: HumanName): boolean {
  const parts = aligned(partsOf(host), partsOf(other));
  if (!parts) return false;
  const [a, b] = parts;
  if (b.family !== undefined && a.family !== b.family) return false;
  if (a.given.join('') !== b.given.join('') && !(b.given.length === 0 || (a.given[0] === b.given[0] && isWithin(b.given, a.given)))) return false;
  return isWithin(b.more, a.more);
}

function partsOf(name: HumanName): NameParts {
  if (isStructured(name)) {
    const parts: NameParts = { given: spokenWords(...(name.given ?? [])), more: spokenWords(...(name.prefix ?? []), ...(name.suffix ?? [])), loose: [] };
    return name.family === undefined ? parts : { ...parts, family: spokenWords(name.family).join('') };
  }
  const more = spokenWords(...(name.prefix ?? []), ...(name.suffix ?? []));
  const [first = '', ...after] = (name.text ?? '').split(',');
  const isTitle = (word: string): boolean => titles.has(word);
  const [before, behind] = [spokenWords(first), spokenWords(...after)];
  more.push(...before.filter(isTitle), ...behind.filter(isTitle));
  const [words, given] = [before, behind].map((part) => part.filter((word) => !isTitle(word)));
  if (given?.length) return { family: words?.join('') ?? '', given, more, loose: [] };
  return { given: [], more, loose: words ?? [] };
}

/** Both with the same idea of where the family name is; undefined when they cannot have the same one. */
function aligned(a: NameParts, b: NameParts): [NameParts, NameParts] | undefined {
  if (a.loose.length === 0 && b.loose.length === 0) return [a, b];
  const ends = [a.loose.at(-1), b.loose.at(-1)];
  const family = a.family ?? b.family ?? (ends[0] === ends[1] ? ends[0] : undefined);
  const [one, two] = [split(a, family), split(b, family)];
  return one && two && [one, two];
}

function split(parts: NameParts, family: string | undefined): NameParts | undefined {
  const { loose } = parts;
  if (loose.length === 0) return parts;
  const at = loose.findIndex((_, index) => loose.slice(index).join('') === family);
  if (at >= 0 && family !== undefined) return { ...parts, family, given: loose.slice(0, at), loose: [] };
  return loose.length === 1 || family === undefined ? { ...parts, given: loose, loose: [] } : undefined;
}

function isWithin(words: readonly string[], all: readonly string[]): boolean {
  return words.every((word) => all.includes(word));
}
