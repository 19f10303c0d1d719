import type { Database } from '../database.ts';

/** How often somebody asked for emergency access within the last hour, this time left out. */
export interface RecentAttempts {
  refused: number;
  opened: number;
  /** seconds until the first of the refused, and of the opened, is an hour old */
  refusedFreeIn: number;
  openedFreeIn: number;
}

/**
 * Notes that somebody asks, and counts: each attempt is committed before it counts the others, so that any number of them
 * at once, on any number of processes, see each other. One without an outcome yet counts as refused and as opened; left
 * behind by a process that died, for a minute.
 */
export async function beginAttempt(database: Database, id: string, person: string): Promise<RecentAttempts> {
  await database.query(
    `with past as (delete from emergency_attempt where person = $2 and at < statement_timestamp() - interval '1 hour')
     insert into emergency_attempt (id, person, at) values ($1, $2, statement_timestamp())`, [id, person]);
  const [row] = await database.query<RecentAttempts>(
    `with other as (select at, refused from emergency_attempt where person = $2 and id <> $1 and at > statement_timestamp() - case when refused then interval '1 hour' else interval '1 minute' end),
     opened as (select from_at as at from emergency_access where person = $2 and from_at > statement_timestamp() - interval '1 hour')
     select (select count(*) from other)::int as refused,
       (select count(*) from opened)::int + (select count(*) from other where not refused)::int as opened,
       ${freeIn('other')} as "refusedFreeIn", ${freeIn('opened')} as "openedFreeIn"`, [id, person]);
  if (!row) throw new Error('attempts were not counted');
  return row;
}

function freeIn(counted: string): string {
  return `greatest(1, ceil(extract(epoch from (select min(at) from ${counted}) + interval '1 hour' - statement_timestamp())))::int`;
}

/** It was refused, and counts for an hour. */
export async function refuseAttempt(database: Database, id: string): Promise<void> {
  await database.query('update emergency_attempt set refused = true where id = $1', [id]);
}

/** It counts no more: access was opened, which is counted itself, or the attempt was not looked at. */
export async function dropAttempt(database: Database, id: string): Promise<void> {
  await database.query('delete from emergency_attempt where id = $1', [id]);
}
