import type { Problem } from '../fhir/problem.ts';

/** What is wrong with a part of a Consent, what would be right, and how to mend it. */
export interface Finding {
  text: string;
  expected: string;
  fix: string;
}

/** FHIR allows it, and the gateway cannot apply it. `pointer` is an RFC 6901 pointer, as in all of these. */
export function notSupported(pointer: string, { text, expected, fix }: Finding): Problem {
  return { category: 'unprocessable', code: 'consent-not-supported', text, at: { pointer }, expected, fix };
}

/** Two parts of the Consent cannot both be meant. */
export function contradictory(pointer: string, { text, expected, fix }: Finding): Problem {
  return { category: 'unprocessable', code: 'consent-contradictory', text, at: { pointer }, expected, fix };
}

/** More provisions, deeper ones or longer lists than are read. */
export function tooLarge(pointer: string, { text, expected, fix }: Finding): Problem {
  return { category: 'unprocessable', code: 'consent-too-deep', text, at: { pointer }, expected, fix };
}

/** The pointer to a member of what `pointer` points to. */
export function pointerTo(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

const maxListed = 100;

/** The entries of a list that is there; an empty one limits to nothing at all, which nobody means, so it is refused. */
export function listed<T extends object>(list: readonly T[] | undefined, pointer: string, problems: Problem[]): readonly T[] {
  if (list === undefined) return [];
  if (!Array.isArray(list) || list.length === 0 || list.some((entry: unknown) => typeof entry !== 'object' || entry === null)) {
    problems.push(notSupported(pointer, { text: 'This is not a list that names something.', expected: 'a list with at least one entry', fix: 'Name at least one, or leave the element out.' }));
    return [];
  }
  if (list.length > maxListed) {
    problems.push(tooLarge(pointer, { text: 'The list is longer than is read.', expected: `at most ${maxListed} entries`, fix: 'Say it with fewer entries, or in a broader provision.' }));
    return [];
  }
  return list as readonly T[];
}
