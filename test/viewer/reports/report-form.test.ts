import { reports as served } from '../../../src/flow/audit/write-report.ts';
import { strings } from '../../../src/viewer/strings.ts';
import { fieldsOf, readReport, shownColumns } from '../../../src/viewer/reports/report-form.ts';

it('offers every report the gateway has, with the filters it needs', () => {
  expect(strings.reports.needs).toEqual(served);
  expect(Object.keys(strings.reports.names).sort()).toEqual(Object.keys(served).sort());
});

it('asks for what a report needs, in the order of the boxes', () => {
  expect([fieldsOf('clause'), fieldsOf('denials')]).toEqual([['agreement', 'clause'], []]);
});

it.each<[string, string, Record<string, string>, object]>([
  ['a number becomes a citizen first', 'citizen', { patient: '999 000 0743', from: '5 4 2026' }, { filters: { from: '2026-04-05' }, number: '9990000743' }],
  ['every mistake at once', 'clause', { to: '31 2 2026' }, { mistakes: { agreement: expect.any(String), clause: expect.any(String), to: expect.any(String) } }],
  ['what another report needs is not sent', 'denials', { user: 'x', patient: '9990000743' }, { filters: {}, number: undefined }],
  ['a number that is none', 'citizen', { patient: '123' }, { mistakes: { patient: expect.any(String) } }],
  ['no report chosen', '', {}, { mistakes: { name: expect.any(String) } }],
])('%s', (_, name, typed, expected) => { expect(readReport(name, typed)).toEqual(expected); });

it('shows the columns there are words for, in the order of the words', () => {
  expect(shownColumns(['entry', 'role', 'at', 'custodians'])).toEqual(['at', 'role']);
});
