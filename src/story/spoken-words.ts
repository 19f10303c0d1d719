import { wordsOf } from '../fhir/normalise-text.ts';

/** The words somebody would say, normalised: an apostrophe parts no word. */
export function spokenWords(...texts: readonly (string | undefined)[]): string[] {
  return texts.flatMap((text) => wordsOf((text ?? '').replace(/['’ʼ`´]/g, '')));
}
