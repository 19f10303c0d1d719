import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Column, Part, RowInput, SplitRow } from '../types.ts';
import { checkCell } from './check-cell.ts';

/** A CSV row as a flat record: trimmed strings as sent, empty cells absent. Every wrong cell is reported, not only the first. */
export function readCells(part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const cells = JSON.parse(row.content) as string[];
  const record: JsonObject = {};
  const problems: Problem[] = [];
  for (const [index, column] of (part.columns ?? []).entries()) {
    const value = (cells[index] ?? '').trim();
    const wrong = value === '' ? checkEmpty(column) : checkCell(column, value);
    if (wrong) problems.push({ category: 'invalid', ...wrong, at: { row: row.row, line: row.line, column: index + 1, field: column.header } });
    else if (value !== '') record[column.name] = value;
  }
  if (problems.length > 0) return { problems };
  return { input: { record, eventAt: '', event: part.name, foldKeys: [], warnings: [] } };
}

function checkEmpty(column: Column): Pick<Problem, 'code' | 'text'> | undefined {
  const needed = column.required === true || column.personKey === true;
  return needed ? { code: 'value-missing', text: `"${column.header}" must have a value.` } : undefined;
}
