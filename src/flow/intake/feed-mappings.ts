import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { keepRecent, rememberRecent } from '../../fhir/remember-recent.ts';
import { readVersion, type MappingFiles, type Mappings } from '../../intake/load-mappings.ts';
import type { Feed, Kind } from '../../intake/types.ts';
import type { CompiledMap } from '../../mapping/types.ts';
import type { Connection, Database } from '../../store/database.ts';
import { holdFeedStates, listFeedStates, loadVersionFiles, registerVersions, type FeedState, type FolderVersion } from '../../store/intake/feed-states.ts';
import { openOnboardings } from '../../store/intake/replays.ts';
import { compileMaps, type CompiledMaps } from './compile-maps.ts';

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
  /** by which a feed's bytes are judged as they arrive: as live, and where that cannot be used here as the folder says, for they are kept all the same */
  kindOf(feedKey: string): Kind | undefined;
  /** looks, and keeps it so until the transaction ends. Returns the feeds whose rows are not to be worked on, those that this process does not have among them */
  hold(connection: Connection): Promise<string[]>;
  /** the same outside a transaction */
  look(): Promise<readonly FeedState[]>;
  /** a version this feed had or has, with every mistake where it cannot be used */
  version(connection: Connection, feedKey: string, sha256: string): Promise<FeedMapping | { problems: Problem[] }>;
}

/**
 * What each feed works with. The database decides, for all processes alike: a folder that differs from it is the feed's
 * candidate and has no effect before a replay was approved. Refuses to start on a mistake in what would work: the folder of a
 * feed met for the first time, or in shadow, or as it is live. A live version that this program cannot use keeps its feed waiting.
 */
export async function openFeedMappings(database: Database, mappings: Mappings, now: Date): Promise<FeedMappings> {
  const feeds = new Map(mappings.feeds.map((feed) => [feed.key, feed]));
  const kept = keepRecent<FeedMapping | { problems: Problem[] }>(feeds.size + mostVersions);
  const live = new Map<string, FeedMapping>();

  const version: FeedMappings['version'] = async (connection, feedKey, sha256) => {
    const key = `${feedKey} ${sha256}`;
    const known = kept.get(key);
    if (known) return known;
    const feed = feeds.get(feedKey);
    const files = feed && await loadVersionFiles(connection, feedKey, sha256);
    const made = feed && files ? compileVersion(feed, sha256, readVersion(feed, files)) : { problems: [versionUnknown] };
    kept.set(key, made);
    return made;
  };

  async function take(connection: Connection, states: readonly FeedState[]): Promise<void> {
    for (const { feed, live: sha256 } of states) {
      if (!feeds.has(feed) || live.get(feed)?.sha256 === sha256) continue;
      const mapping = await version(connection, feed, sha256);
      if ('problems' in mapping) live.delete(feed);
      else live.set(feed, mapping);
    }
  }

  const look = (): Promise<readonly FeedState[]> => database.transaction(async (connection) => {
    const states = await listFeedStates(connection);
    await take(connection, states);
    return states;
  });
  const folder = folderVersions(mappings);
  refuseMistakes(await database.transaction(listFeedStates), folder, (each) => {
    const feed = feeds.get(each.feed);
    const kind = feed && mappings.kinds.get(feed.kind); // read a moment ago: not read again from what is kept of it
    const made = feed && kind ? compileVersion(feed, each.sha256, { kind, files: mappings.files(feed.kind, feed.partner.partnerKey) }) : { problems: [versionUnknown] };
    kept.set(`${each.feed} ${each.sha256}`, made);
    return 'problems' in made ? made.problems : [];
  });
  await registerVersions(database, folder);
  await database.transaction((connection) => openOnboardings(connection, now));
  await look();
  return {
    feeds: mappings.feeds, live: (feedKey) => live.get(feedKey), kindOf: (feedKey) => live.get(feedKey)?.kind ?? mappings.kinds.get(feeds.get(feedKey)?.kind ?? ''), version, look,
    hold: async (connection) => {
      const states = await holdFeedStates(connection);
      await take(connection, states);
      return states.filter(({ feed, shadow, frozen }) => shadow || frozen || !live.has(feed)).map(({ feed }) => feed);
    },
  };
}

function folderVersions(mappings: Mappings): FolderVersion[] {
  return mappings.feeds.map((feed) => {
    const files = mappings.version(feed);
    return { feed: feed.key, sha256: hashOf(files), files, shadow: feed.shadow ?? false };
  });
}

/** Nothing is registered that could never be used: a mistake in what would work from now on stops the start, all of them together. */
function refuseMistakes(states: readonly FeedState[], folder: readonly FolderVersion[], compile: (version: FolderVersion) => Problem[]): void {
  const known = new Map(states.map((state) => [state.feed, state]));
  const problems = folder.flatMap((version) => {
    const state = known.get(version.feed);
    const wouldWork = !state || (state.shadow && !state.frozen) || state.live === version.sha256;
    const found = compile(version);
    return wouldWork ? found : [];
  });
  if (problems.length > 0) throw new Refusal(...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values());
}

/** Versions a process keeps beside those that work: candidates, and those of looks into the past. What works is kept for itself. */
const mostVersions = 50;

/** Feeds of one kind without tables of their own share a version: its maps are compiled once in a process. */
const compiledOnce = rememberRecent<CompiledMaps>(64);

function compileVersion(feed: Feed, sha256: string, read: ReturnType<typeof readVersion>): FeedMapping | { problems: Problem[] } {
  if ('problems' in read) return read;
  const compiled = compiledOnce(textHash(JSON.stringify([read.kind, read.files])), () => compileMaps(read.kind, read.files));
  return compiled.problems.length > 0 ? { problems: compiled.problems } : { feed, kind: read.kind, sha256, maps: compiled.maps, files: read.files };
}

/** The same for the same files, in whatever order they were read. */
function hashOf(files: ReadonlyMap<string, string>): string {
  return textHash(JSON.stringify([...files].sort(([a], [b]) => (a < b ? -1 : 1))));
}

function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const versionUnknown: Problem = { category: 'not-found', code: 'mapping-version-unknown', text: 'The feed never had such a version of its mapping.' };
