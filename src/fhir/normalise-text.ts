/** Longest beginning of a text that is indexed. */
export const maxPrefix = 64;

/** A part of a text that can be asked for: its shortest and longest, and how much of the text is looked at. */
export const partLengths = { least: 3, most: 24, within: 64 };

/** Words beside a code: from how many letters on the beginning of one can be asked for, as far as it is compared; and how many words of a text are looked at. */
export const wordLengths = { least: 3, most: 8, words: 12 };

/**
 * Text as names and postcodes are compared: lower case, Latin accents off, everything but letters, digits and the
 * marks other scripts need squashed away. `O’Brien-Ávila` and `obrien avila` are the same.
 */
export function normaliseText(text: string): string {
  return strip(text).replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** The words of a text, each normalised. */
export function wordsOf(text: string): string[] {
  return strip(text).split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '');
}

function strip(text: string): string {
  return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
}
