const day = 86_400_000;

/** How the clocks of a zone ran, from the runtime's own tz data. */
export interface Zone {
  /** Offsets from UTC in minutes a local time may have: none in the gap when clocks go forward, two in the hour repeated when they go back (the earlier instant first). `local` is the wall clock read as if it were UTC. */
  offsetsAt(local: number): number[];
}

const zones = new Map<string, Zone>();

/**
 * The clock of an IANA zone; each zone is made once and each of its years looked up once. Throws RangeError for an
 * unknown zone. Who reads a local time by it refuses one the clocks skipped, and takes the first of one they showed twice.
 */
export function localTime(zone: string): Zone {
  const known = zones.get(zone) ?? clockOf(zone);
  zones.set(zone, known);
  return known;
}

function clockOf(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short',
  });
  const years = new Map<number, Change[]>();
  const offsetAt = (instant: number): number => {
    const year = new Date(instant).getUTCFullYear();
    let changes = years.get(year);
    if (!changes) years.set(year, (changes = changesOf(year, format)));
    return changes.findLast((change) => change.from <= instant)?.offset ?? 0;
  };
  return {
    offsetsAt(local) {
      const before = offsetAt(local - day);
      const after = offsetAt(local + day);
      if (before === after) return [before];
      return [before, after].filter((offset) => offsetAt(local - offset * 60_000) === offset);
    },
  };
}

interface Change {
  from: number;
  offset: number;
}

function changesOf(year: number, format: Intl.DateTimeFormat): Change[] {
  const start = new Date(0).setUTCFullYear(year, 0, 1);
  const end = new Date(0).setUTCFullYear(year + 1, 0, 1);
  const changes: Change[] = [{ from: start, offset: readOffset(start, format) }];
  for (let from = start; from < end; from += 7 * day) {
    const to = Math.min(from + 7 * day, end);
    const offset = readOffset(to, format);
    if (offset !== changes.at(-1)?.offset) changes.push({ from: findChange(from, to, format), offset });
  }
  return changes;
}

/** The first minute between two instants at which the offset is that of the later one. */
function findChange(from: number, to: number, format: Intl.DateTimeFormat): number {
  const later = readOffset(to, format);
  let low = from;
  let high = to;
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 120_000) * 60_000;
    if (middle === low || readOffset(middle, format) === later) {
      if (middle === low) break;
      high = middle;
    } else low = middle;
  }
  return high;
}

function readOffset(instant: number, format: Intl.DateTimeFormat): number {
  const parts: Record<string, string> = {};
  for (const { type, value } of format.formatToParts(instant)) parts[type] = value;
  const year = Number(parts['year']) * (parts['era']?.startsWith('B') ? -1 : 1);
  const local = new Date(0);
  local.setUTCFullYear(year, Number(parts['month']) - 1, Number(parts['day']));
  local.setUTCHours(Number(parts['hour']), Number(parts['minute']), Number(parts['second']));
  return Math.round((local.getTime() - instant) / 60_000);
}
