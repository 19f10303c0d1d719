import type { MapSyntax } from '../map-syntax.ts';
import { JsonCursor } from './json-cursor.ts';
import { printStructureMap } from './print-structure-map.ts';
import { structureMapFrom } from './structure-map-from.ts';

/**
 * The text of a map in one form: metadata, concept maps, structures, imports, constants, groups; one rule to a line. The
 * text goes through the StructureMap, so what this prints is what a StructureMap can hold. Printing it again changes nothing.
 */
export function printMap(syntax: MapSyntax): string {
  return printStructureMap(new JsonCursor(structureMapFrom(syntax), { file: syntax.file, problems: [] })).text;
}
