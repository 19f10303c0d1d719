import { readDelimiters } from '../hl7v2/delimiters.ts';
import type { SplitRow } from '../types.ts';
import type { AskedField, FieldPlace } from './locate-field.ts';

/** A field of a message (`PID-5`, `PID-5.1`, `PID-5.1.2`, or the segment alone): line and column of its first character. */
export function locateSegmentField(row: Pick<SplitRow, 'line' | 'content'>, { name, line, occurrence = 0, repetition = 0 }: AskedField): FieldPlace {
  const lines = row.content.split('\n');
  const marks = readDelimiters(lines[0] ?? '');
  const [, segment = '', field, component, part] = /^([A-Z][A-Z0-9]{2})(?:-(\d+)(?:\.(\d+)(?:\.(\d+))?)?)?/.exec(name) ?? [];
  const isOne = (text: string): boolean => segment !== '' && text.startsWith(segment);
  const hinted = line === undefined ? -1 : line - row.line;
  const index = isOne(lines[hinted] ?? '') ? hinted : (lines.flatMap((text, number) => (isOne(text) ? [number] : []))[occurrence] ?? -1);
  if ('code' in marks || index < 0) return { line: line ?? row.line, column: 1 };
  const place = { line: row.line + index, column: 1 };
  if (field === undefined) return place;
  const text = lines[index] ?? '';
  // MSH-1 is the separator itself: MSH-2 is the first thing after it
  const skip = segment === 'MSH' ? Number(field) - 1 : Number(field);
  const found = [[marks.field, skip], [marks.repetition, repetition], [marks.component, Number(component ?? 1) - 1], [marks.subcomponent, Number(part ?? 1) - 1]] as const;
  const wanted = found.slice(0, part !== undefined ? 4 : component !== undefined ? 3 : 2);
  return narrow(text, wanted, place);
}

/** Which occurrence of a segment and which repetition of a field a pointer into the tree of a message leads to: `/person/NK1/1/f2/0/c1`. */
export function repeatsIn(pointer: string): Pick<AskedField, 'occurrence' | 'repetition'> {
  const [, occurrence = '0', repetition = '0'] = /\/[A-Z][A-Z0-9]{2}(?:\/(\d+))?\/f\d+(?:\/(\d+))?/.exec(pointer) ?? [];
  return { occurrence: Number(occurrence), repetition: Number(repetition) };
}

/** Splits again and again, keeping where the kept piece begins. What is not there is placed at the end of what is. */
function narrow(text: string, steps: readonly (readonly [mark: string, index: number])[], { line }: FieldPlace): FieldPlace {
  let rest = text;
  let offset = 0;
  for (const [mark, index] of steps) {
    const pieces = rest.split(mark);
    const piece = pieces[index];
    if (piece === undefined) return { line, column: offset + rest.length + 1 };
    offset += pieces.slice(0, index).reduce((sum, before) => sum + before.length + mark.length, 0);
    rest = piece;
  }
  const value = rest.trim();
  return { line, column: offset + 1, ...(value !== '' && { value }) };
}
