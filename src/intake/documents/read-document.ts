import { parseExact } from '../../fhir/parse-exact.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Part, RowInput, SplitRow } from '../types.ts';
import { compileDocument } from './document-schema.ts';

/** One record of a document format: its tree as sent, checked against the kind's schema. Every mistake is reported, not only the first. */
export function readDocument(part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  if (!part.document) throw new Error('a document part without a document schema');
  const record = parseExact(row.content);
  const problems = compileDocument(part.document).problemsOf(record);
  if (problems.length > 0) return { problems: problems.map((problem) => ({ ...problem, at: { row: row.row, line: row.line, ...problem.at } })) };
  return { input: { record, eventAt: '', event: part.name, foldKeys: [], warnings: [] } };
}
