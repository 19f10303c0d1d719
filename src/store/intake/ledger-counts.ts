import type { LedgerEntry } from '../../mapping/types.ts';
import type { Connection, Database } from '../database.ts';

/** One line of a feed's ledger. */
export interface LedgerLine {
  feed: string;
  part: string;
  /** path in the source tree with indexes removed */
  field: string;
  state: LedgerEntry['state'];
  /** '': carried nowhere */
  target: string;
}

interface Counted extends LedgerLine {
  seen: number;
  recordId: number;
  row: number;
  /** of the example among the rows given */
  at: number;
}

/**
 * Adds a batch's ledgers to each feed's counts: where every source field went, how often, and one example of it. Returns the lines
 * that were not there before, each with the index of its row.
 */
export async function saveLedger(
  connection: Connection, rows: readonly { row: { feed: string; part: string; recordId: number; row: number }; ledger: readonly LedgerEntry[] }[],
): Promise<(LedgerLine & { at: number })[]> {
  const counts = new Map<string, Counted>();
  for (const [at, { row, ledger }] of rows.entries()) {
    for (const { field, state, to = '' } of ledger) {
      const key = [row.feed, row.part, field, state, to].join('\u0000');
      const counted = counts.get(key) ?? { feed: row.feed, part: row.part, field, state, target: to, seen: 0, recordId: row.recordId, row: row.row, at };
      counted.seen += 1;
      counts.set(key, counted);
    }
  }
  // in one order everywhere, so that two workers never wait for each other crosswise
  const inOrder = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted);
  if (inOrder.length === 0) return [];
  const { rows: saved } = await connection.query<LedgerLine & { seen: number }>(
    `insert into ledger_count (feed, part, field, state, target, seen, example_record, example_row)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::int[])
     on conflict (feed, part, field, state, target) do update set seen = ledger_count.seen + excluded.seen
     returning feed, part, field, state, target, seen::int`,
    [inOrder.map((c) => c.feed), inOrder.map((c) => c.part), inOrder.map((c) => c.field), inOrder.map((c) => c.state), inOrder.map((c) => c.target),
      inOrder.map((c) => c.seen), inOrder.map((c) => c.recordId), inOrder.map((c) => c.row)],
  );
  return saved.flatMap(({ seen, ...line }) => {
    const counted = counts.get([line.feed, line.part, line.field, line.state, line.target].join('\u0000'));
    return counted?.seen === seen ? [{ ...line, at: counted.at }] : [];
  });
}

/** The shape of the example of lines just begun. */
export async function saveShapes(connection: Connection, lines: readonly (LedgerLine & { shape: string | null })[]): Promise<void> {
  if (lines.length === 0) return;
  await connection.query(
    `update ledger_count l set shape = n.shape from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) as n(feed, part, field, state, target, shape)
     where (l.feed, l.part, l.field, l.state, l.target) = (n.feed, n.part, n.field, n.state, n.target)`,
    [lines.map((l) => l.feed), lines.map((l) => l.part), lines.map((l) => l.field), lines.map((l) => l.state), lines.map((l) => l.target), lines.map((l) => l.shape)]);
}

/** Where a field went, how often, and the shape of one value with its source record and row. */
export interface CountedLine extends Omit<LedgerLine, 'feed'> {
  seen: number;
  example: string;
  shape: string | null;
}

/** A feed's ledger by part and field, each field's most frequent way first. */
export async function listLedger(database: Database, feed: string, limit: number): Promise<CountedLine[]> {
  return database.query<CountedLine>(
    `select part, field, state, target, seen::float8 as seen, example_record || '/' || example_row as example, shape
     from ledger_count where feed = $1 order by part, field, seen desc, state, target limit $2`, [feed, limit]);
}
