import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import { readJson } from '../../fhir/read-json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { DocumentSchema } from '../schema-types.ts';
import type { SplitRow } from '../types.ts';
import { splitDocument } from './split-document.ts';
import { textLines } from '../../fhir/text-lines.ts';
import { walkJson } from './walk-json.ts';

const deepest = 64;
const mostEntries = 5_000_000;

/** A JSON text as its rows, `most` of them at most. Text that is not JSON refuses the whole source, with line and column. */
export function splitJson(schema: DocumentSchema, text: string, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const read = readJson(new TextEncoder().encode(text), { maxBytes: Number.MAX_SAFE_INTEGER, maxDepth: deepest, maxEntries: mostEntries });
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  return splitDocument(schema, { tree: read.value, textOf: recordTexts(text, read.value) }, most);
}

/**
 * Each record keeps its own text, numbers and all. A record that begins its line keeps its indent, so that its columns stay
 * those of the file; one that does not is kept after a line feed, and the columns of its first line are not known.
 */
function recordTexts(text: string, tree: JsonObject): (record: JsonObject) => { line: number; content: string } | undefined {
  const ranges = new Map<Json, [start: number, end: number]>();
  walkJson(text, tree, (value, _path, start, end) => {
    if (isJsonObject(value)) ranges.set(value, [start, end]);
  });
  const lines = textLines(text);
  return (record) => {
    const range = ranges.get(record);
    if (!range) return undefined;
    const [start, end] = range;
    const indent = lines.indentBefore(start);
    return { line: lines.placeAt(start).line, content: indent === undefined ? `\n${text.slice(start, end)}` : text.slice(indent, end) };
  };
}
