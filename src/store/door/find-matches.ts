import type { Database } from '../database.ts';
import { stale, type VisibleRow } from './door.ts';

/** A key that so many source Patients share tells nobody apart: it is not looked at. */
const junkKey = 1_000;
/** Citizens whom one key may find. */
const citizensPerKey = 50;

/**
 * Every source Patient the caller may see of the citizens whom these blocking keys find through one the caller may see.
 * Keys may rest on what a caller may not see of a row it may see: who is meant must be judged by the rows that come back.
 */
export async function lookAtMatches(database: Database, grantKey: string, hashes: readonly Buffer[]): Promise<VisibleRow[] | typeof stale> {
  const rows = await database.serve<VisibleRow & { fresh: boolean; id: string | null }>('reader', null, {
    name: 'look-at-matches', text: 'select * from look_at_matches($1, $2::bytea[], $3, $4) order by citizen, id', values: [grantKey, hashes, citizensPerKey, junkKey],
  });
  if (rows.some(({ fresh }) => !fresh)) return stale;
  return rows.filter((row): row is VisibleRow & { fresh: boolean } => row.id !== null);
}
