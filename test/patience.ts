import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../src/store/database.ts';

/** How long a test waits for what should come soon, in milliseconds: a machine that is busy with other things is slow, not wrong. */
export const patienceMs = 180_000;

/** Looks until it is so; an error that says `what` did not come where patience ends: a text, or what tells how it stands then. */
export async function until(so: () => boolean | Promise<boolean>, what: string | (() => string | Promise<string>) = 'what was waited for', everyMs = 20): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await so()); await pause(everyMs)) {
    if (Date.now() > end) throw new Error(`${typeof what === 'string' ? what : await what()} did not come`);
  }
}

/** Until a statement on this PostgreSQL database waits for a lock that another holds: by then it has reached what it is held up by. */
export function untilBlocked(database: Database): Promise<void> {
  return until(async () => (await database.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).length > 0, 'a statement that waits for a lock');
}

/**
 * For what is compared with the day of now: where the day ends within this time, waits for the next one, so that the day does not
 * change under the test. London and UTC turn at different hours in summer, both are looked at.
 */
export async function awayFromMidnight(withinMs = 60_000): Promise<void> {
  const hourMs = 3_600_000; // both turn on a full hour
  const left = hourMs - (Date.now() % hourMs);
  const hour = new Date(Date.now() + left).getUTCHours();
  if (left < withinMs && (hour === 0 || hour === 23)) await pause(left + 1_000);
}
