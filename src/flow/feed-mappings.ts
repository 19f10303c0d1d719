import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../fhir/problem.ts';
import { readVersion, type MappingFiles, type Mappings } from '../intake/load-mappings.ts';
import type { Feed, Kind } from '../intake/types.ts';
import type { CompiledMap } from '../mapping/types.ts';
import type { Connection, Database } from '../store/database.ts';
import { holdFeedStates, listFeedStates, loadVersionFiles, registerVersions, type FeedState } from '../store/feed-states.ts';
import { openOnboardings } from '../store/replays.ts';
import { compileMaps } from './compile-maps.ts';

/** One version of what a feed is mapped with, ready to use. */
export interface FeedMapping {
  feed: Feed;
  kind: Kind;
  /** of its files */
  sha256: string;
  /** by the part's name */
  maps: ReadonlyMap<string, CompiledMap>;
  files: MappingFiles;
}

export interface FeedMappings {
  feeds: readonly Feed[];
  /** what a feed worked with when this process last looked */
  live(feedKey: string): FeedMapping | undefined;
  /** looks, and keeps it so until the transaction ends. Returns the feeds whose rows are not to be worked on */
  hold(connection: Connection): Promise<string[]>;
  /** the same outside a transaction */
  look(): Promise<readonly FeedState[]>;
  /** a version this feed had or has, with every mistake where it cannot be used */
  version(connection: Connection, feedKey: string, sha256: string): Promise<FeedMapping | { problems: Problem[] }>;
}

/**
 * What each feed works with. The database decides, for all processes alike: a folder that differs from it is the feed's
 * candidate and has no effect before a replay was approved. Refuses to start when what works cannot be used.
 */
export async function openFeedMappings(database: Database, mappings: Mappings, now: Date): Promise<FeedMappings> {
  const feeds = new Map(mappings.feeds.map((feed) => [feed.key, feed]));
  const kept = new Map<string, FeedMapping | { problems: Problem[] }>();
  const live = new Map<string, FeedMapping>();

  await registerVersions(database, mappings.feeds.map((feed) => {
    const files = mappings.version(feed);
    return { feed: feed.key, sha256: hashOf(files), files, shadow: feed.shadow ?? false };
  }));
  await database.transaction((connection) => openOnboardings(connection, now));

  async function version(connection: Connection, feedKey: string, sha256: string): Promise<FeedMapping | { problems: Problem[] }> {
    const key = `${feedKey} ${sha256}`;
    const known = kept.get(key);
    if (known) return known;
    const feed = feeds.get(feedKey);
    const files = feed && await loadVersionFiles(connection, feedKey, sha256);
    const made = feed && files ? compileVersion(feed, sha256, files) : { problems: [versionUnknown] };
    kept.set(key, made);
    return made;
  }

  async function take(connection: Connection, states: readonly FeedState[]): Promise<void> {
    const problems: Problem[] = [];
    for (const { feed, live: sha256 } of states) {
      if (!feeds.has(feed) || live.get(feed)?.sha256 === sha256) continue;
      const mapping = await version(connection, feed, sha256);
      if ('problems' in mapping) problems.push(...mapping.problems);
      else live.set(feed, mapping);
    }
    if (problems.length > 0) throw new Refusal(...problems);
  }

  const look = (): Promise<readonly FeedState[]> => database.transaction(async (connection) => {
    const states = await listFeedStates(connection);
    await take(connection, states);
    return states;
  });
  await look();
  return {
    feeds: mappings.feeds, live: (feedKey) => live.get(feedKey), version, look,
    hold: async (connection) => {
      const states = await holdFeedStates(connection);
      await take(connection, states);
      return states.filter(({ shadow, frozen }) => shadow || frozen).map(({ feed }) => feed);
    },
  };
}

function compileVersion(feed: Feed, sha256: string, files: ReadonlyMap<string, string>): FeedMapping | { problems: Problem[] } {
  const read = readVersion(feed, files);
  if ('problems' in read) return read;
  const compiled = compileMaps(read.kind, read.files);
  return 'problems' in compiled ? compiled : { feed, kind: read.kind, sha256, maps: compiled.maps, files: read.files };
}

/** The same for the same files, in whatever order they were read. */
function hashOf(files: ReadonlyMap<string, string>): string {
  return createHash('sha256').update(JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}

const versionUnknown: Problem = { category: 'not-found', code: 'mapping-version-unknown', text: 'The feed never had such a version of its mapping.' };
