import { parse } from 'csv-parse/sync';
import { csvOf } from '../../../src/viewer/governance/csv.ts';
import { aRow, aDecision } from './log-rows.ts';

const header = 'time,person,role,organisation,client,action,purpose,outcome,citizens count,agreement,version,clause,effect,sentence,kept back,request id';

describe('the access log as a table for a spreadsheet', () => {
  test('begins with a byte order mark and the columns, and ends every line with CR LF', () => {
    expect(csvOf([])).toBe(`\uFEFF${header}\r\n`);
    expect(csvOf([aRow({})]).endsWith('\r\n')).toBe(true);
  });

  test('has one line for each decision', () => {
    const rows = parsed(csvOf([aRow({ decisions: [aDecision({ clause: '1.1' }), aDecision({ clause: '2.1', effect: 'deny' })] })]));
    expect(rows.map(({ clause, effect, time }) => [clause, effect, time])).toEqual([['1.1', 'permit', '2026-11-22T00:46:58.489Z'], ['2.1', 'deny', '2026-11-22T00:46:58.489Z']]);
  });

  test('has one line, with the reason of the refusal, where nothing was decided', () => {
    expect(parsed(csvOf([aRow({ outcome: 'refused', reason: 'The permission had run out.' })]))).toMatchObject([{ outcome: 'refused', clause: '', effect: '', sentence: 'The permission had run out.' }]);
  });

  test('says what was kept back as the log does', () => {
    expect(parsed(csvOf([aRow({ keptBack: [{ category: 'mental-health', text: '5 of RXT', count: 5, of: 'RXT' }, { category: 'plan', text: '1 of RYW', count: 1, of: 'RYW' }] })]))[0]!['kept back']).toBe('mental-health: 5 of RXT; plan: 1 of RYW');
  });

  test.each([
    ['a comma', 'Trust, The'],
    ['a quotation mark', 'the "duty" doctor'],
    ['a line break', 'first\nsecond'],
    ['a carriage return in the middle', 'first\r\nsecond'],
    ['letters of other scripts', 'Zoë Müller-O’Brien 王 Ж 🙂'],
    ['nothing', ''],
  ])('brings back %s as it was', (_, person) => {
    expect(parsed(csvOf([aRow({ person })]))[0]!['person']).toBe(person);
  });

  test.each(['=1+1', '+44 121', '-2', '@SUM(A1)', '\tTab', '\rReturn', '=HYPERLINK("http://x","y")'])('cannot be taken for a formula: %j', (person) => {
    expect(parsed(csvOf([aRow({ person })]))[0]!['person']).toBe(`'${person}`);
  });

  test('leaves such signs alone inside a cell', () => {
    expect(parsed(csvOf([aRow({ person: 'a=b+c-d@e' })]))[0]!['person']).toBe('a=b+c-d@e');
  });

  test('quotes by doubling, as RFC 4180 says', () => {
    expect(csvOf([aRow({ person: 'the "duty", doctor' })])).toContain(',"the ""duty"", doctor",');
  });
});

function parsed(csv: string): Record<string, string>[] {
  return parse(csv, { bom: true, columns: true, record_delimiter: '\r\n' });
}
