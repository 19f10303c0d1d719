import { textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Column, LatestStatements, Part, RowInput, SplitRow } from '../types.ts';
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
  return { input: part.latest ? statement(part.latest, part.name, record, row) : { record, eventAt: '', event: part.name, foldKeys: [], warnings: [] } };
}

/** A row that says one thing of a person at one time: it is folded, so that the latest counts in whatever order rows come. */
function statement({ column, at, statements }: LatestStatements, event: string, record: JsonObject, row: SplitRow): RowInput {
  const said = statements.get(textOf(record[column]));
  return {
    record: { ...record, person: { key: row.personKey, latest: [said ?? statements.get('*') ?? ''] } },
    eventAt: textOf(record[at]), event, foldKeys: [`person/${encodeURIComponent(row.personKey)}`],
    warnings: said === undefined ? [{
      category: 'invalid', severity: 'warning', code: 'code-not-in-table', text: 'The table of statements does not have this code; it counts as the table\'s row "*" says.', at: { row: row.row, line: row.line, field: column },
      fix: 'Add the code to the table.',
    }] : [],
  };
}

function checkEmpty(column: Column): Pick<Problem, 'code' | 'text'> | undefined {
  const needed = column.required === true || column.personKey === true;
  return needed ? { code: 'value-missing', text: `"${column.header}" must have a value.` } : undefined;
}
