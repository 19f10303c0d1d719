import type { Connection, Database } from '../database.ts';
import { isSilent } from '../schema/more-was-sent.ts';

/** What a feed brought lately, and what it usually brings. */
export interface FeedFreshness {
  feed: string;
  /** when the newest record came that was worked off */
  lastGood: Date | null;
  /** seconds the oldest record that is not worked off has waited; 0 = none waits */
  lagSeconds: number;
  /** rows of records that came in the last 24 hours, and how many of them are in quarantine or were rejected */
  rowsOfDay: number;
  wrongOfDay: number;
  /** rows of the middle one of the 28 days before, by size; null: the feed is younger than a week */
  usualRows: number | null;
}

/** Records of the last minutes may still be on their way into the table. */
const settleMinutes = 5;
const countedTogether = 50_000;
const daysCompared = 28;
const daysNeeded = 7;

/** Of these feeds. In proportion to what came in a day, never to what ever came. */
export async function readFreshness(database: Database, feeds: readonly string[]): Promise<FeedFreshness[]> {
  await database.transaction(countArrived);
  return database.query<FeedFreshness>(
    `select f.feed,
       (select received_at from source_record s where s.feed = f.feed and s.state = 'done' order by received_at desc limit 1) as "lastGood",
       coalesce(extract(epoch from now() - (select min(received_at) from source_record s where s.feed = f.feed and s.state in ('received', 'split'))), 0)::float8 as "lagSeconds",
       day.rows as "rowsOfDay", day.wrong as "wrongOfDay", usual.rows as "usualRows"
     from unnest($1::text[]) as f(feed)
     cross join lateral (
       select count(*)::int as rows, (count(*) filter (where r.state in ('quarantined', 'rejected')))::int as wrong
       from source_record s join intake_row r using (record_id) where s.feed = f.feed and s.received_at > now() - interval '24 hours') day
     cross join lateral (
       select case when min(first) < now() - make_interval(days => $3::int) then percentile_cont(0.5) within group (order by sum)::float8 end as rows
       from (select min(first) as first, d, coalesce(sum(h.rows), 0)::float8 as sum
             from (select min(hour) as first from feed_hour h where h.feed = f.feed) begun
             cross join generate_series(1, $2::int) d
             left join feed_hour h on h.feed = f.feed and h.hour > now() - make_interval(days => d + 1) and h.hour <= now() - make_interval(days => d)
             where first < now() - make_interval(days => d) group by d) days) usual
     order by f.feed`, [feeds, daysCompared, daysNeeded]);
}

/** Keeps how long feeds may be silent; those not named are expected to do nothing. */
export async function saveExpectations(database: Database, feeds: readonly { key: string; hours: number }[]): Promise<void> {
  const [keys, hours] = [feeds.map(({ key }) => key), feeds.map((feed) => feed.hours)];
  await database.transaction(async (connection) => {
    await connection.query('delete from feed_expectation where feed <> all ($1::text[])', [keys]);
    await connection.query(
      `insert into feed_expectation (feed, within) select f.feed, make_interval(secs => f.hours * 3600) from unnest($1::text[], $2::float8[]) as f(feed, hours)
       on conflict (feed) do update set within = excluded.within where feed_expectation.within <> excluded.within`, [keys, hours]);
  });
}

/** Feeds that are late now, sent or pulled, and when the newest record came that was worked off. */
export async function readLateFeeds(database: Database): Promise<{ feed: string; lastGood: Date | null }[]> {
  return database.query<{ feed: string; lastGood: Date | null }>(
    `select l.feed, (select received_at from source_record s where s.feed = l.feed and s.state = 'done' order by received_at desc limit 1) as "lastGood"
     from (select x.feed from feed_expectation x where ${isSilent('x.feed')} union select p.feed from pull_state p where p.late_from <= statement_timestamp()) l`);
}

/** Rows of each London day of the last four weeks on which anything came, oldest first; the last minutes are not counted yet. */
export async function readVolume(database: Database, feed: string): Promise<{ day: string; rows: number }[]> {
  return database.query<{ day: string; rows: number }>(
    `select to_char(hour at time zone 'Europe/London', 'YYYY-MM-DD') as day, sum(rows)::float8 as rows from feed_hour
     where feed = $1 and hour > now() - make_interval(days => $2::int) group by 1 order by 1`, [feed, daysCompared]);
}

/** Counts what has come since the last time into hours, each record once; whoever comes second meanwhile leaves it to the first. */
async function countArrived(connection: Connection): Promise<void> {
  const { rows: [lock] } = await connection.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(20140025) as mine');
  if (!lock?.mine) return;
  await connection.query(
    `with fresh as materialized (
       select record_id, feed, received_at, received_rows from source_record where record_id > (select upto from feed_counted) order by record_id limit ${countedTogether}),
     settled as (select * from fresh where record_id < coalesce((select min(record_id) from fresh where received_at > now() - make_interval(mins => ${settleMinutes})), 9223372036854775807)),
     counted as (insert into feed_hour (feed, hour, records, rows) select feed, date_trunc('hour', received_at), count(*), sum(received_rows) from settled group by 1, 2
       on conflict (feed, hour) do update set records = feed_hour.records + excluded.records, rows = feed_hour.rows + excluded.rows)
     update feed_counted set upto = (select max(record_id) from settled) where exists (select 1 from settled)`);
  await connection.query(`delete from feed_hour where hour < now() - make_interval(days => ${daysCompared + 2})`);
}
