import type { WatchedTrail } from '../store/audit/audit-trail.ts';
import type { Database } from '../store/database.ts';

export type Part = 'database' | 'audit trail';

const answerWithinMs = 3_000;

/**
 * The parts without which nothing is answered and that do not work now. Each is given three seconds; whoever asks meanwhile is
 * told what the one before is told, so that asking often costs the database nothing.
 */
export function watchParts({ database, audit }: { database: Database; audit: WatchedTrail }): () => Promise<Part[]> {
  let looking: Promise<Part[]> | null = null;
  const look = async (): Promise<Part[]> => {
    if (!await inTime(database.query('select 1').then(() => true))) return ['database', 'audit trail']; // the trail is in it
    return await inTime(audit.works()) ? [] : ['audit trail'];
  };
  return () => looking ??= look().finally(() => { looking = null; });
}

async function inTime(works: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => { timer = setTimeout(() => { resolve(false); }, answerWithinMs); });
  try {
    return await Promise.race([works.catch(() => false), late]);
  } finally {
    clearTimeout(timer);
  }
}
