import { isJsonObject } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import { parseMap } from '../parse-map.ts';
import type { ParsedMap } from '../parse-map.ts';
import { JsonCursor } from './json-cursor.ts';
import type { JsonReport } from './json-cursor.ts';
import { printStructureMap } from './print-structure-map.ts';

/**
 * Reads a StructureMap (R4; the forms of R5 are understood, too) into the syntax tree its text would give, so that one
 * compiler serves both. Never throws. Problems (code `map-syntax`) carry the pointer into the resource instead of a line.
 */
export function parseStructureMap(input: { file: string; json: Json }): ParsedMap {
  const { file, json } = input;
  const report: JsonReport = { file, problems: [] };
  const root = new JsonCursor(json, report);
  if (!isJsonObject(json) || json['resourceType'] !== 'StructureMap') {
    root.problem('This is not a StructureMap');
    return { ...parseMap({ file, text: '' }), problems: report.problems };
  }
  const { text, parts } = printStructureMap(root);
  const parsed = parseMap({ file, text, pointers: parts });
  return report.problems.length > 0 ? { ...parsed, problems: report.problems } : parsed;
}
