import type { JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { DocumentSchema, Part, RowInput, SplitRow } from '../types.ts';
import { compileDocument } from './document-schema.ts';

/** One record of a document format: its tree as sent, checked against the kind's schema. Every mistake is reported, not only the first. */
export function readDocument(part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  if (!part.document) throw new Error('a document part without a document schema');
  const record = parseExact(row.content);
  const compiled = compileDocument(part.document);
  const problems = compiled.problemsOf(record);
  if (problems.length > 0) return { problems: problems.map((problem) => ({ ...problem, at: { row: row.row, line: row.line, ...problem.at } })) };
  if (part.document.fold && compiled.foldOf) return readPatch(part.document.fold, record, compiled.foldOf(record), row);
  return { input: { record, eventAt: '', event: part.name, foldKeys: [], warnings: [] } };
}

/** A record that says only what is new about one thing of one person, as the fold takes it. */
function readPatch({ name }: NonNullable<DocumentSchema['fold']>, record: JsonObject, { id, at }: { id: string; at: string }, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const instant = new Date(at);
  if (id === '' || Number.isNaN(instant.getTime())) {
    return { problems: [{ category: 'invalid', code: 'fold-key-missing', text: `The record does not say which ${name} it is about, or when it was said.`, at: { row: row.row, line: row.line }, expected: `one ${name} with its reference, and one date-time` }] };
  }
  const person = encodeURIComponent(row.personKey);
  const about = record[name] as JsonObject;
  return {
    input: {
      record: { event: name, person: { ...(record['person'] as JsonObject), key: row.personKey }, [name]: { ...about, number: id } },
      eventAt: `${instant.toISOString().slice(0, 19)}Z`, event: name, foldKeys: [`person/${person}`, `${name}/${person}/${encodeURIComponent(id)}`], warnings: [],
    },
  };
}
