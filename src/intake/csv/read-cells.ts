import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Column } from '../types.ts';
import { checkCell } from './check-cell.ts';
import type { RowCells } from './row-content.ts';
import { readSheetDate } from './sheet-date.ts';

/** The cells that are right (a spreadsheet's dates as ISO dates), and what is wrong with the others. `at` is the row's own place. */
export function readCells(columns: readonly Column[], { cells, columns: places }: RowCells, at: { part?: string; row: number; line: number }): { record: JsonObject; problems: Problem[] } {
  const record: JsonObject = {};
  const problems: Problem[] = [];
  const place = at.part === undefined ? { row: at.row, line: at.line } : { part: at.part, row: at.row, line: at.line };
  columns.forEach((column, index) => {
    const value = (cells[index] ?? '').trim();
    const wrong = value === '' ? checkEmpty(column) : checkCell(column, value);
    const at = places?.[index] ?? index + 1; // 0: the file came without it
    if (wrong) problems.push({ category: 'invalid', ...wrong, at: { ...place, ...(at > 0 && { column: at }), field: column.header } });
    else if (value !== '') record[column.name] = column.format === 'sheet-date' ? isoOf(value) : value;
  });
  return { record, problems };
}

function checkEmpty(column: Column): Pick<Problem, 'code' | 'text' | 'fix'> | undefined {
  const needed = column.required === true || column.personKey === true;
  return needed ? { code: 'value-missing', text: `"${column.header}" must have a value.`, fix: 'Fill the cell in at the source, and send the row again.' } : undefined;
}

function isoOf(value: string): string {
  const read = readSheetDate(value);
  return 'date' in read ? read.date : value;
}
