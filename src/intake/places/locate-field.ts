import { formats } from '../formats.ts';
import type { SourceFormat } from '../source-format.ts';
import type { Kind, SplitRow } from '../types.ts';
import { placeInDocument, pointerOfXPath } from './document-place.ts';
import { locateCell } from './locate-cell.ts';
import { locateSegmentField } from './locate-segment-field.ts';
import { pointerOfPath } from './source-pointer.ts';

/** Where in a file a field of a row stands, for an editor to jump to, and what it holds. */
export interface FieldPlace {
  /** 1-based */
  line: number;
  /** 1-based; absent where the format has no columns of its own */
  column?: number;
  /** as sent; absent when the row does not hold the field */
  value?: string;
}

/** A field as its format names it: `PID-5.1`, a CSV header, a pointer or a path into a document. */
export interface AskedField {
  name: string;
  /** of a repeating segment, the line it stands on; of a document, where its reader found it */
  line?: number;
  column?: number;
  /** of a repeating segment, which occurrence; 0-based */
  occurrence?: number;
  /** of a repeating field, which repetition; 0-based */
  repetition?: number;
}

/** The text of a file, and whether a spreadsheet saved it. */
export interface FieldText {
  text: string;
  spreadsheet?: boolean;
}

/** Finds a field in its file. A field that was not sent is placed where its row, its segment or its list begins. */
export function locateField(kind: Kind, file: FieldText, row: SplitRow, field: AskedField): FieldPlace {
  switch (kind.format) {
    case 'hl7v2': return locateSegmentField(row, field);
    case 'csv': return locateCell(file, row, field.name);
    default: return locateInDocument(kind, row, field);
  }
}

/** By the pointer a problem names, or a path: where a reader of documents said it is, that stands. */
function locateInDocument(kind: Kind, row: SplitRow, { name, line, column }: AskedField): FieldPlace {
  const format: SourceFormat = formats[kind.format];
  if (!format.open) return { line: line ?? row.line };
  const pointer = !name.startsWith('/') ? pointerOfPath(name) : kind.format === 'xml' ? pointerOfXPath(name) : name;
  const found = placeInDocument(format.open(row.content), pointer);
  const place = line === undefined && kind.format !== 'fhir' ? { line: row.line + (found.line ?? 1) - 1, column: found.column } : { line: line ?? row.line, column };
  return { line: place.line, ...(place.column !== undefined && { column: place.column }), ...(found.value !== undefined && { value: found.value }) };
}
