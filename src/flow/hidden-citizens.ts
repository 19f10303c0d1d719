import type { Connection } from '../store/database.ts';
import { loadHiddenLocations } from '../store/record-writer.ts';
import type { HiddenCitizens } from './hide-places.ts';
import type { LinkedRow } from './link-people.ts';
import { flaggedCitizens } from './prepare-resources.ts';

/** Whose location must not show: flagged before, or by these rows. Holds the citizens, so that nobody else writes about them meanwhile. */
export async function hiddenCitizens(connection: Connection, rows: readonly Pick<LinkedRow, 'citizen' | 'resources' | 'late' | 'older'>[]): Promise<HiddenCitizens> {
  const before = await loadHiddenLocations(connection, [...new Set(rows.map(({ citizen }) => citizen))]);
  const flagged = flaggedCitizens(rows);
  return { all: before.union(flagged), newly: flagged.difference(before) };
}
