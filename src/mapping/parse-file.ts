import type { Json } from '../fhir/json.ts';
import { parseMap } from './parse-map.ts';
import type { ParsedMap } from './parse-map.ts';
import { parseStructureMap } from './structure-map/parse-structure-map.ts';
import { mapProblem } from './text-position.ts';
import type { MapFile } from './types.ts';

/** Reads a map by its file name: `.json` is a StructureMap, everything else is text. Never throws. */
export function parseFile({ file, text }: MapFile): ParsedMap {
  if (!file.endsWith('.json')) return parseMap({ file, text });
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return { ...parseMap({ file, text: '' }), problems: [mapProblem({ file, text }, 0, 'map-syntax', 'This file is not JSON')] };
  }
  return parseStructureMap({ file, json });
}
