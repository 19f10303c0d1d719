import type { Position, Problem } from '../../fhir/problem.ts';
import { openJson } from '../../intake/documents/open-json.ts';
import { placeInDocument, type DocumentPlace } from '../../intake/places/document-place.ts';
import { locateCell, locateHeading } from '../../intake/places/locate-cell.ts';
import { locateField, type FieldText } from '../../intake/places/locate-field.ts';
import { sayerOf } from '../../intake/places/said-by.ts';
import type { Kind, SplitRow } from '../../intake/types.ts';
import { fieldAsSent } from '../intake/field-as-sent.ts';
import type { MappedSourceRow } from './map-source.ts';
import { placeField, tableRowOf } from '../intake/place-field.ts';

/** A problem as an analyst needs it: where in the file, what stands there, and which rule of the map met it. */
export interface PlacedProblem {
  severity: 'error' | 'warning' | 'information';
  code: string;
  text: string;
  at: Position & { file: string };
  /** what the field holds, as far as it may be shown */
  value?: string;
  expected?: string;
  fix?: string;
  map?: MapPlace;
}

/** A rule: its place and its text. */
export interface MapPlace {
  file: string;
  line: number;
  column: number;
  text: string;
}

const longestText = 120;

/** What is needed to turn a place in a map or a row into one in a file. */
export interface PlacingContext {
  kind: Kind;
  /** the file's name as it was given */
  file: string;
  /** its text, or of a package that of the part's table, with line ends made one character */
  fileOf: (part: string) => FieldText;
  /** all rows of the file: of a fold an earlier one may have said what a later one is told for */
  rows: readonly MappedSourceRow[];
  /** texts of the kind's maps by file name */
  maps: ReadonlyMap<string, string>;
  /** what of a value may be seen */
  show: (value: string) => string;
}

/** A problem of the whole file, or of reading a row: its place is in the file already. */
export function placeReadProblem(context: PlacingContext, problem: Problem, row: SplitRow | null): PlacedProblem {
  const { row: number, line, column, part = row?.part, field, pointer } = problem.at ?? {};
  const name = field ?? pointer;
  const place = row && { ...row, ...(part !== undefined && line !== undefined && { line }) };
  const found = place && context.kind.format === 'fhir' && pointer?.startsWith('/') ? { ...(line !== undefined && { line }), ...placeInBundle(context, pointer) } : place && name !== undefined ? locateField(context.kind, context.fileOf(part ?? ''), place, { name, ...(line !== undefined && { line }), ...(column !== undefined && { column }) }) : null;
  return {
    ...said(problem),
    at: {
      file: context.file, ...placeOf(found ?? headingOf(context, problem) ?? { ...(line !== undefined && { line }), ...(row === null && column !== undefined && { column }) }),
      ...(part !== undefined && { part }), ...(number !== undefined && { row: number }), ...(field !== undefined && { field }), ...(pointer !== undefined && { pointer }),
    },
    ...(found && 'value' in found && found.value !== undefined && { value: context.show(found.value) }),
  };
}

/** Problems of a header number its columns; an editor counts characters. */
function headingOf({ fileOf }: PlacingContext, { code, at: { part = '', line, column } = {} }: Problem): Position | undefined {
  return code.startsWith('csv-column') && line !== undefined && column !== undefined ? locateHeading(fileOf(part), line, column) : undefined;
}

/** A problem a rule met: its place is in the map, its field in the tree the map reads. */
export function placeMapProblem(context: PlacingContext, problem: Problem, mapped: MappedSourceRow): PlacedProblem {
  const { field: path, pointer, file, line = 1, column = 1, element } = problem.at ?? {};
  const sender = path === undefined ? mapped : senderOf(context.rows, mapped, path);
  const { row } = sender;
  const found = path === undefined ? { line: row.line } : locatePath(context, sender, path, pointer);
  return {
    ...said(problem), ...tableFix(context, problem),
    at: {
      file: context.file, ...placeOf(found), ...(found.part !== undefined ? { part: found.part } : row.part !== undefined && { part: row.part }), row: found.row ?? row.row,
      ...(path !== undefined && { field: fieldAsSent(context.kind, mapped.part, path) }), ...(found.pointer !== undefined && { pointer: found.pointer }), ...(element !== undefined && { element }),
    },
    ...(found.value !== undefined && { value: context.show(found.value) }),
    ...(file !== undefined && { map: mapPlace(context, { file, line, column }) }),
  };
}

/** Where in the file what a path of the map's tree leads to stands. */
function locatePath(context: PlacingContext, { row, part, input, record }: MappedSourceRow, path: string, pointer: string | undefined): DocumentPlace {
  const { kind } = context;
  const field = fieldAsSent(kind, part, path);
  if (kind.format === 'csv') {
    const table = tableRowOf(kind, part, row, { field: path, ...(pointer !== undefined && { pointer }) });
    const found = locateCell(context.fileOf(table.part.name), table.row ?? row, field);
    return { ...found, ...(table.row && { part: table.row.part, row: table.row.row }) };
  }
  if (!input) return { line: row.line };
  const found = placeField({ kind, part, row, input, record }, path, pointer);
  return kind.format === 'fhir' && found.pointer !== undefined ? { ...found, ...placeInBundle(context, found.pointer) } : found;
}

/** Bundles are kept without their lines; a file with one Bundle has them still. */
function placeInBundle({ rows, fileOf }: PlacingContext, pointer: string): Position {
  const { text } = fileOf('');
  if (rows.length !== 1 || !text.trimStart().startsWith('{')) return {};
  const { value: _, ...place } = placeInDocument(openJson(text), pointer);
  return place;
}

/** The row that said what a path leads to: of a fold that may be an earlier one. */
export function senderOf(rows: readonly MappedSourceRow[], row: MappedSourceRow, path: string): MappedSourceRow {
  const sayer = sayerOf(row.saidBy, path);
  return sayer === undefined ? row : (rows.find((each) => each.row.messageId === sayer) ?? row);
}

/** The commonest mistake is mended in a spreadsheet: `tables/sex.csv`, or the partner's own. */
function tableFix({ kind }: PlacingContext, { code, text, fix }: Problem): { fix?: string } {
  const [table] = /[\w./-]+\.csv/.exec(text) ?? [];
  return code === 'code-not-in-table' && fix === undefined && table !== undefined ? { fix: `Add a row for this value to ${kind.name}/${table}, or have the sender mend it.` } : {};
}

/** A rule's place, from the folder of all kinds, with its text from there on. */
export function mapPlace({ kind, maps }: Pick<PlacingContext, 'kind' | 'maps'>, { file = '', line = 1, column = 1 }: Position): MapPlace {
  return { file: `${kind.name}/${file}`, line, column, text: (maps.get(file)?.split('\n')[line - 1] ?? '').slice(column - 1, column - 1 + longestText).trim() };
}

function said({ severity = 'error', code, text, expected, fix }: Problem): Pick<PlacedProblem, 'severity' | 'code' | 'text' | 'expected' | 'fix'> {
  return { severity, code, text, ...(expected !== undefined && { expected }), ...(fix !== undefined && { fix }) };
}

function placeOf({ line, column }: { line?: number; column?: number }): { line?: number; column?: number } {
  return { ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}
