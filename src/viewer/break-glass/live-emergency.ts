import type { Parameters } from '@medplum/fhirtypes';

/** Emergency access that somebody has, as their own window remembers it: ids and a time, nothing of the record. */
export interface LiveEmergency {
  citizen: string;
  /** whose it is: somebody else in the same window has none */
  person: string;
  reference: string;
  /** FHIR instant */
  until: string;
}

const key = 'onestory-emergency';
const listeners = new Set<() => void>();

/** What the window remembers, until it is over. The text, because it is the same object as long as nothing changed. */
export function rememberedEmergency(): string | null {
  return sessionStorage.getItem(key);
}

export function subscribeToEmergency(told: () => void): () => void {
  listeners.add(told);
  return () => { listeners.delete(told); };
}

export function rememberEmergency(emergency: LiveEmergency | null): void {
  if (emergency) sessionStorage.setItem(key, JSON.stringify(emergency));
  else sessionStorage.removeItem(key);
  for (const told of listeners) told();
}

/** The answer of Patient/$break-glass, asked by this person. */
export function emergencyIn({ parameter = [] }: Parameters, person: string): LiveEmergency {
  const of = (name: string) => parameter.find((each) => each.name === name);
  return { person, citizen: of('patient')?.valueReference?.reference?.replace(/^Patient\//, '') ?? '', reference: of('reference')?.valueString ?? '', until: of('until')?.valueInstant ?? '' };
}

/** Whole minutes left, rounded down; undefined once it is over. */
export function minutesLeft({ until }: LiveEmergency, now: Date): number | undefined {
  const left = Date.parse(until) - now.getTime();
  return Number.isNaN(left) || left <= 0 ? undefined : Math.floor(left / 60_000);
}
