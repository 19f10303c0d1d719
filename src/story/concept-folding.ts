import type { CodeableConcept, Coding } from '@medplum/fhirtypes';
import { normaliseText } from '../fhir/normalise-text.ts';
import { bestCase } from './best-case.ts';
import type { Folding } from './fold.ts';
import { joinRest } from './join-rest.ts';

/**
 * One concept: its codes say what it is, a display or text beside them is only a way of saying it. Two are one when
 * they share a code and in no code system say different things; without codes on one side the words decide.
 */
export const conceptFolding: Folding<CodeableConcept> = {
  size: ({ coding = [], text }) => coding.length * 1000 + (text?.length ?? 0),
  join(host, other) {
    const rest = joinRest(host, other, ['coding', 'text']);
    if (!rest || !isSame(host, other)) return undefined;
    const coding = joinCodings(host.coding ?? [], other.coding ?? []);
    const text = host.text === undefined ? other.text : bestCase(host.text, [other.text]);
    return { ...rest, ...(coding.length > 0 && { coding }), ...(text !== undefined && { text }) };
  },
};

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
