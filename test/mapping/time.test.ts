import { mapOf, runMap } from './run-map.ts';

interface Case {
  call: string;
  text: string;
  gives?: string;
  problem?: string;
}

const cases: Case[] = [
  { call: "toDate(v, 'hl7')", text: '19400502', gives: '1940-05-02' },
  { call: "toDate(v, 'hl7')", text: '194005', gives: '1940-05' },
  { call: "toDate(v, 'hl7')", text: '1940', gives: '1940' },
  { call: "toDate(v, 'hl7')", text: '20240502101112', gives: '2024-05-02' },
  { call: "toDate(v, 'dd/MM/yyyy')", text: '02/05/1940', gives: '1940-05-02' },
  { call: "toDate(v, 'd/M/yyyy')", text: '2/5/1940', gives: '1940-05-02' },
  { call: "toDate(v, 'dd-MMM-yyyy')", text: '02-May-1940', gives: '1940-05-02' },
  { call: 'toDate(v)', text: '1940-05-02', gives: '1940-05-02' },
  { call: 'toDate(v)', text: ' 1940-05-02 ', gives: '1940-05-02' },
  { call: "toDate(v, 'hl7')", text: '20240229', gives: '2024-02-29' },
  { call: "toDate(v, 'hl7')", text: '20230229', problem: 'no-such-date' },
  { call: "toDate(v, 'hl7')", text: '19000229', problem: 'no-such-date' },
  { call: "toDate(v, 'dd/MM/yyyy')", text: '31/02/2024', problem: 'no-such-date' },
  { call: "toDate(v, 'dd/MM/yyyy')", text: '05/13/2024', problem: 'no-such-date' },
  { call: "toDate(v, 'hl7')", text: '20240500', problem: 'no-such-date' },
  { call: "toDate(v, 'hl7')", text: '00000101', problem: 'no-such-date' },
  { call: "toDate(v, 'dd/MM/yyyy')", text: '1940-05-02', problem: 'bad-date' },
  { call: "toDate(v, 'hl7')", text: 'yesterday', problem: 'bad-date' },
  { call: "toDate(v, 'hl7')", text: '2024050', problem: 'bad-date' },
  { call: "toDateTime(v, 'hl7')", text: '202401151030', gives: '2024-01-15T10:30:00+00:00' },
  { call: "toDateTime(v, 'hl7')", text: '20240715103015', gives: '2024-07-15T10:30:15+01:00' },
  { call: "toDateTime(v, 'hl7')", text: '20240715103015.250', gives: '2024-07-15T10:30:15.250+01:00' },
  { call: "toDateTime(v, 'hl7')", text: '20240715103015-0500', gives: '2024-07-15T10:30:15-05:00' },
  { call: "toDateTime(v, 'hl7')", text: '20240715', gives: '2024-07-15' },
  { call: "toDateTime(v, 'hl7')", text: '2024071510', problem: 'bad-date' },
  { call: "toDateTime(v, 'dd/MM/yyyy[ HH:mm[:ss]]')", text: '15/07/2024 10:30', gives: '2024-07-15T10:30:00+01:00' },
  { call: "toDateTime(v, 'dd/MM/yyyy[ HH:mm[:ss]]')", text: '15/07/2024', gives: '2024-07-15' },
  { call: "toDateTime(v, 'dd/MM/yyyy hh:mm a')", text: '15/07/2024 12:05 AM', gives: '2024-07-15T00:05:00+01:00' },
  { call: 'toDateTime(v)', text: '2024-07-15T10:30:00Z', gives: '2024-07-15T10:30:00+00:00' },
  { call: 'toDateTime(v)', text: '2024-07-15T10:30', gives: '2024-07-15T10:30:00+01:00' },
  { call: "toDateTime(v, 'hl7')", text: '202407152430', problem: 'no-such-time' },
  { call: "toDateTime(v, 'hl7')", text: '202407151060', problem: 'no-such-time' },
  // the clocks went forward on 31 March 2024 at 01:00
  { call: "toDateTime(v, 'hl7')", text: '202403310059', gives: '2024-03-31T00:59:00+00:00' },
  { call: "toDateTime(v, 'hl7')", text: '202403310100', problem: 'no-such-time' },
  { call: "toDateTime(v, 'hl7')", text: '202403310159', problem: 'no-such-time' },
  { call: "toDateTime(v, 'hl7')", text: '202403310200', gives: '2024-03-31T02:00:00+01:00' },
  { call: "toDateTime(v, 'hl7')", text: '202403310130+0000', gives: '2024-03-31T01:30:00+00:00' },
  // and back on 27 October 2024 at 02:00
  { call: "toDateTime(v, 'hl7')", text: '202410270059', gives: '2024-10-27T00:59:00+01:00' },
  { call: "toDateTime(v, 'hl7')", text: '202410270130', gives: '2024-10-27T01:30:00+01:00', problem: 'ambiguous-time' },
  { call: "toDateTime(v, 'hl7')", text: '202410270200', gives: '2024-10-27T02:00:00+00:00' },
  // British Standard Time: no winter time in 1970
  { call: "toDateTime(v, 'hl7')", text: '197001011200', gives: '1970-01-01T12:00:00+01:00' },
  { call: "toTime(v, 'HHmm')", text: '0930', gives: '09:30:00' },
  { call: 'toTime(v)', text: '09:30', gives: '09:30:00' },
  { call: "toTime(v, 'hl7')", text: '093015', gives: '09:30:15' },
  { call: 'toTime(v)', text: '25:00', problem: 'no-such-time' },
];

describe('a time of the source', () => {
  it.each(cases)('$call of $text is $gives $problem', ({ call, text, gives, problem }) => {
    const { resource, problems } = runMap(mapOf(`src.when as v -> tgt.extension as e, e.value = ${call};`, 'Basic'), { when: text });
    const [extension] = (resource as { extension?: Record<string, unknown>[] }).extension ?? [{}];
    expect(Object.values(extension ?? {})).toEqual(gives === undefined ? [] : [gives]);
    expect(problems.map(({ code, at }) => [code, at])).toEqual(problem === undefined ? [] : [[problem, { file: 'test.map', line: 4, column: 48, field: 'when' }]]);
    expect(JSON.stringify(problems)).not.toContain(text);
  });

  it('an instant needs a time of day', () => {
    const { codes } = runMap(mapOf("src.when as v -> tgt.issued = toDateTime(v, 'hl7');", 'Observation'), { when: '20240101' });
    expect(codes).toEqual(['bad-date']);
  });
});
