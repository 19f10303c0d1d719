import type { DroppedField } from '../../intake/types.ts';
import type { LedgerEntry } from '../../mapping/types.ts';

/** What becomes of a source field over many rows: the worst that happened to it in any of them. */
export type FieldState = 'carried' | 'read' | 'dropped' | 'unmapped';

const worstFirst: readonly LedgerEntry['state'][] = ['unmapped', 'read', 'carried'];

/** Every distinct field of the ledgers, in order of appearance. A field nothing reads is `dropped` where dropped.csv says so. */
export function fieldStates(ledger: Iterable<LedgerEntry>, dropped: readonly DroppedField[]): Map<string, FieldState> {
  const states = new Map<string, LedgerEntry['state']>();
  for (const { field, state } of ledger) {
    const known = states.get(field);
    if (known === undefined || worstFirst.indexOf(state) < worstFirst.indexOf(known)) states.set(field, state);
  }
  return new Map([...states].map(([field, state]) => [field, state === 'unmapped' && dropped.some((row) => coversField(row, field)) ? 'dropped' : state]));
}

/** A row of dropped.csv covers one field, or with `.*` everything below one. */
export function coversField({ field: path }: DroppedField, field: string): boolean {
  return path.endsWith('.*') ? field.startsWith(path.slice(0, -1)) : path === field;
}
