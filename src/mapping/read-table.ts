import type { Problem } from '../fhir/problem.ts';
import { rememberRecent } from '../fhir/remember-recent.ts';
import { tableFromConceptMap } from './table-from-concept-map.ts';
import { tableFromCsv } from './table-from-csv.ts';
import type { CodeTable } from './types.ts';

/** Reads a code table by its file name: `.json` is a ConceptMap, everything else CSV. */
export function readTable({ name, file, text }: { name: string; file: string; text: string }): { table: CodeTable } | { problems: Problem[] } {
  return readTables(`${name}\n${file}\n${text}`, () => (file.endsWith('.json') ? tableFromConceptMap(name, text, file) : tableFromCsv(name, text, file)));
}

/** Feeds of many partners share a kind's tables. */
const readTables = rememberRecent<{ table: CodeTable } | { problems: Problem[] }>(1_000);
