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
    const written = [...textsOf(host), ...textsOf(other)];
    const cased = (text: string): string => bestCase(text, written);
    const named: HumanName = isStructured(host) || !isStructured(other) ? host : { ...other, ...(host.text !== undefined && { text: host.text }) };
    return {
      ...rest,
      ...use,
      ...(named.text !== undefined && { text: cased(named.text) }),
      ...(named.family !== undefined && { family: cased(named.family) }),
      ...(named.given && { given: named.given.map(cased) }),
      ...(named.prefix && { prefix: named.prefix.map(cased) }),
      ...(named.suffix && { suffix: named.suffix.map(cased) }),
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

/** The text beside a structured name counts where it says more. */
function textsOf({ prefix = [], given = [], family, suffix = [], text }: HumanName): (string | undefined)[] {
  const parts = [...prefix, ...given, family, ...suffix];
  return isWithin(spokenWords(text), spokenWords(...parts)) ? parts : [...parts, text];
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
    const known = spokenWords(...(name.prefix ?? []), ...(name.suffix ?? []));
    const [given, family] = [spokenWords(...(name.given ?? [])), spokenWords(name.family)];
    const extra = spokenWords(name.text).filter((word) => ![...known, ...given, ...family].includes(word));
    const parts: NameParts = { given, more: [...known, ...extra], loose: [] };
    return name.family === undefined ? parts : { ...parts, family: family.join('') };
  }
  const more = spokenWords(...(name.prefix ?? []), ...(name.suffix ?? []));
  const [before = '', ...after] = (name.text ?? '').split(',');
  const [words, given] = [withoutTitles(spokenWords(before), more), withoutTitles(spokenWords(...after), more)];
  return given.length > 0 ? { family: words.join(''), given, more, loose: [] } : { given, more, loose: words };
}

/** What follows the titles, which join the `more`. */
function withoutTitles(words: readonly string[], more: string[]): string[] {
  const first = words.findIndex((word) => !titles.has(word));
  more.push(...words.slice(0, Math.max(first, 0)));
  return words.slice(Math.max(first, 0));
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
