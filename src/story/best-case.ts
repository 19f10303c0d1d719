import { normaliseText } from '../fhir/normalise-text.ts';

/** A text sent in capitals only, its words written as a text in both cases writes them; any other text as it was sent. */
export function bestCase(text: string, others: readonly (string | undefined)[]): string {
  if (!isCapitals(text)) return text;
  const spelt = new Map(others.flatMap((other) => (other !== undefined && isMixed(other) ? wordsAsWritten(other).map((word) => [normaliseText(word), word]) : [])));
  return text.replace(word, (written) => spelt.get(normaliseText(written)) ?? written);
}

const word = /(?<![\p{L}\p{M}\p{N}])[\p{L}\p{M}][\p{L}\p{M}'’]*/gu;

function wordsAsWritten(text: string): string[] {
  return (text.match(word) ?? []).reverse();
}

function isCapitals(text: string): boolean {
  return text === text.toUpperCase() && text !== text.toLowerCase();
}

function isMixed(text: string): boolean {
  return text !== text.toUpperCase() && text !== text.toLowerCase();
}
