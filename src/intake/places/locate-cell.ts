import { separatorOf } from '../csv/split-csv.ts';
import type { SplitRow } from '../types.ts';
import type { FieldPlace, FieldText } from './locate-field.ts';

/** A CSV row's cell by its column's header in the file: line and column of its first character, past the quotation mark. */
export function locateCell({ text, spreadsheet = false }: FieldText, row: Pick<SplitRow, 'line'>, header: string): FieldPlace {
  const separator = separatorOf(text, spreadsheet);
  const index = cellsFrom(text, firstRecord(text), separator).findIndex(({ value }) => value === header);
  const cell = index < 0 ? undefined : cellsFrom(text, lineOffset(text, row.line), separator)[index];
  if (!cell) return { line: row.line, column: 1 };
  const before = text.slice(0, cell.start).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, ...(cell.value !== '' && { value: cell.value }) };
}

/** Line and column of the first character of a header's cell, by its number from 1; undefined when the text has none. */
export function locateHeading({ text, spreadsheet = false }: FieldText, line: number, number: number): Pick<FieldPlace, 'line' | 'column'> | undefined {
  const begin = lineOffset(text, line);
  const cell = text === '' ? undefined : cellsFrom(text, begin, separatorOf(text, spreadsheet))[number - 1];
  return cell && { line, column: cell.start - begin + 1 };
}

/** The cells of the record that begins at `offset`, each with where its content begins. */
function cellsFrom(text: string, offset: number, separator: string): { start: number; value: string }[] {
  const cells: { start: number; value: string }[] = [];
  let quoted = false;
  let start = offset;
  for (let at = offset; at <= text.length; at += 1) {
    const mark = text[at];
    if (mark === '"') quoted = !quoted;
    const isEnd = mark === undefined || (!quoted && (mark === separator || mark === '\n'));
    if (!isEnd) continue;
    const raw = text.slice(start, at);
    const isQuoted = raw.startsWith('"');
    cells.push({ start: isQuoted ? start + 1 : start, value: (isQuoted ? raw.slice(1, -1).replaceAll('""', '"') : raw).trim() });
    start = at + 1;
    if (mark !== separator) break;
  }
  return cells;
}

/** Empty lines before the header do not count. */
function firstRecord(text: string): number {
  return text.search(/[^\n]/);
}

function lineOffset(text: string, line: number): number {
  let offset = 0;
  for (let passed = 1; passed < line; passed += 1) {
    const end = text.indexOf('\n', offset);
    if (end < 0) return offset;
    offset = end + 1;
  }
  return offset;
}
