import type { Connection, Database } from '../database.ts';

/** A feed's mapping as the folder has it at this start. */
export interface FolderVersion {
  feed: string;
  sha256: string;
  files: ReadonlyMap<string, string>;
  /** whether a feed never seen before begins unseen */
  shadow: boolean;
}

export interface FeedState {
  feed: string;
  /** SHA-256 of the version that works */
  live: string;
  /** of the version the folder has instead */
  candidate: string | null;
  /** nothing of the feed is in the record yet */
  shadow: boolean;
  /** a swap is under way: what arrives waits */
  frozen: boolean;
}

/** Held shared by whoever works on rows, alone by whoever changes what they are worked on with. */
const stateLock = 20140003;

/**
 * Makes the folder's versions known. A feed seen for the first time works with the folder's; where another one works, the
 * folder's becomes the candidate and nothing else changes.
 */
export async function registerVersions(database: Database, versions: readonly FolderVersion[]): Promise<void> {
  await database.transaction(async (connection) => {
    await stopFeeds(connection); // one start at a time, and nobody at work meanwhile
    const [feeds, hashes] = [versions.map(({ feed }) => feed), versions.map(({ sha256 }) => sha256)];
    const { rows: missing } = await connection.query<{ feed: string }>(
      `select f.feed from unnest($1::text[], $2::text[]) as f(feed, sha256)
       where not exists (select 1 from mapping_version v where v.feed = f.feed and v.sha256 = f.sha256)`, [feeds, hashes]);
    const unknown = versions.filter(({ feed }) => missing.some((each) => each.feed === feed));
    await connection.query('insert into mapping_version (feed, sha256, files) select * from unnest($1::text[], $2::text[], $3::jsonb[]) on conflict do nothing',
      [unknown.map(({ feed }) => feed), unknown.map(({ sha256 }) => sha256), unknown.map(({ files }) => JSON.stringify(Object.fromEntries(files)))]);
    await connection.query(
      'insert into feed_state (feed, live, shadow) select * from unnest($1::text[], $2::text[], $3::boolean[]) order by 1 on conflict do nothing',
      [feeds, hashes, versions.map(({ shadow }) => shadow)]);
    // nothing in the record was made by what a feed in shadow worked with: it follows the folder
    await connection.query(
      `update feed_state s set live = f.sha256 from unnest($1::text[], $2::text[]) as f(feed, sha256) where s.feed = f.feed and s.shadow and not s.frozen and s.live <> f.sha256`, [feeds, hashes]);
    await connection.query(
      `update feed_state s set candidate = nullif(f.sha256, s.live) from unnest($1::text[], $2::text[]) as f(feed, sha256)
       where s.feed = f.feed and s.candidate is distinct from nullif(f.sha256, s.live)`, [feeds, hashes]);
  });
}

/** What each feed works with, which stays so until the transaction ends. */
export async function holdFeedStates(connection: Connection): Promise<FeedState[]> {
  await connection.query('select pg_advisory_xact_lock_shared($1)', [stateLock]);
  return (await connection.query<FeedState>(selectStates)).rows;
}

/** Waits until nobody works on rows any more, and keeps everybody waiting until the transaction ends. */
export async function stopFeeds(connection: Connection): Promise<void> {
  await connection.query('select pg_advisory_xact_lock($1)', [stateLock]);
}

export async function listFeedStates(connection: Connection): Promise<FeedState[]> {
  return (await connection.query<FeedState>(selectStates)).rows;
}

const selectStates = 'select feed, live, candidate, shadow, frozen from feed_state order by feed';

/** A version's files by their path; null where this feed never had it. */
export async function loadVersionFiles(connection: Connection, feed: string, sha256: string): Promise<ReadonlyMap<string, string> | null> {
  const { rows: [row] } = await connection.query<{ files: Record<string, string> }>('select files from mapping_version where feed = $1 and sha256 = $2', [feed, sha256]);
  return row ? new Map(Object.entries(row.files)) : null;
}

/** The feed's queue stands still, or goes on. Call it after `stopFeeds`. */
export async function freezeFeed(connection: Connection, feed: string): Promise<void> {
  await connection.query('update feed_state set frozen = true where feed = $1', [feed]);
}

/** The feed works with this version from the commit on, and is seen. */
export async function setLive(connection: Connection, feed: string, sha256: string): Promise<void> {
  await connection.query('update feed_state set live = $2, candidate = nullif(candidate, $2), shadow = false, frozen = false where feed = $1', [feed, sha256]);
}
