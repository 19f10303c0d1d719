import type { Json } from '../../fhir/json.ts';
import type { Kind, SplitRow } from '../types.ts';
import { locateCell } from './locate-cell.ts';
import { locateSegmentField } from './locate-segment-field.ts';

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
  /** of a repeating segment, the line it stands on */
  line?: number;
  /** of a repeating field, which repetition; 0-based */
  repetition?: number;
}

/** Finds a field in the text of its file. A field that was not sent is placed where its row, its segment or its list begins. */
export function locateField(kind: Kind, text: string, row: SplitRow, field: AskedField): FieldPlace {
  switch (kind.format) {
    case 'hl7v2': return locateSegmentField(row, field);
    case 'csv': return locateCell(text, row, field.name);
    default: return { line: row.line, ...documentValue(row.content, field.name) };
  }
}

/** A document's record has no line of its own; its field is found by pointer (`/name/0`) or by path (`name.family`). */
function documentValue(content: string, name: string): { value?: string } {
  let found = parse(content);
  for (const step of name.startsWith('/') ? name.slice(1).split('/') : name.split(/[.[\]]+/).filter((part) => part !== '')) {
    if (Array.isArray(found) && !/^\d+$/.test(step)) found = found[0];
    found = found !== null && typeof found === 'object' ? (found as { [key: string]: Json | undefined })[step] : undefined;
  }
  if (Array.isArray(found)) found = found[0];
  return found === undefined || found === null || typeof found === 'object' ? {} : { value: String(found) };
}

function parse(content: string): Json | undefined {
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}
