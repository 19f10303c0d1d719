const hourMs = 3_600_000;
const formats = new Map<string, Intl.DateTimeFormat>();

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
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
    formats.set(zone, format);
  }
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT(?:([+-])(\d{2}):(\d{2}))?/.exec(format.format(instant)) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
