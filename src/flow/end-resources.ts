import type { Connection } from '../store/database.ts';
import { endRows, type StandingRow } from '../store/replay-record.ts';
import { mappingMark } from './stamp-resource.ts';

/** Ends what nobody says any more, with a last version that holds its marks alone; `mapping`: SHA-256 of what ends it. */
export async function endResources(connection: Connection, rows: readonly StandingRow[], mapping: string, at: Date): Promise<void> {
  await endRows(connection, rows.map(({ citizen, id, type, version, body, recordId, row }) => {
    const { meta } = JSON.parse(body) as { meta?: { source?: string; security?: unknown; tag?: unknown } };
    const marks = { versionId: String(version + 1), lastUpdated: at.toISOString(), source: meta?.source, security: meta?.security, tag: meta?.tag };
    return { citizen, id, version: version + 1, at, recordId, row, body: JSON.stringify({ resourceType: type, id, meta: { ...mappingMark(mapping), ...marks } }) };
  }));
}
