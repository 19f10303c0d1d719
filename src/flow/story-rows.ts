import type { Resource } from '@medplum/fhirtypes';
import type { VisibleRow } from '../store/door.ts';
import type { StoryRow } from '../story/story-row.ts';
import { assemble } from './assemble.ts';
import type { HeldGrant } from './policy.ts';

/** Rows that came through the door as composing takes them: whole, and with the name of who keeps them. */
export function storyRows({ names, classes }: Pick<HeldGrant, 'names' | 'classes'>, rows: readonly VisibleRow[]): StoryRow[] {
  return rows.map((row) => {
    const custodian = (row.classId === null ? undefined : classes.get(row.classId)?.custodian) ?? '';
    return {
      id: row.id, type: row.type, version: row.version, custodian, custodianName: names.organisations.get(custodian) ?? custodian, custodianReference: custodian,
      updatedAt: row.updatedAt.toISOString(), resource: assemble(row) as unknown as Resource,
    };
  });
}
