import { readRefused, refusedIn, type Withheld } from './count-withheld.ts';
import type { Database } from '../database.ts';
import { stale, type VisibleRow } from './door.ts';
import { groupCalls } from '../group-calls.ts';

/** What was asked for by id, and beside it what of the citizen it names was kept back: none when it names nobody. */
export interface LookedUp {
  rows: VisibleRow[];
  withheld: Withheld[];
}

export interface LookedAtEverything extends LookedUp {
  /** classes of visible source Patients of whom more was sent than has arrived */
  incomplete: number[];
}

/** See src/store/schema/look-ups.ts: what was kept back stands on an ask's first row, and a row without an id says that there is none. */
type LookedRow = { [column in keyof VisibleRow]: VisibleRow[column] | null } & {
  fresh: boolean;
  named: string | null;
  kept: [classId: number, count: number, refused: string | null][] | null;
  incomplete: number[] | null;
};

interface RowAsk {
  grantKey: string;
  type: string;
  id: string;
}

/** One gateway process keeps two of these statements busy, not more. */
const rowGroups = { inFlight: 2, together: 50 };
const rowCalls = new WeakMap<Database, (ask: RowAsk) => Promise<LookedUp | typeof stale>>();

/**
 * The current version of one resource; with a citizen's id and type Patient, the source Patients the caller may see.
 * Look-ups of any requesters that come at the same time share a statement, each under its own grant.
 */
export function lookAtRow(database: Database, grantKey: string, type: string, id: string): Promise<LookedUp | typeof stale> {
  const call = rowCalls.get(database) ?? groupCalls((asks) => lookAtRows(database, asks), rowGroups);
  rowCalls.set(database, call);
  return call({ grantKey, type, id });
}

async function lookAtRows(database: Database, asks: readonly RowAsk[]): Promise<(LookedUp | typeof stale)[]> {
  const found = await database.serve<LookedRow & { ask: number }>('reader', null, {
    name: 'look-at-rows', text: 'select * from look_at_rows($1, $2, $3)', values: [asks.map((ask) => ask.grantKey), asks.map((ask) => ask.type), asks.map((ask) => ask.id)],
  });
  const byAsk = Map.groupBy(found, ({ ask }) => ask);
  return asks.map((_, i) => lookedUp(byAsk.get(i + 1) ?? []));
}

/** What of a person's records is asked for; null: whatever it is. Records without a date are of any time. */
export interface EverythingBounds {
  types: readonly string[] | null;
  /** stored at or after */
  since: string | null;
  /** of what was at or after, and before, an instant */
  from: string | null;
  to: string | null;
}

const unbounded: EverythingBounds = { types: null, since: null, from: null, to: null };

/** Rows of a citizen after (type, id), the source Patients, and the directory rows they name. */
export async function lookAtEverything(
  database: Database, grantKey: string, citizen: string, after: { type: string; id: string }, limit: number, { types, since, from, to }: EverythingBounds = unbounded,
): Promise<LookedAtEverything | typeof stale> {
  const found = await database.serve<LookedRow>('reader', null, {
    name: 'look-at-everything', text: 'select * from look_at_everything($1, $2, $3, $4, $5, $6, $7, $8, $9) order by type, id', values: [grantKey, citizen, after.type, after.id, limit, types, since, from, to],
  });
  const looked = lookedUp(found);
  return looked === stale ? stale : { ...looked, incomplete: found.flatMap(({ incomplete }) => incomplete ?? []) };
}

/** A citizen's rows of what happened last, the source Patients, and the directory rows they name; with `before`, in the versions that were current then. */
export async function lookAtStory(database: Database, grantKey: string, citizen: string, limit: number, before?: Date): Promise<LookedAtEverything | typeof stale> {
  const found = await database.serve<LookedRow>('reader', null, before
    ? { name: 'look-at-story-at', text: 'select * from look_at_story_at($1, $2, $3, $4)', values: [grantKey, citizen, limit, before] }
    : { name: 'look-at-story', text: 'select * from look_at_story($1, $2, $3)', values: [grantKey, citizen, limit] });
  const looked = lookedUp(found);
  return looked === stale ? stale : { ...looked, incomplete: found.flatMap(({ incomplete }) => incomplete ?? []) };
}

/** After which version the next page of a history begins. */
export interface HistoryPosition {
  /** its instant as the database writes it, to the microsecond */
  at: string;
  id: string;
  version: number;
}

/** Versions of a type, or of everything, newest first, of which the caller may see the rows. */
export async function lookAtHistory(
  database: Database, grantKey: string, { type, since, after }: { type: string | null; since: string | null; after: HistoryPosition | null }, limit: number,
): Promise<(VisibleRow & { at: string })[] | typeof stale> {
  const found = await database.serve<VisibleRow & { at: string; fresh: boolean; id: string | null }>('reader', null, {
    name: 'look-at-history', text: 'select *, "updatedAt"::text as at from look_at_history($1, $2, $3, $4, $5, $6, $7) order by "updatedAt" desc, id, version desc',
    values: [grantKey, type, since, after?.at ?? null, after?.id ?? null, after?.version ?? null, limit],
  });
  if (!found.every(({ fresh }) => fresh)) return stale;
  return found.filter((row): row is VisibleRow & { at: string; fresh: boolean; id: string } => row.id !== null);
}

function lookedUp(found: readonly LookedRow[]): LookedUp | typeof stale {
  if (found.length === 0) throw new Error('a look-up was not answered');
  const first = found.find(({ kept }) => kept !== null) ?? found[0];
  if (!first?.fresh) return stale;
  const emergency = found.find((row) => row.emergency !== null)?.emergency ?? null;
  const withheld = first.named === null ? [] : [{
    citizen: first.named, emergency, classes: (first.kept ?? []).map(([classId, count, refused]) => ({ classId, count, refused: refusedIn(emergency, readRefused(refused)) })),
  }];
  const rows = found.filter(isVisible);
  return { rows, withheld };
}

function isVisible(row: LookedRow): row is LookedRow & VisibleRow {
  return row.id !== null;
}
