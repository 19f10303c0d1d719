import type { JsonObject } from '../../fhir/json.ts';
import type { Position } from '../../fhir/problem.ts';
import { readRowContent, type RelatedRow } from '../../intake/csv/row-content.ts';
import { formats } from '../../intake/formats.ts';
import { placeInDocument, type DocumentPlace } from '../../intake/places/document-place.ts';
import { locateSegmentField, repeatsIn } from '../../intake/places/locate-segment-field.ts';
import { pointerOfPath, sourcePointer } from '../../intake/places/source-pointer.ts';
import type { SourceFormat } from '../../intake/source-format.ts';
import type { Kind, Part, RowInput, SplitRow } from '../../intake/types.ts';
import { fieldAsSent, fieldMeant } from './field-as-sent.ts';

/** A row with what was read of it: enough to find in it what a map's problem is about. */
export interface PlacedRow {
  kind: Kind;
  part: Part;
  row: Pick<SplitRow, 'row' | 'line' | 'content'>;
  input: RowInput;
  /** the tree the map read */
  record: JsonObject;
}

/**
 * Where in its row a field of the tree its map read stands: the line of the file, the column, and the pointer or XPath of a
 * document, as far as the row as it was kept tells them. `pointer`: into that tree, where its path has lists.
 */
export function placeField({ kind, part, row, input, record }: PlacedRow, path: string, pointer: string | undefined): DocumentPlace {
  if (kind.format === 'hl7v2') {
    const found = locateSegmentField(row, { name: fieldAsSent(kind, part, path), ...repeatsIn(pointer ?? '') });
    return { line: found.line, ...(found.column !== undefined && { column: found.column }), ...(found.value !== undefined && { value: found.value }) };
  }
  const format: SourceFormat = formats[kind.format];
  const meant = fieldMeant(kind, part, path);
  const own = sourcePointer(input, record, meant === undefined ? pointer ?? pointerOfPath(path) : pointerOfPath(meant));
  if (!format.open || own === undefined) return { line: row.line };
  const { line = 1, ...place } = placeInDocument(format.open(row.content), own);
  return kind.format === 'fhir' ? { line: row.line, ...(place.pointer !== undefined && { pointer: place.pointer }), ...(place.value !== undefined && { value: place.value }) } : { line: row.line + line - 1, ...place };
}

/** The row of a package's table that holds a field, and the column's name there: the row itself, the one it is read as, or one of those it is read with. */
export function tableRowOf(kind: Kind, part: Part, row: Pick<SplitRow, 'content'>, at: Pick<Position, 'field' | 'pointer'>): { row: RelatedRow | null; part: Part } {
  const content = readRowContent(row.content);
  if (!('main' in content)) return { row: null, part };
  const [, branch = '', index = '0'] = /^\/?([^/.]+)(?:\/(\d+))?/.exec(at.pointer ?? at.field ?? '') ?? [];
  const found = content.with[branch]?.[Number(index)] ?? content.main;
  return { row: found, part: kind.parts.find(({ name }) => name === found.part) ?? part };
}
