import type { Address } from '@medplum/fhirtypes';
import { normaliseText } from '../fhir/normalise-text.ts';
import { bestCase } from './best-case.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';
import { spokenWords } from './spoken-words.ts';

/**
 * One address in several writings: case, punctuation, how it is cut into lines, a line, district or postcode that is
 * missing. Another number in front of a street, another flat or another postcode is another address.
 */
export const addressFolding: Folding<Address> = {
  size: (address) => spokenWords(...textsOf(address), address.postalCode).length + (isStructured(address) ? 0.5 : 0),
  join(host, other) {
    if ((host.use === 'old') !== (other.use === 'old') || !saysAll(host, other)) return undefined;
    const rest = joinRest(host, other, isStructured(host) ? ['text', 'line', 'city', 'district', 'state', 'postalCode'] : ['text']);
    if (!rest) return undefined;
    const { text, line, city, district, state, postalCode } = host;
    const cased = (written: string): string => bestCase(written, textsOf(other));
    return {
      ...rest,
      ...(text !== undefined && { text: cased(text) }),
      ...(line && { line: line.map(cased) }),
      ...(city !== undefined && { city: cased(city) }),
      ...(district !== undefined && { district: cased(district) }),
      ...(state !== undefined && { state: cased(state) }),
      ...(postalCode !== undefined && { postalCode }),
    };
  },
};

function isStructured({ line, city, district, state }: Address): boolean {
  return [line, city, district, state].some((part) => part !== undefined);
}

/** The text beside a structured address counts where it says more. */
function textsOf(address: Address): string[] {
  const { line = [], city, district, state, text } = address;
  const parts = [...line, city, district, state].flatMap((part) => part ?? []);
  const words = spokenWords(...parts, address.postalCode, address.country);
  return text === undefined || spokenWords(text).every((word) => words.includes(word)) ? parts : [...parts, text];
}

const postcodeIn = /\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}\b/i;

interface Place {
  postcode: string;
  /** the words of each part between commas and lines, in order */
  parts: string[][];
}

function placeOf(address: Address): Place {
  const texts = textsOf(address);
  const postcode = normaliseText(address.postalCode ?? postcodeIn.exec(texts.at(-1) ?? '')?.[0] ?? '');
  const parts = texts.flatMap((text) => text.replace(postcodeIn, ' ').split(/[,;\n]/)).map((part) => spokenWords(part)).filter((words) => words.length > 0);
  return { postcode, parts };
}

/** The host may have parts the other leaves out, never the other way round, and never another number. */
function saysAll(host: Address, other: Address): boolean {
  const [a, b] = [placeOf(host), placeOf(other)];
  if (b.postcode !== '' && b.postcode !== a.postcode) return false;
  const [said, all] = [b.parts.flat(), a.parts.flat()];
  if (said.join('') === all.join('')) return true;
  const [numbers, allNumbers] = [said.filter(isNumber), all.filter(isNumber)];
  return (numbers.length === 0 || numbers.join() === allNumbers.join()) && leavesOutParts(said, a.parts);
}

function isNumber(word: string): boolean {
  return /\p{N}/u.test(word);
}

/** Is `words` what remains of `parts` when whole ones are left out? */
function leavesOutParts(words: readonly string[], parts: readonly string[][]): boolean {
  if (words.length === 0) return true;
  const [part, ...others] = parts;
  if (!part) return false;
  const begins = part.every((word, index) => words[index] === word);
  return (begins && leavesOutParts(words.slice(part.length), others)) || leavesOutParts(words, others);
}
