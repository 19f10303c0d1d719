import { isSnomedCode } from '../../intake/is-snomed-code.ts';

const longestShape = 24;
const longestWord = 40;
/** So often no two people's details are the same. */
const timesShown = 5;

/** The shape of a value and nothing of what it says: letters become `x` or `X`, digits `#`, what else is not plain ASCII `?`. */
export function maskValue(value: string): string {
  const shape = value.replace(/\p{N}/gu, '#').replace(/\p{L}|\p{M}/gu, (letter) => (/\p{Lu}/u.test(letter) ? 'X' : 'x')).replace(/[^\x20-\x7E]/g, '?');
  return shape.length > longestShape ? `${shape.slice(0, longestShape)}…` : shape;
}

/**
 * A source code as an analyst may see it: what looks like a code, or is said so often that it is a word of the system and
 * nobody's own. Everything else may be a detail of a person in the wrong field, and is masked.
 */
export function showCode(source: string, seen: number): { value: string; masked: boolean } {
  const code = /^[\p{L}\p{N}?*+-]{1,6}$/u.test(source) && (source.match(/\p{N}/gu) ?? []).length < 6;
  const snomed = source.length !== 10 && isSnomedCode(source);
  const words = seen >= timesShown && source.length <= longestWord && !/\p{N}{3}/u.test(source);
  return code || snomed || words ? { value: source, masked: false } : { value: maskValue(source), masked: true };
}
