import { createHash } from 'node:crypto';
import type { Database } from '../database.ts';

const claimSeconds = 120;

/**
 * Takes an address for a time in which nobody else posts to it. Returns the size of the last checkpoint it was given; one that was
 * given none begins with the newest. Null: somebody else has it.
 */
export async function claimHook(database: Database, url: string): Promise<number | null> {
  await database.query('insert into audit_hook (hook, size) select $1, coalesce((select max(size) from audit_checkpoint), 0) - 1 on conflict do nothing', [nameOf(url)]);
  const [row] = await database.query<{ size: string }>(
    `update audit_hook set claimed_until = clock_timestamp() + make_interval(secs => ${claimSeconds})
     where hook = $1 and (claimed_until is null or claimed_until < clock_timestamp()) returning size`, [nameOf(url)]);
  return row ? Number(row.size) : null;
}

/** Remembers what was given; with `done` others may take the address. */
export async function keepDelivered(database: Database, url: string, size: number | null, done: boolean): Promise<void> {
  await database.query(
    `update audit_hook set size = coalesce($2::bigint, size), delivered_at = case when $2::bigint is null then delivered_at else clock_timestamp() end,
       claimed_until = case when $3 then null else claimed_until end where hook = $1`, [nameOf(url), size, done]);
}

const nameOf = (url: string): Buffer => createHash('sha256').update(url).digest();
