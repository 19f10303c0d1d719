import type { JsonObject } from '../../fhir/json.ts';
import type { Position, Problem } from '../../fhir/problem.ts';
import { aboutFoldKey, personFoldKey } from '../fold-keys.ts';
import type { DocumentSchema } from '../schema-types.ts';
import type { Part, RowInput, SplitRow } from '../types.ts';
import { compileDocument, type CompiledDocument } from './document-schema.ts';

/** A record taken out of the text it was kept as. */
export interface OpenRecord {
  record: JsonObject;
  /** where the values at these JSON pointers stand: the line within the record, from 1, and how its format names the place */
  placesOf(pointers: readonly string[]): Map<string, Position>;
}

/** One record of a document format: its tree as sent, checked against the kind's schema. Every mistake is reported, not only the first. */
export function readDocument(part: Part, row: SplitRow, open: (content: string) => OpenRecord): { input: RowInput } | { problems: Problem[] } {
  if (!part.document) throw new Error('a document part without a document schema');
  const { record, placesOf } = open(row.content);
  const compiled = compileDocument(part.document);
  const problems = compiled.problemsOf(record);
  if (problems.length === 0 && part.document.fold && compiled.foldOf) return readPatch(part.document.fold, record, compiled.foldOf(record), row);
  if (problems.length === 0 && part.document.versions) return readVersion(part, row, record, compiled);
  if (problems.length === 0) return { input: { record, eventAt: compiled.asOf(record), event: part.name, foldKeys: [], warnings: [] } };
  const places = placesOf(problems.map(({ at }) => at.pointer));
  return {
    problems: problems.map((problem) => {
      const { line = 1, ...place }: Position = places.get(problem.at.pointer) ?? { pointer: problem.at.pointer };
      return { ...problem, at: { row: row.row, line: row.line + line - 1, ...place } };
    }).sort((a, b) => a.at.line - b.at.line || (a.at.column ?? 0) - (b.at.column ?? 0)),
  };
}

/** A version joins those known of the same thing, in the order of their numbers and not of their arrival. */
function readVersion({ name }: Part, { row, line, personKey }: SplitRow, record: JsonObject, compiled: CompiledDocument): { input: RowInput } | { problems: Problem[] } {
  const version = compiled.versionOf(record);
  if (!version) return { problems: [{ category: 'invalid', code: 'value-missing', text: 'The record does not say which version of what it is.', at: { row, line }, expected: 'what it is a version of, and a whole number' }] };
  return {
    input: {
      record: { person: { key: personKey, histories: { versions: record } } }, eventAt: String(version.number).padStart(9, '0'), event: name,
      foldKeys: [`person/${encodeURIComponent(personKey)}/${encodeURIComponent(version.of)}`], warnings: [],
    },
  };
}

/** A record that says only what is new about one thing of one person, as the fold takes it. */
function readPatch({ name }: NonNullable<DocumentSchema['fold']>, record: JsonObject, { id, at }: { id: string; at: string }, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const instant = new Date(at);
  if (id === '' || Number.isNaN(instant.getTime())) {
    return { problems: [{ category: 'invalid', code: 'fold-key-missing', text: `The record does not say which ${name} it is about, or when it was said.`, at: { row: row.row, line: row.line }, expected: `one ${name} with its reference, and one date-time` }] };
  }
  const { personKey } = row;
  const about = record[name] as JsonObject;
  return {
    input: {
      record: { event: name, person: { ...(record['person'] as JsonObject), key: personKey }, [name]: { ...about, number: id } },
      eventAt: `${instant.toISOString().slice(0, 19)}Z`, event: name, foldKeys: [personFoldKey(personKey), aboutFoldKey({ name, personKey, id })], warnings: [],
    },
  };
}
