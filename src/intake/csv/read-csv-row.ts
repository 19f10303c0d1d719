import type { Problem } from '../../fhir/problem.ts';
import type { Kind, Part, RowInput, SplitRow } from '../types.ts';
import { asOfRow } from './as-of.ts';
import { readCells } from './read-cells.ts';
import { readJoined } from './read-joined.ts';
import { readRowContent } from './row-content.ts';

/** A CSV row as a record: trimmed strings as sent, empty cells absent, rows of other tables below it. Every wrong cell is reported, not only the first. */
export function readCsvRow(kind: Kind, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const content = readRowContent(row.content);
  const { record, problems, warnings } = 'main' in content ? readJoined(kind, part, row, content) : { ...readCells(part.columns ?? [], content, row), warnings: [] };
  if (problems.length > 0) return { problems };
  // rows of tables that name no person themselves: the person of the row they belong to
  if (row.personKey !== '' && part.readAs === undefined && !part.columns?.some(({ personKey }) => personKey)) record['person'] = row.personKey;
  return { input: { record, eventAt: content.asOf ?? asOfRow(part, record), event: part.name, foldKeys: [], warnings } };
}
