import { canonicalJson } from '../fhir/canonical-json.ts';
import type { SourcePatient } from './types.ts';

/** A value and those that say it, source Patients or other records: nothing composed is without its speakers. */
export interface Said<T, By = SourcePatient> {
  value: T;
  by: By[];
}

/** What every source says, each distinct value once, in the order first met; the value kept is the first one said. */
export function collect<T>(sources: readonly SourcePatient[], read: (source: SourcePatient) => readonly T[], sameness: (value: T) => string): Said<T>[] {
  const found = new Map<string, Said<T>>();
  for (const source of sources) {
    for (const value of read(source)) {
      const key = sameness(value);
      const before = found.get(key);
      if (!before) found.set(key, { value, by: [source] });
      else if (!before.by.includes(source)) before.by.push(source);
    }
  }
  return [...found.values()];
}

/** How many organisations say it: one that holds a person twice has one voice. */
export function voices(by: readonly SourcePatient[]): number {
  return new Set(by.map(({ custodian }) => custodian)).size;
}

export function newest(by: readonly SourcePatient[]): string {
  return by.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), '');
}

/** What most organisations say, among equals what was said last, and then an order that only has to be fixed. */
export function byVoices(a: Said<unknown>, b: Said<unknown>): number {
  const more = voices(b.by) - voices(a.by);
  if (more !== 0) return more;
  const [newestA, newestB] = [newest(a.by), newest(b.by)];
  if (newestA !== newestB) return newestA > newestB ? -1 : 1;
  return canonicalJson(a.value) < canonicalJson(b.value) ? -1 : 1;
}
