import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { DocumentSchema } from '../schema-types.ts';
import type { SplitRow } from '../types.ts';
import { elementsIn, type KeptElement } from './kept-element.ts';
import { parseXml, type XmlTree } from './parse-xml.ts';
import { splitDocument } from './split-document.ts';

/** An XML text as its rows, `most` of them at most. What `parseXml` refuses, refuses the whole source. */
export function splitXml(schema: DocumentSchema, text: string, most: number): { rows: SplitRow[]; problems: Problem[] } {
  const parsed = parseXml(text.replace(/\r\n?/g, '\n'), schema.namespaces ?? []);
  if ('problem' in parsed) return { rows: [], problems: [parsed.problem] };
  const [[name, roots] = ['', []]] = Object.entries(parsed.tree) as [string, JsonObject[]][];
  const names = namesIn(name, roots);
  const textOf = (record: JsonObject): { line: number; content: string } | undefined => keptText(parsed, record, names.get(record) ?? name);
  const tree = schema.rows === undefined ? (roots[0] ?? {}) : parsed.tree;
  return splitDocument(schema, { tree, textOf }, most);
}

/** The local name of every element. */
function namesIn(name: string, elements: JsonObject[]): Map<JsonObject, string> {
  const names = new Map<JsonObject, string>();
  const open: [string, JsonObject[]][] = [[name, elements]];
  for (let next = open.pop(); next; next = open.pop()) {
    for (const element of next[1]) {
      names.set(element, next[0]);
      for (const [child, value] of Object.entries(element)) if (Array.isArray(value)) open.push([child, value as JsonObject[]]);
    }
  }
  return names;
}

/** Places are within the record, so that a record sent again elsewhere in a file is the same text. */
function keptText({ starts, lines }: XmlTree, record: JsonObject, name: string): { line: number; content: string } | undefined {
  const start = starts.get(record);
  if (start === undefined) return undefined;
  const { line: first } = lines.placeAt(start);
  const midLine = lines.indentBefore(start) === undefined;
  const places = elementsIn(record).map((element): [number, number] => {
    const { line, column } = lines.placeAt(starts.get(element) ?? start);
    return [line - first + 1, midLine && line === first ? 0 : column];
  });
  return { line: first, content: JSON.stringify({ name, record, places } satisfies KeptElement) };
}
