import { emptyDay, emptySearch, formOf, readDay, readSearch } from '../../../src/viewer/governance/log-search.ts';

describe('what is typed into the search of the log', () => {
  test('nothing at all is a search for everything', () => {
    expect(readSearch(emptySearch)).toEqual({ search: {}, number: undefined });
  });

  test('is read whole, the NHS number apart from what is asked of the log', () => {
    expect(readSearch({ number: '999 100 0011', person: '  Leila   Haddad ', organisation: 'sys|RRK', policy: ' early-intervention  1.0.0 2.1', from: { day: '1', month: '11', year: '2026' }, to: { day: '22', month: '11', year: '2026' } }))
      .toEqual({ search: { person: 'Leila Haddad', organisation: 'sys|RRK', policy: 'early-intervention:1.0.0:2.1', from: '2026-11-01', to: '2026-11-22' }, number: '9991000011' });
  });

  test('every mistake is told at once', () => {
    expect(readSearch({ number: '999 100 0012', person: '--', organisation: '', policy: 'a,b', from: { day: '31', month: '2', year: '2026' }, to: { day: '1', month: '', year: '' } }))
      .toEqual({ mistakes: { number: expect.any(String), person: expect.any(String), policy: expect.any(String), from: expect.any(String), to: expect.any(String) } });
  });

  test('a last day before the first is a mistake, the same day is not', () => {
    const day = { day: '2', month: '11', year: '2026' };
    expect(readSearch({ ...emptySearch, from: day, to: { ...day, day: '1' } })).toMatchObject({ mistakes: { to: expect.any(String) } });
    expect(readSearch({ ...emptySearch, from: day, to: day })).toMatchObject({ search: { from: '2026-11-02', to: '2026-11-02' } });
  });

  test.each([
    [{ day: '29', month: '2', year: '2028' }, '2028-02-29'], [{ day: '29', month: '2', year: '2027' }, null], [{ day: ' 5 ', month: '04', year: '2026' }, '2026-04-05'],
    [{ day: '1', month: '13', year: '2026' }, null], [{ day: '1', month: '1', year: '26' }, null], [{ day: 'x', month: '1', year: '2026' }, null], [emptyDay, undefined],
  ])('a day %j is %j', (typed, day) => {
    expect(readDay(typed)).toBe(day);
  });
});

describe('what is asked of the log', () => {
  test('without a filter is a page of the newest', () => {
    expect(formOf({})).toEqual([['_count', '50']]);
  });

  test('both days are included, as two date parameters', () => {
    expect(formOf({ citizen: 'c1', person: 'Haddad', organisation: 'sys|RRK', policy: 'early-intervention:1.0.0', from: '2026-11-01', to: '2026-11-22' }))
      .toEqual([['patient', 'Patient/c1'], ['agent-name', 'Haddad'], ['agent:identifier', 'sys|RRK'], ['policy:below', 'urn:onestory:agreement:early-intervention:1.0.0'], ['date', 'ge2026-11-01'], ['date', 'le2026-11-22'], ['_count', '50']]);
  });

  test('a comma in a name is part of the name', () => {
    expect(formOf({ person: 'Haddad, Leila' })[0]).toEqual(['agent-name', 'Haddad\\, Leila']);
  });
});
