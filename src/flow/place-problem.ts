import type { Position, Problem } from '../fhir/problem.ts';
import { locateField } from '../intake/places/locate-field.ts';
import type { Kind, Part, SplitRow } from '../intake/types.ts';
import { fieldAsSent } from './place-in-source.ts';

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
  /** the file's name as it was given, and its text with line ends made one character */
  file: string;
  text: string;
  /** texts of the kind's maps by file name */
  maps: ReadonlyMap<string, string>;
  /** what of a value may be seen */
  show: (value: string) => string;
}

/** A problem of the whole file, or of reading a row: its place is in the file already. */
export function placeReadProblem(context: PlacingContext, problem: Problem, row: SplitRow | null): PlacedProblem {
  const { row: number, line, column, field, pointer } = problem.at ?? {};
  const name = field ?? pointer;
  const found = row && name !== undefined ? locateField(context.kind, context.text, row, { name, ...(line !== undefined && { line }) }) : null;
  return {
    ...said(problem),
    at: {
      file: context.file, ...placeOf(found ?? { ...(line !== undefined && { line }), ...(row === null && column !== undefined && { column }) }),
      ...(number !== undefined && { row: number }), ...(field !== undefined && { field }), ...(pointer !== undefined && { pointer }),
    },
    ...(found?.value !== undefined && { value: context.show(found.value) }),
  };
}

/** A problem a rule met: its place is in the map, its field in the tree the map reads. */
export function placeMapProblem(context: PlacingContext, problem: Problem, { row, part }: { row: SplitRow; part: Part }): PlacedProblem {
  const { field: path, file = '', line = 1, column = 1 } = problem.at ?? {};
  const field = path === undefined ? undefined : fieldAsSent(context.kind, part, path);
  const found = field === undefined ? { line: row.line } : locateField(context.kind, context.text, row, { name: field });
  return {
    ...said(problem), ...tableFix(context, problem),
    at: { file: context.file, ...placeOf(found), ...(row.part !== undefined && { part: row.part }), row: row.row, ...(field !== undefined && { field }) },
    ...('value' in found && found.value !== undefined && { value: context.show(found.value) }),
    map: mapPlace(context, { file, line, column }),
  };
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
