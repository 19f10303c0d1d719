import { addDays, type Day, type LocalTime } from './calendar.ts';
import type { Random } from './random.ts';

/**
 * When a person's trouble began and when they were home again: what the hospital, the community team, the
 * mental-health team and the council later say about it hangs on these days.
 */
export interface Journey {
  start: Day;
  home: Day;
  /** seen at the front door and home the same day */
  sameDay: boolean;
  /** nothing after this day has happened yet */
  today: Day;
}

export function drawJourney(random: Random, today: Day): Journey {
  const sameDay = random.chance(0.35);
  const start = addDays(today, -random.between(6, 320));
  return { start, home: sameDay ? start : addDays(start, random.between(2, 24)), sameDay, today };
}

/** A time on a day, in working hours: `at('2026-06-09', random)`. */
export function workingTime(day: Day, random: Random): LocalTime {
  return timeOn(day, random.between(9, 16), random.between(0, 59));
}

export function timeOn(day: Day, hour: number, minute: number): LocalTime {
  return `${day}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** The time itself when it has come, otherwise undefined: the future is not in anybody's file. */
export function ifPast<T extends Day | LocalTime>(time: T, today: Day): T | undefined {
  return time.slice(0, 10) <= today ? time : undefined;
}
