import fc from 'fast-check';
import { localTime } from '../../src/fhir/local-time.ts';

const london = localTime('Europe/London');
const at = (text: string) => Date.parse(`${text}Z`);

describe('the clock on the wall', () => {
  it.each([
    ['in winter', '2024-01-15T10:30:00', [0]],
    ['in summer', '2024-07-15T10:30:00', [60]],
    ['just before the clocks go forward', '2024-03-31T00:59:59', [0]],
    ['in the hour they skip, which does not exist', '2024-03-31T01:00:00', []],
    ['in the last minute of it', '2024-03-31T01:59:00', []],
    ['just after', '2024-03-31T02:00:00', [60]],
    ['in the hour they show twice, its first coming first', '2024-10-27T01:30:00', [60, 0]],
    ['just after that', '2024-10-27T02:00:00', [0]],
    ['in double summer time', '1944-07-01T12:00:00', [120]],
    ['in 1970, when there was no winter time', '1970-01-01T12:00:00', [60]],
  ])('%s: %s', (_name, local, offsets) => {
    expect(london.offsetsAt(at(local))).toEqual(offsets);
  });

  it('west of Greenwich, and where offsets are no full hours', () => {
    expect(localTime('America/New_York').offsetsAt(at('2024-03-10T02:30:00'))).toEqual([]);
    expect(localTime('America/New_York').offsetsAt(at('2024-11-03T01:30:00'))).toEqual([-240, -300]);
    expect(localTime('Australia/Lord_Howe').offsetsAt(at('2024-04-07T01:45:00'))).toEqual([660, 630]);
  });

  it('of a zone nobody knows is refused', () => {
    expect(() => localTime('Europe/Nowhere')).toThrow(RangeError);
  });

  it('property: every instant is one of the readings of the local time it has', () => {
    const hour = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'medium' });
    const utc = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', dateStyle: 'short', timeStyle: 'medium' });
    fc.assert(fc.property(fc.integer({ min: at('1950-01-01T00:00:00'), max: at('2060-01-01T00:00:00') }), (instant) => {
      const offset = [0, 60, 120].find((minutes) => utc.format(instant + minutes * 60_000) === hour.format(instant));
      const local = instant + (offset ?? Number.NaN) * 60_000;
      expect(london.offsetsAt(local)).toContain(offset);
      expect(london.offsetsAt(local).length).toBeLessThanOrEqual(2);
    }));
  });
});
