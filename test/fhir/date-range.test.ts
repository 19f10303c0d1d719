import { rangeOf } from '../../src/fhir/date-range.ts';

describe('a date covers the instants its precision says, in London where it says no offset', () => {
  it.each([
    ['a winter day', '2024-01-15', '2024-01-15T00:00:00.000Z', '2024-01-16T00:00:00.000Z'],
    ['a summer day begins an hour earlier in UTC', '2024-07-15', '2024-07-14T23:00:00.000Z', '2024-07-15T23:00:00.000Z'],
    ['the day the clocks go forward has 23 hours', '2024-03-31', '2024-03-31T00:00:00.000Z', '2024-03-31T23:00:00.000Z'],
    ['the day the clocks go back has 25 hours', '2024-10-27', '2024-10-26T23:00:00.000Z', '2024-10-28T00:00:00.000Z'],
    ['a month', '2024-02', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['December', '2023-12', '2023-12-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z'],
    ['a year', '1950', '1950-01-01T00:00:00.000Z', '1951-01-01T00:00:00.000Z'],
    ['a birthday in wartime, when London kept summer time in winter', '1941-01-01', '1940-12-31T23:00:00.000Z', '1941-01-01T23:00:00.000Z'],
    ['a leap day', '2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['a minute', '2024-07-15T10:30', '2024-07-15T09:30:00.000Z', '2024-07-15T09:31:00.000Z'],
    ['a minute before the year 100', '0050-01-01T00:00Z', '0050-01-01T00:00:00.000Z', '0050-01-01T00:01:00.000Z'],
    ['a second with Z', '2024-07-15T10:30:05Z', '2024-07-15T10:30:05.000Z', '2024-07-15T10:30:06.000Z'],
    ['milliseconds with an offset', '2024-07-15T10:30:05.123+01:00', '2024-07-15T09:30:05.123Z', '2024-07-15T09:30:05.124Z'],
    ['a dummy end date stays within the year 9999', '9999-12-31', '9999-12-31T00:00:00.000Z', '9999-12-31T23:59:59.999Z'],
  ])('%s', (_name, value, from, to) => {
    expect(rangeOf(value)).toEqual({ from, to });
  });

  it.each(['2023-02-29', '2024-04-31', '2024-13-01', '2024-00-10', '2024-01-00', '0000', '24-01-01', '2024-1-1', '15/01/2024', '2024-01-15T24:00', '2024-01-15T10', '2024-01-15T10:30+25:00', 'today', ''])(
    'what is not a date is none: %s', (value) => {
      expect(rangeOf(value)).toBeUndefined();
    });
});
