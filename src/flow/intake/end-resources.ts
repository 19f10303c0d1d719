import type { JsonObject } from '../../fhir/json.ts';
import type { Connection } from '../../store/database.ts';
import { endRows, type StandingRow } from '../../store/intake/replay-record.ts';
import { mappingMark } from './stamp-resource.ts';

/** Ends what nobody says any more, with a last version that holds its marks alone; `mapping`: SHA-256 of what ends it. */
export async function endResources(connection: Connection, rows: readonly StandingRow[], mapping: string, at: Date): Promise<void> {
  await endRows(connection, rows.map((row) => ({ ...lastVersion(row, at, mappingMark(mapping)), recordId: row.recordId, row: row.row })));
}

/** The version that says it is over: its marks, those of `meta` instead of or beside them, and nothing else. */
export function lastVersion({ citizen, id, type, version, body }: Pick<StandingRow, 'citizen' | 'id' | 'type' | 'version' | 'body'>, at: Date, meta: JsonObject): Omit<Parameters<typeof endRows>[1][number], 'recordId' | 'row'> {
  const { meta: { source, security, tag } = {} } = JSON.parse(body) as { meta?: { source?: string; security?: unknown; tag?: unknown } };
  const marks = { versionId: String(version + 1), lastUpdated: at.toISOString(), source, security, tag };
  return { citizen, id, version: version + 1, at, body: JSON.stringify({ resourceType: type, id, meta: { ...marks, ...meta } }) };
}
