import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { DocumentSchema } from '../schema-types.ts';
import type { SplitRow } from '../types.ts';
import { compileDocument, type CompiledDocument } from './document-schema.ts';

/** A document as its format read it. */
export interface SourceDocument {
  tree: JsonObject;
  /** the text a record is kept as, and the line it begins in; undefined: not an object of the tree */
  textOf(record: JsonObject): { line: number; content: string } | undefined;
}

/**
 * A document as its rows, `most` of them at most. A document without records is refused whole; a record that is no object,
 * and records of one key that say different things, are refused each for itself.
 */
export function splitDocument(schema: DocumentSchema, source: SourceDocument, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const compiled = compileDocument(schema);
  const records = (compiled.rowsOf ? compiled.rowsOf(source.tree) : [source.tree]).slice(0, most);
  if (records.length === 0) return { rows: [], problems: [noRows(schema.rows ?? '')] };
  const contradicted = contradictedKeys(compiled, records);
  return { rows: records.map((record, index) => rowOf(compiled, source, contradicted, record, index + 1)), problems: [] };
}

function rowOf(compiled: CompiledDocument, source: SourceDocument, contradicted: ReadonlySet<string>, record: Json, row: number): SplitRow {
  if (!isJsonObject(record)) {
    return {
      row, line: 1, content: JSON.stringify(record), personKey: '',
      problem: { category: 'malformed', code: 'record-not-object', text: 'The record is not an object.', at: { row }, expected: 'an object with members' },
    };
  }
  const { line, content } = source.textOf(record) ?? { line: 1, content: JSON.stringify(record) };
  const messageId = compiled.messageIdOf(record);
  return {
    row, line, content, personKey: compiled.personKeyOf(record), ...(messageId !== '' && { messageId }),
    ...(contradicted.has(compiled.recordKeyOf(record)) && { problem: recordTwice(row, line) }),
  };
}

/** The keys under which this one document says different things: which of them holds would be a guess. */
function contradictedKeys(compiled: CompiledDocument, records: readonly Json[]): Set<string> {
  const said = new Map<string, string>();
  const contradicted = new Set<string>();
  for (const record of records.filter(isJsonObject)) {
    const key = compiled.recordKeyOf(record);
    if (key === '') continue;
    const text = JSON.stringify(record);
    if ((said.get(key) ?? text) !== text) contradicted.add(key);
    said.set(key, text);
  }
  return contradicted;
}

function recordTwice(row: number, line: number): Problem {
  return {
    category: 'invalid', code: 'record-twice', text: 'The document holds this record twice, and they say different things.', at: { row, line },
    expected: 'each record once', fix: 'Send the one that holds. Neither was taken.',
  };
}

function noRows(rows: string): Problem {
  return { category: 'malformed', code: 'source-empty', text: 'The document holds no records.', ...(rows !== '' && { expected: `at least one record in ${rows}` }) };
}
