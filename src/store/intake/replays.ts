import type { Connection, Database } from '../database.ts';

export type ReplayState = 'shadow' | 'ready' | 'swapping' | 'closing' | 'done' | 'given-up';

/** One run of a changed mapping over everything a feed ever sent. */
export interface ReplayRow {
  replayId: number;
  feed: string;
  /** SHA-256 of what works, and of what would work instead */
  base: string;
  candidate: string;
  /** codes that tables of the candidate have in addition, and these tables, where that is all it changes: only people whose records may name them are gone through */
  added: { codes: string[]; tables: string[] } | null;
  /** nothing of the feed is in the record yet */
  onboarding: boolean;
  state: ReplayState;
  /** records up to this one are laid out in rows */
  stagedTo: number;
  /** a swap covers records up to this one; those after it are taken in with what works then */
  swapTo: number | null;
  records: number;
  rows: number;
  /** records whose bytes are no longer kept */
  erased: number;
  /** batches that failed and were tried again */
  failures: number;
  startedBy: string;
  startedAt: Date;
  approvedBy: string | null;
  approvedAt: Date | null;
  finishedAt: Date | null;
}

const columns = `replay_id::int as "replayId", feed, base, candidate, case when added_codes is not null then jsonb_build_object('codes', added_codes, 'tables', added_to) end as added, onboarding, state, staged_to::int as "stagedTo", swap_to::int as "swapTo", records, rows, erased, failures,
  started_by as "startedBy", started_at as "startedAt", approved_by as "approvedBy", approved_at as "approvedAt", finished_at as "finishedAt"`;
const open = "state not in ('done', 'given-up')";

/** Begins one, and forgets what earlier ones of the feed found. False: one is open already. */
export async function openReplay(connection: Connection, begun: Pick<ReplayRow, 'feed' | 'base' | 'candidate' | 'added' | 'onboarding' | 'startedBy' | 'startedAt'>): Promise<boolean> {
  const { rowCount } = await connection.query(
    `insert into replay (feed, base, candidate, onboarding, state, started_by, started_at, added_codes, added_to) values ($1, $2, $3, $4, 'shadow', $5, $6, $7, $8)
     on conflict (feed) where state not in ('done', 'given-up') do nothing`, [begun.feed, begun.base, begun.candidate, begun.onboarding, begun.startedBy, begun.startedAt, begun.added?.codes, begun.added?.tables]);
  if (!rowCount) return false;
  await connection.query(`delete from replay_finding f using replay r where r.feed = $1 and f.replay_id = r.replay_id`, [begun.feed]);
  return true;
}

/** Feeds in shadow have their replay open at all times; one with another version than the feed's begins anew. */
export async function openOnboardings(connection: Connection, at: Date): Promise<void> {
  const { rows } = await connection.query<{ replay_id: string }>(
    `update replay r set state = 'given-up', finished_at = $1 from feed_state s
     where s.feed = r.feed and s.shadow and r.state in ('shadow', 'ready') and r.candidate <> s.live returning r.replay_id`, [at]);
  for (const { replay_id: id } of rows) await forgetStaged(connection, Number(id));
  await connection.query(
    `insert into replay (feed, base, candidate, onboarding, state, started_by, started_at) select feed, live, live, true, 'shadow', 'feeds.yaml', $1 from feed_state where shadow
     on conflict (feed) where state not in ('done', 'given-up') do nothing`, [at]);
}

export async function listOpenReplays(database: Database): Promise<ReplayRow[]> {
  return database.query<ReplayRow>(`select ${columns} from replay where ${open} order by replay_id`);
}

/** The feed's last one. */
export async function findReplay(database: Database, feed: string): Promise<ReplayRow | undefined> {
  const [row] = await database.query<ReplayRow>(`select ${columns} from replay where feed = $1 order by replay_id desc limit 1`, [feed]);
  return row;
}

/** Takes an open one for this transaction; null when another process has it, or it is over. */
export async function takeReplay(connection: Connection, replayId: number): Promise<ReplayRow | null> {
  const { rows } = await connection.query<ReplayRow>(`select ${columns} from replay where replay_id = $1 and ${open} for update skip locked`, [replayId]);
  return rows[0] ?? null;
}

/** The feed's open one, waiting for whoever works on it. */
export async function holdOpenReplay(connection: Connection, feed: string): Promise<ReplayRow | null> {
  const { rows } = await connection.query<ReplayRow>(`select ${columns} from replay where feed = $1 and ${open} for update`, [feed]);
  return rows[0] ?? null;
}

export async function setReplayState(connection: Connection, replayId: number, state: ReplayState, at: Date): Promise<void> {
  await connection.query(`update replay set state = $2, finished_at = case when $2 in ('done', 'given-up') then $3 else finished_at end where replay_id = $1`, [replayId, state, at]);
}

/** From here on everything the feed sent so far, of those it is gone through for, is gone through once more, to be written. */
export async function beginSwap(connection: Connection, { replayId, feed, added }: Pick<ReplayRow, 'replayId' | 'feed' | 'added'>, by: string, at: Date): Promise<void> {
  await connection.query(
    `update replay set state = 'swapping', approved_by = $2, approved_at = $3, swap_to = (select coalesce(max(record_id), 0) from source_record where feed = $4)
     where replay_id = $1`, [replayId, by, at, feed]);
  await connection.query('update replay_person set step = 0 where replay_id = $1 and step <> 2', [replayId]);
  if (added) return void await connection.query('delete from unmapped_code where feed = $1 and source = any ($2::text[]) and exists (select 1 from unnest($3::text[]) t where right(table_name, length(t)) = t)', [feed, added.codes, added.tables]);
  await connection.query('delete from ledger_count where feed = $1', [feed]);
  await connection.query('delete from unmapped_code where feed = $1', [feed]);
}

/** A batch of it failed for a reason nobody foresaw; told with its report. */
export async function countFailure(database: Database, replayId: number): Promise<void> {
  await database.query('update replay set failures = failures + 1 where replay_id = $1', [replayId]);
}

/** The rows laid out for it; what was found stays until the feed's next replay. */
export async function forgetStaged(connection: Connection, replayId: number): Promise<void> {
  for (const table of ['replay_row', 'replay_person', 'replay_record']) await connection.query(`delete from ${table} where replay_id = $1`, [replayId]);
}

/** How far a replay is. Of rows and people nothing is known any more once it is over: they are 0 then. */
export interface ReplayProgress {
  /** records the feed sent that belong to it */
  records: number;
  rowsDone: number;
  people: number;
  peopleDone: number;
}

export async function readProgress(database: Database, { replayId, feed, swapTo }: Pick<ReplayRow, 'replayId' | 'feed' | 'swapTo'>): Promise<ReplayProgress> {
  const [row] = await database.query<ReplayProgress>(
    `select (select count(*) from source_record where feed = $2 and record_id <= coalesce($3, record_id))::int as records,
       coalesce(sum(rows) filter (where step <> 0), 0)::int as "rowsDone", count(*)::int as people, (count(*) filter (where step <> 0))::int as "peopleDone"
     from replay_person where replay_id = $1`, [replayId, feed, swapTo]);
  return row ?? { records: 0, rowsDone: 0, people: 0, peopleDone: 0 };
}
