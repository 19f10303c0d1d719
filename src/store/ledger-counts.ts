import type { LedgerEntry } from '../mapping/types.ts';
import type { Connection } from './database.ts';

interface Counted {
  feed: string;
  part: string;
  field: string;
  state: string;
  target: string;
  seen: number;
  recordId: number;
  row: number;
}

/** Adds a batch's ledgers to each feed's counts: where every source field went, how often, and one example of it. */
export async function saveLedger(
  connection: Connection, rows: readonly { row: { feed: string; part: string; recordId: number; row: number }; ledger: readonly LedgerEntry[] }[],
): Promise<void> {
  const counts = new Map<string, Counted>();
  for (const { row, ledger } of rows) {
    for (const { field, state, to = '' } of ledger) {
      const key = [row.feed, row.part, field, state, to].join('\u0000');
      const counted = counts.get(key) ?? { feed: row.feed, part: row.part, field, state, target: to, seen: 0, recordId: row.recordId, row: row.row };
      counted.seen += 1;
      counts.set(key, counted);
    }
  }
  // in one order everywhere, so that two workers never wait for each other crosswise
  const inOrder = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counted]) => counted);
  if (inOrder.length === 0) return;
  await connection.query(
    `insert into ledger_count (feed, part, field, state, target, seen, example_record, example_row)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::int[])
     on conflict (feed, part, field, state, target) do update set seen = ledger_count.seen + excluded.seen`,
    [inOrder.map((c) => c.feed), inOrder.map((c) => c.part), inOrder.map((c) => c.field), inOrder.map((c) => c.state), inOrder.map((c) => c.target),
      inOrder.map((c) => c.seen), inOrder.map((c) => c.recordId), inOrder.map((c) => c.row)],
  );
}
