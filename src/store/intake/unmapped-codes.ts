import type { UnmappedCode } from '../../mapping/types.ts';
import type { Connection, Database } from '../database.ts';

interface Seen extends UnmappedCode {
  feed: string;
  part: string;
  seen: number;
  recordId: number;
  row: number;
}

const longest = 100;

/** Counts codes that no table has, with their first and last time and one example. */
export async function saveUnmappedCodes(
  connection: Connection, rows: readonly { row: { feed: string; part: string; recordId: number; row: number }; unmapped: readonly UnmappedCode[] }[], at: Date,
): Promise<void> {
  const counts = new Map<string, Seen>();
  for (const { row: { feed, part, recordId, row }, unmapped } of rows) {
    for (const { table, field, source } of unmapped) {
      const key = [feed, table, source, field, part].join('\u0000');
      const counted = counts.get(key) ?? { feed, part, table, field, source: source.slice(0, longest), seen: 0, recordId, row };
      counts.set(key, { ...counted, seen: counted.seen + 1 });
    }
  }
  // in one order everywhere, so that two workers never wait for each other crosswise; texts cut short may meet
  const inOrder = [...Map.groupBy([...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each), (c) => [c.feed, c.table, c.source, c.field, c.part].join('\u0000')).values()]
    .flatMap(([first, ...same]) => (first ? [{ ...first, seen: same.reduce((sum, { seen }) => sum + seen, first.seen) }] : []));
  if (inOrder.length === 0) return;
  await connection.query(
    `insert into unmapped_code (feed, part, table_name, field, source, seen, first_seen, last_seen, example_record, example_row)
     select feed, part, table_name, field, source, seen, $9, $9, record_id, row_no
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::int[]) as c(feed, part, table_name, field, source, seen, record_id, row_no)
     on conflict (feed, table_name, source, field, part) do update set seen = unmapped_code.seen + excluded.seen, last_seen = excluded.last_seen`,
    [inOrder.map((c) => c.feed), inOrder.map((c) => c.part), inOrder.map((c) => c.table), inOrder.map((c) => c.field), inOrder.map((c) => c.source),
      inOrder.map((c) => c.seen), inOrder.map((c) => c.recordId), inOrder.map((c) => c.row), at]);
}

/** A code no table has, as the work list shows it. */
export interface UnmappedCodeRow extends UnmappedCode {
  part: string;
  seen: number;
  firstSeen: Date;
  lastSeen: Date;
  example: string;
}

/** A feed's codes without a row, by table and field, most frequent first. */
export async function listUnmappedCodes(database: Database, feed: string, page: { limit: number; offset: number }): Promise<UnmappedCodeRow[]> {
  return database.query<UnmappedCodeRow>(
    `select part, table_name as table, field, source, seen::int, first_seen as "firstSeen", last_seen as "lastSeen", example_record || '/' || example_row as example
     from unmapped_code where feed = $1 order by table_name, seen desc, source, field, part limit $2 offset $3`, [feed, page.limit, page.offset]);
}
