import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { normaliseText } from '../fhir/normalise-text.ts';
import { bestCase } from './best-case.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';
import { spokenWords } from './spoken-words.ts';

/**
 * One concept of several: they share a code and in no code system say different things; without codes on one side the
 * words decide. Texts must say the same or one of them more, so that none is lost.
 */
export const conceptFolding: Folding<CodeableConcept> = {
  size: ({ coding = [], text }) => coding.length * 1000 + spokenWords(text).length,
  join: (host, other) => (fullerText(host.text, other.text) === null ? undefined : codedFolding.join(host, other)),
};

/** The same where a person has one such value: its codes alone say what it is, a text beside them is a way of saying it. */
export const codedFolding: Folding<CodeableConcept> = {
  size: conceptFolding.size,
  join(host, other) {
    const rest = joinRest(host, other, ['coding', 'text']);
    if (!rest || !isSame(host, other)) return undefined;
    const coding = joinCodings(host.coding ?? [], other.coding ?? []);
    const text = fullerText(host.text, other.text) ?? host.text;
    return { ...rest, ...(coding.length > 0 && { coding }), ...(text !== undefined && { text: bestCase(text, [host.text, other.text]) }) };
  },
};

/** The text that says all the other says; null when each says something of its own. */
function fullerText(host: string | undefined, other: string | undefined): string | null | undefined {
  const [words, others] = [spokenWords(host), spokenWords(other)];
  if (words.join('') === others.join('') || others.every((word) => words.includes(word))) return host ?? other;
  return words.every((word) => others.includes(word)) ? other : null;
}

/** The same code, with the display one of them may lack. */
export const codingFolding: Folding<Coding> = {
  size: ({ display }) => display?.length ?? 0,
  join: (host, other) => (keyOf(host) === keyOf(other) ? { ...other, ...host } : undefined),
};

function isSame(a: CodeableConcept, b: CodeableConcept): boolean {
  const [codings, others] = [a.coding ?? [], b.coding ?? []];
  if (codings.length === 0 || others.length === 0) {
    const words = [a, b].map(({ text, coding = [] }) => [text, ...coding.map(({ display }) => display)].flatMap((word) => (word === undefined ? [] : normaliseText(word))));
    return words[0]?.some((word) => words[1]?.includes(word)) ?? false;
  }
  const shared = codings.filter((coding) => others.some((other) => keyOf(other) === keyOf(coding)));
  const agreed = new Set(shared.map(({ system }) => system));
  return shared.length > 0 && codings.every(({ system }) => agreed.has(system) || !others.some((other) => other.system === system));
}

function joinCodings(host: readonly Coding[], other: readonly Coding[]): Coding[] {
  const codings = new Map<string, Coding>();
  for (const coding of [...host, ...other]) codings.set(keyOf(coding), { ...coding, ...codings.get(keyOf(coding)) });
  return [...codings.values()];
}

function keyOf({ system = '', code = '', display = '' }: Coding): string {
  return code === '' ? `${system} ${normaliseText(display)}` : `${system}|${code}`;
}
