import { isJsonObject, type Json } from '../../fhir/json.ts';
import { readJson } from '../../fhir/read-json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Part, SplitRow } from '../types.ts';
import { compileDocument, type CompiledDocument } from './document-schema.ts';

const deepest = 64;
const mostEntries = 5_000_000;

/** A JSON text as its rows, `most` of them at most. Text that is not JSON refuses the whole source, with line and column. */
export function splitJson(part: Part, text: string, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const { document: schema } = part;
  if (!schema) throw new Error('a JSON part without a document schema');
  const read = readJson(new TextEncoder().encode(text), { maxBytes: Number.MAX_SAFE_INTEGER, maxDepth: deepest, maxEntries: mostEntries });
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  const compiled = compileDocument(schema);
  const records: Json[] = compiled.rowsOf ? compiled.rowsOf(read.value) : [read.value];
  if (records.length === 0) return { rows: [], problems: [noRows(schema.rows ?? '')] };
  return { rows: records.slice(0, most).map((record, index) => rowOf(compiled, record, index + 1)), problems: [] };
}

function rowOf(compiled: CompiledDocument, record: Json, row: number): SplitRow {
  const base = { row, line: 1, content: JSON.stringify(record) };
  if (!isJsonObject(record)) {
    return { ...base, personKey: '', problem: { category: 'malformed', code: 'record-not-object', text: 'The record is not a JSON object.', at: { row }, expected: 'an object in braces' } };
  }
  const messageId = compiled.messageIdOf(record);
  return { ...base, personKey: compiled.personKeyOf(record), ...(messageId !== '' && { messageId }) };
}

function noRows(rows: string): Problem {
  return { category: 'malformed', code: 'source-empty', text: 'The document holds no records.', expected: `at least one record in ${rows}` };
}
