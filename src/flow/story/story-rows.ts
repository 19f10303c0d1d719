import type { Resource } from '@medplum/fhirtypes';
import type { StoryRow } from '../../story/story-row.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { assembleText } from '../assemble.ts';
import type { Directory } from '../directory.ts';
import type { HeldGrant } from '../policy.ts';

const named = new WeakMap<Directory, ReadonlyMap<string, string>>();

/** Names of organisations by how records name them, `Organization/{id}`. A directory does not change while the gateway runs. */
export function organisationNames(directory: Directory): ReadonlyMap<string, string> {
  const names = named.get(directory) ?? new Map([...directory.values()].map(({ id, name }) => [`Organization/${id}`, name]));
  named.set(directory, names);
  return names;
}

/** Visible rows as composing takes them. Numbers are as JavaScript reads them: what is sent is the row's own text. */
export function storyRows({ names, classes }: Pick<HeldGrant, 'names' | 'classes'>, directory: Directory, rows: readonly VisibleRow[]): StoryRow[] {
  return rows.map((row) => {
    const custodian = (row.classId === null ? undefined : classes.get(row.classId)?.custodian) ?? '';
    const place = directory.get(custodian);
    return {
      id: row.id, type: row.type, version: row.version, custodian, custodianName: names.organisations.get(custodian) ?? place?.name ?? custodian,
      custodianReference: place ? `Organization/${place.id}` : custodian, updatedAt: row.updatedAt.toISOString(), resource: JSON.parse(assembleText(row)) as Resource,
    };
  });
}
