import type { Database } from '../database.ts';

/** How far a pulled feed has come. */
export interface PullState {
  /** what was changed since then is asked for; null: everything */
  since: string | null;
  /** where a pull that was cut short goes on; null: it begins anew */
  nextPage: string | null;
  /** becomes `since` when the last page is safe */
  nextSince: string | null;
  /** failed pulls in a row */
  failures: number;
}

/**
 * Takes a feed for one pull when it is due and nobody else has it: one pull at a time, over all processes. The lease ends by
 * itself after `leaseSeconds`, so a killed process keeps nobody waiting. null: not due, or taken.
 */
export async function leasePull(database: Database, feed: string, now: Date, leaseSeconds: number, lateFrom: Date): Promise<PullState | null> {
  const [state] = await database.query<PullState>(
    `insert into pull_state as p (feed, leased_until, late_from) values ($1, $2::timestamptz + make_interval(secs => $3), $4)
     on conflict (feed) do update set leased_until = excluded.leased_until
       where (p.leased_until is null or p.leased_until <= $2) and (p.not_before is null or p.not_before <= $2)
     returning since, next_page as "nextPage", next_since as "nextSince", failures`,
    [feed, now, leaseSeconds, lateFrom]);
  return state ?? null;
}

/** A page is safe: the pull goes on after it, also in another process. */
export async function savePage(database: Database, feed: string, next: { page: string; since: string }, leasedUntil: Date): Promise<void> {
  await database.query('update pull_state set next_page = $2, next_since = $3, leased_until = $4 where feed = $1', [feed, next.page, next.since, leasedUntil]);
}

/** Everything there was is safe. From `lateFrom` on, what the source holds counts as not arrived. */
export async function finishPull(database: Database, feed: string, since: string, notBefore: Date, lateFrom: Date): Promise<void> {
  await database.query(
    'update pull_state set since = $2, next_page = null, next_since = null, failures = 0, not_before = $3, late_from = $4, leased_until = null where feed = $1',
    [feed, since, notBefore, lateFrom]);
}

/** Part of what there is is safe: the next pull goes on after it. */
export async function pausePull(database: Database, feed: string, notBefore: Date, lateFrom: Date): Promise<void> {
  await database.query('update pull_state set failures = 0, not_before = $2, late_from = $3, leased_until = null where feed = $1', [feed, notBefore, lateFrom]);
}

/** A pull failed: it goes on where it was, not before `notBefore`. `restart` forgets the page it was on. */
export async function failPull(database: Database, feed: string, notBefore: Date, restart: boolean): Promise<void> {
  await database.query(
    `update pull_state set failures = failures + 1, not_before = $2, leased_until = null,
       next_page = case when $3 then null else next_page end, next_since = case when $3 then null else next_since end where feed = $1`,
    [feed, notBefore, restart]);
}

/** The gateway stops: the feed is free at once, and goes on where it was. */
export async function releasePull(database: Database, feed: string): Promise<void> {
  await database.query('update pull_state set leased_until = null where feed = $1', [feed]);
}
