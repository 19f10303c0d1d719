import type { Position } from '../fhir/problem.ts';
import { readRowContent } from './csv/row-content.ts';
import { formats } from './formats.ts';
import { placeInDocument, pointerOfXPath } from './places/document-place.ts';
import { locateSegmentField } from './places/locate-segment-field.ts';
import { pointerOfPath } from './places/source-pointer.ts';
import type { SourceFormat } from './source-format.ts';
import type { Kind, Part, SplitRow } from './types.ts';

/**
 * What a row held in a field that a problem names, as far as it can be told without reading the row: a CSV column by its
 * header, an HL7 field or component (`PID-5.1`), a member of a document. Null: not to be told.
 */
export function fieldValue(kind: Kind, part: Part, row: Pick<SplitRow, 'line' | 'content'>, { field = '', line, pointer }: Position): string | null {
  if (field === '') return null;
  if (part.messages) return locateSegmentField(row, { name: field, ...(line !== undefined && { line }) }).value ?? null;
  if (part.columns) return cellOf(kind, part, row.content, field);
  const { open }: SourceFormat = formats[kind.format];
  if (!open) return null;
  const name = pointer ?? pointerOfPath(field);
  return placeInDocument(open(row.content), kind.format === 'xml' && pointer !== undefined ? pointerOfXPath(name) : name).value ?? null;
}

/** The cell under this header, in the row itself or in one it was read with. */
function cellOf(kind: Kind, part: Part, content: string, field: string): string | null {
  const kept = readRowContent(content);
  const rows = 'main' in kept ? [kept.main, ...Object.values(kept.with).flat()] : [{ part: part.name, cells: kept.cells }];
  for (const { part: name, cells } of rows) {
    const columns = kind.parts.find((each) => each.name === name)?.columns ?? [];
    const cell = cells[columns.findIndex((column) => column.header === field || column.name === field)];
    if (cell !== undefined) return cell;
  }
  return null;
}
