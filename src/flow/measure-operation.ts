import { newestMadeAgo } from '../store/audit/audit-checkpoints.ts';
import type { WatchedTrail } from '../store/audit/audit-trail.ts';
import { readHead } from '../store/audit/audit-tree.ts';
import type { Database } from '../store/database.ts';
import { readFreshness, type FeedFreshness } from '../store/intake/feed-freshness.ts';
import { watchParts } from './failing-parts.ts';

const freshForMs = 60_000;

/** What operators measure: counts and times, and nobody in them. */
export function measureOperation({ database, audit, feeds }: { database: Database; audit: WatchedTrail; feeds: readonly string[] }) {
  let kept: { at: number; freshness: Promise<FeedFreshness[]> } | null = null;
  return {
    failingParts: watchParts({ database, audit }),
    /** read once a minute, however often it is asked for; what could not be read is read again */
    freshness: (): Promise<FeedFreshness[]> => {
      if (kept && performance.now() - kept.at < freshForMs) return kept.freshness;
      const reading = { at: performance.now(), freshness: readFreshness(database, feeds) };
      kept = reading;
      reading.freshness.catch(() => { if (kept === reading) kept = null; });
      return reading.freshness;
    },
    audit: async (): Promise<{ entries: number; waiting: number; checkpointAgeSeconds: number | null }> =>
      ({ entries: (await readHead(database)).size, waiting: audit.waiting(), checkpointAgeSeconds: await newestMadeAgo(database) }),
  };
}
