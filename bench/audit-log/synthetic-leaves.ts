import { randomBytes } from 'node:crypto';
import { grow, hashBytes, type Frontier } from '../../src/audit/tree.ts';
import type { Database } from '../../src/store/database.ts';

/** Leaves of one subtree that is drawn once: a power of two. */
const block = 2 ** 14;
/** subtrees of one statement, about a million entries */
const together = 61;

/**
 * A log of so many entries that say next to nothing: the hashes of a subtree's leaves are drawn by lot, and each subtree is the same one
 * again at its real place in the tree, so that what is read and appended is as in a log that grew for years, and the database makes the
 * rows by itself. Indexes are made anew afterwards; that of the entries' words stays empty, because making a hundred million words
 * would take longer than everything that is measured. `say` is told of every million and every index.
 */
export async function fillWithLeaves(database: Database, leaves: number, say: (what: string) => void): Promise<void> {
  const indexes = await database.query<{ name: string; made: string }>(`select indexname as name, indexdef as made from pg_indexes where tablename = 'audit_entry' and indexname <> 'audit_entry_pkey'`);
  const [words] = await database.query<{ made: string }>(`select pg_get_functiondef('audit_words(text)'::regprocedure) as made`);
  for (const { name } of indexes) await database.query(`drop index ${name}`);
  await database.query('create or replace function audit_words(entry text) returns bigint[] language sql immutable strict parallel safe as $$ select null::bigint[] $$');
  const frontier = await fillRows(database, leaves, say);
  await database.query(words?.made ?? '');
  await atOnce(indexes, async ({ name, made }) => {
    await database.transaction(async (connection) => {
      await connection.query("set local maintenance_work_mem = '512MB'; set local synchronous_commit = off; set local statement_timeout = 0");
      await connection.query(made);
    });
    say(name);
  });
  await database.query('update audit_head set seq = $1, peaks = $2', [frontier.size, Buffer.concat(frontier.peaks)]);
  await database.query('analyze audit_entry');
}

async function fillRows(database: Database, leaves: number, say: (what: string) => void): Promise<Frontier> {
  const drawn = growBy({ size: 0, peaks: [] }, Math.min(block, leaves));
  await database.query('create unlogged table bench_block (n int primary key, tree bytea not null)');
  await insertBlock(database, drawn.trees);
  const blocks = Math.floor(leaves / block);
  const [root = Buffer.alloc(0)] = drawn.frontier.peaks;
  const below = (drawn.trees.at(-1) ?? '').slice(0, -2 * hashBytes); // what the last leaf of a subtree completes within it, but for its root
  let upper: Frontier = { size: 0, peaks: [] };
  const lasts = Array.from({ length: blocks }, () => {
    const { frontier, completed } = grow(upper, root);
    upper = frontier;
    return below + Buffer.concat(completed).toString('hex');
  });
  let done = 0;
  await atOnce(Array.from({ length: Math.ceil(blocks / together) }, (_, i) => i * together), async (first) => {
    const part = lasts.slice(first, first + together);
    await insertRows(database, first * block, part, block);
    done += part.length * block;
    say(`${done} of ${leaves} entries`);
  });
  const rest = leaves % block === 0 ? null : growBy({ size: blocks * block, peaks: upper.peaks }, leaves % block);
  if (rest) {
    await database.query('truncate bench_block');
    await insertBlock(database, rest.trees);
    await insertRows(database, blocks * block, [rest.trees.at(-1) ?? ''], rest.trees.length);
  }
  await database.query('drop table bench_block');
  return rest?.frontier ?? { size: blocks * block, peaks: upper.peaks };
}

/** Two pieces of work at a time, in their order. */
async function atOnce<Piece>(pieces: readonly Piece[], work: (piece: Piece) => Promise<void>): Promise<void> {
  const left = [...pieces];
  await Promise.all([1, 2].map(async () => {
    for (let piece = left.shift(); piece !== undefined; piece = left.shift()) await work(piece);
  }));
}

/** Leaves drawn by lot, and what each of them completes, in hex. */
function growBy(from: Frontier, leaves: number): { frontier: Frontier; trees: string[] } {
  let frontier = from;
  const drawn = randomBytes(hashBytes * leaves);
  const trees = Array.from({ length: leaves }, (_, i) => {
    const { frontier: grown, completed } = grow(frontier, drawn.subarray(i * hashBytes, (i + 1) * hashBytes));
    frontier = grown;
    return Buffer.concat(completed).toString('hex');
  });
  return { frontier, trees };
}

async function insertBlock(database: Database, trees: readonly string[]): Promise<void> {
  await database.query(`insert into bench_block select n, decode(tree, 'hex') from unnest(string_to_array($1, ',')) with ordinality as t(tree, n)`, [trees.join(',')]);
}

/** The subtree once for each of `lasts`, which is what its last leaf completes; after entry number `after`. */
async function insertRows(database: Database, after: number, lasts: readonly string[], size: number): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query("set local synchronous_commit = off; set local statement_timeout = 0");
    await connection.query(
      `insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree)
       select $1::bigint + (b - 1) * $3 + n, gen_random_uuid(), now(), array[gen_random_uuid()], 'organisation', array['organisation'], 'agent' || n % 1000, 'synthetic', '', '', case when n = $3 then decode(last, 'hex') else tree end
       from unnest(string_to_array($2, ',')) with ordinality as l(last, b) cross join lateral (select * from bench_block order by n) each`, [after, lasts.join(','), size]);
  });
}
