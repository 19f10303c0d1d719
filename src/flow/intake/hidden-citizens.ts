import type { Connection } from '../../store/database.ts';
import { loadHiddenLocations } from '../../store/record/record-writer.ts';
import type { HiddenCitizens } from './hide-places.ts';
import type { LinkedRow } from './link-people.ts';
import { flaggedCitizens } from './prepare-resources.ts';

/** Whose location must not show: flagged before, or by these rows. Holds the citizens, so that nobody else writes about them meanwhile. */
export async function hiddenCitizens(connection: Connection, rows: readonly Pick<LinkedRow, 'citizen' | 'resources' | 'late' | 'older'>[]): Promise<HiddenCitizens> {
  return hiddenWith(await loadHiddenLocations(connection, [...new Set(rows.map(({ citizen }) => citizen))]), rows);
}

/** The same of citizens who are held already: `before` says who of them was flagged. */
export function hiddenWith(before: ReadonlySet<string>, rows: readonly Pick<LinkedRow, 'citizen' | 'resources' | 'late' | 'older'>[]): HiddenCitizens {
  const flagged = flaggedCitizens(rows);
  return { all: new Set([...before, ...flagged]), newly: flagged.difference(before) };
}
