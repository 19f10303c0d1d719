const hourMs = 3_600_000;
/** clocks change on quarters of an hour, never between them */
const quarterMs = 900_000;
const mostRemembered = 50_000;

interface Clock {
  format: Intl.DateTimeFormat;
  /** offset by quarter of an hour: asking Intl costs more than reading the message */
  offsets: Map<number, number>;
}
const clocks = new Map<string, Clock>();

/**
 * The instant (ms) at which clocks in `zone` show the wall time `localMs` (written as if it were UTC). The hour that
 * comes twice in autumn means its first coming; a wall time skipped in spring is read with the offset before the change.
 */
export function zonedInstant(localMs: number, zone: string): number {
  const before = offsetMs(localMs - 12 * hourMs, zone);
  const after = offsetMs(localMs + 12 * hourMs, zone);
  if (before === after) return localMs - before;
  const candidates = [localMs - before, localMs - after].sort((a, b) => a - b);
  return candidates.find((instant) => instant + offsetMs(instant, zone) === localMs) ?? localMs - before;
}

function offsetMs(instant: number, zone: string): number {
  const clock = clocks.get(zone) ?? newClock(zone);
  const quarter = Math.floor(instant / quarterMs);
  const known = clock.offsets.get(quarter);
  if (known !== undefined) return known;
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(clock.format.format(instant)) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  if (clock.offsets.size >= mostRemembered) clock.offsets.clear();
  clock.offsets.set(quarter, offset);
  return offset;
}

function newClock(zone: string): Clock {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  const clock: Clock = { format, offsets: new Map() };
  clocks.set(zone, clock);
  return clock;
}
