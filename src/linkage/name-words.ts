import table from '../../mappings/linkage/names.json' with { type: 'json' };
import { titles } from '../fhir/name-titles.ts';
import { normaliseText } from '../fhir/normalise-text.ts';

/**
 * What is known of names, as data (spellings in mappings/linkage/names.json). Nothing here decides: it only says which words
 * say nothing about a person, which are one name in two spellings, and which are shared by so many that they tell nobody apart.
 */

/** What a system says when it has no name to give; a newborn without a name is not its sibling. */
export const placeholders: ReadonlySet<string> = new Set([
  'unknown', 'unk', 'notknown', 'none', 'na', 'nfn', 'baby', 'babyboy', 'babygirl', 'infant', 'newborn', 'male', 'female',
  'twinone', 'twintwo', 'triplet', 'xxx', 'test', 'unidentified', 'unnamed',
]);

/** The same where a first name should be; as family names these are somebody's. */
const firstPlaceholders: ReadonlySet<string> = new Set(['boy', 'girl', 'twin']);

/** Parts of a family name that alone are no reason to think two families are one. */
export const particles: ReadonlySet<string> = new Set([
  'van', 'von', 'der', 'den', 'de', 'del', 'della', 'di', 'da', 'dos', 'la', 'le', 'al', 'el', 'bin', 'ibn', 'bint', 'ben',
  'ter', 'ten', 'st', 'san', 'and',
]);

/** First names carried by brothers, sisters and twins alike: what follows them is the name that tells people apart. */
export const sharedFirstNames: ReadonlySet<string> = new Set(table.sharedFirstNames);

/** Names that stand after the first in many families, and now and then where the family name should be: they tell nobody apart. */
export const commonSecondNames: ReadonlySet<string> = new Set(table.commonSecondNames);

const firstNames = headsOf(table.firstNames);
const families = headsOf(table.families);

function headsOf(lines: readonly (readonly string[])[]): ReadonlyMap<string, string> {
  return new Map(lines.flatMap(([head = '', ...rest]) => rest.map((name) => [name, head])));
}

/** Every form of a first name, itself among them. */
export function formsOf(word: string): readonly string[] {
  return table.firstNames.find((forms) => forms.includes(word)) ?? [word];
}

/** The one spelling a first name is compared in. */
export function firstNameForm(word: string): string {
  return firstNames.get(word) ?? word;
}

/** The same of a family name, or of one part of a double barrel. */
export function familyForm(word: string): string {
  return families.get(word) ?? word;
}

/**
 * A first name's words, normalised: case, accents, punctuation, apostrophes (O'Brien = OBrien), hyphens as breaks so that a
 * double barrel can be compared part by part. Leading titles and words that stand for "no name" are left out.
 */
export function nameWords(text: string): string[] {
  const words = familyWords(text);
  return firstPlaceholders.has(words[0] ?? '') ? [] : words;
}

/** The same of a family name: a family may be called Twin or Boy. */
export function familyWords(text: string): string[] {
  const words = text.replace(/['’ʼ`´.]/g, '').split(/[^\p{L}\p{N}\p{M}]+/u).map(normaliseText).filter((word) => word !== '');
  while (words.length > 1 && titles.has(words[0] ?? '')) words.shift();
  return placeholders.has(words.join('')) || placeholders.has(words[0] ?? '') ? [] : words;
}
