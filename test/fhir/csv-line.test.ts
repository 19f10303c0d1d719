import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvLine } from '../../src/fhir/csv-line.ts';

describe('a line of CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")'])('is no formula: %j', (cell) => {
    const [[read = '']] = parse(`${csvLine([cell])}\n`) as [[string]];
    expect(read).toBe(`'${cell}`);
    expect(csvLine([cell])).toMatch(/^"'/);
  });

  it('comes back as it was, whatever is in it', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }).filter((cell) => !/^[=+\-@\t\r]/.test(cell)), { minLength: 2, maxLength: 5 }), (cells) => {
      expect(parse(`${csvLine(cells)}\n`)).toEqual([cells]);
    }));
  });
});
