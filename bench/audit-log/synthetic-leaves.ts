import { randomBytes } from 'node:crypto';
import { grow, type Frontier } from '../../src/audit/tree.ts';
import type { Database } from '../../src/store/database.ts';

const together = 20_000;

/**
 * A log of so many entries that say nothing: each has a leaf's hash drawn by lot and its real place in the tree, so that what is
 * read and appended is as in a log that grew for years. The indexes are made anew afterwards, as large as theirs.
 */
export async function fillWithLeaves(database: Database, leaves: number, say: (done: number) => void): Promise<void> {
  const indexes = await database.query<{ name: string; made: string }>(`select indexname as name, indexdef as made from pg_indexes where tablename = 'audit_entry' and indexname <> 'audit_entry_pkey'`);
  for (const { name } of indexes) await database.query(`drop index ${name}`);
  let frontier: Frontier = { size: 0, peaks: [] };
  while (frontier.size < leaves) {
    const first = frontier.size + 1;
    const trees = Array.from({ length: Math.min(together, leaves - frontier.size) }, () => {
      const { frontier: grown, completed } = grow(frontier, randomBytes(32));
      frontier = grown;
      return Buffer.concat(completed);
    });
    await database.query(
      `insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree)
       select $1::bigint + n - 1, gen_random_uuid(), now(), array[gen_random_uuid()], 'organisation', array['organisation'], 'agent' || n % 1000, repeat('x', 700), '', '', tree
       from unnest($2::bytea[]) with ordinality as t(tree, n)`, [first, trees]);
    if (Math.floor(frontier.size / 1_000_000) > Math.floor((first - 1) / 1_000_000)) say(frontier.size);
  }
  for (const { made } of indexes) await database.query(made);
  await database.query('update audit_head set seq = $1, peaks = $2', [frontier.size, Buffer.concat(frontier.peaks)]);
  await database.query('analyze audit_entry');
}
