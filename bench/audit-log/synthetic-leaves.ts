import { randomBytes } from 'node:crypto';
import { grow, hashBytes, type Frontier } from '../../src/audit/tree.ts';
import type { Database } from '../../src/store/database.ts';

const together = 20_000;

/**
 * A log of so many entries that say next to nothing: each has a leaf's hash drawn by lot and its real place in the tree, so that
 * what is read and appended is as in a log that grew for years. Indexes are made anew afterwards; that of the entries' words
 * stays empty, because making a hundred million words would take longer than everything that is measured.
 */
export async function fillWithLeaves(database: Database, leaves: number, say: (done: number) => void): Promise<void> {
  const indexes = await database.query<{ name: string; made: string }>(`select indexname as name, indexdef as made from pg_indexes where tablename = 'audit_entry' and indexname <> 'audit_entry_pkey'`);
  const [words] = await database.query<{ made: string }>(`select pg_get_functiondef('audit_words(text)'::regprocedure) as made`);
  for (const { name } of indexes) await database.query(`drop index ${name}`);
  await database.query('create or replace function audit_words(entry text) returns bigint[] language sql immutable strict parallel safe as $$ select null::bigint[] $$');
  let frontier: Frontier = { size: 0, peaks: [] };
  while (frontier.size < leaves) {
    const first = frontier.size + 1;
    const drawn = randomBytes(hashBytes * Math.min(together, leaves - frontier.size));
    const trees = Array.from({ length: drawn.length / hashBytes }, (_, i) => {
      const { frontier: grown, completed } = grow(frontier, drawn.subarray(i * hashBytes, (i + 1) * hashBytes));
      frontier = grown;
      return Buffer.concat(completed).toString('hex');
    });
    await database.transaction(async (connection) => {
      await connection.query('set local synchronous_commit = off');
      await connection.query(
        `insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree)
         select $1::bigint + n - 1, gen_random_uuid(), now(), array[gen_random_uuid()], 'organisation', array['organisation'], 'agent' || n % 1000, 'synthetic', '', '', decode(tree, 'hex')
         from unnest(string_to_array($2, ',')) with ordinality as t(tree, n)`, [first, trees.join(',')]);
    });
    if (Math.floor(frontier.size / 1_000_000) > Math.floor((first - 1) / 1_000_000)) say(frontier.size);
  }
  await database.query(words?.made ?? '');
  await database.transaction(async (connection) => {
    await connection.query("set local maintenance_work_mem = '512MB'");
    for (const { made } of indexes) await connection.query(made);
    await connection.query('update audit_head set seq = $1, peaks = $2', [frontier.size, Buffer.concat(frontier.peaks)]);
  });
  await database.query('analyze audit_entry');
}
