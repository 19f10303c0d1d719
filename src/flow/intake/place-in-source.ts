import type { Position, Problem } from '../../fhir/problem.ts';
import { sayerOf, type SaidBy } from '../../intake/places/said-by.ts';
import { fieldAsSent } from './field-as-sent.ts';
import { placeField, tableRowOf, type PlacedRow } from './place-field.ts';

/** A row with, of one that is folded, who said what; `messageId` is its own id. */
export interface SayingRow extends PlacedRow {
  said: SaidBy;
  messageId: string;
}

/**
 * Problems of mapping and validation as their sender can find them: row, line, column and the field as the file names it. The
 * map's own place, which the sender does not know, goes into the advice.
 */
export function placeInSource(problems: readonly Problem[], row: SayingRow): Problem[] {
  return problems.filter((problem) => !isToldBefore(problem, row)).map((problem) => placeOne(problem, row));
}

/** Each said once. */
export function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.toReversed().map((problem) => [JSON.stringify([problem.code, problem.text, problem.severity, problem.at]), problem])).values()].toReversed();
}

/** A code no table has is told with the message that says it, and not again with every later one of the same visit. */
export function isToldBefore({ code, at }: Pick<Problem, 'code' | 'at'>, row: Pick<SayingRow, 'said' | 'messageId'>): boolean {
  return code === 'code-not-in-table' && isSaidByAnother(at?.field ?? '', row);
}

export function isSaidByAnother(path: string, { said, messageId }: Pick<SayingRow, 'said' | 'messageId'>): boolean {
  const sayer = sayerOf(said, path);
  return sayer !== undefined && sayer !== messageId;
}

function placeOne(problem: Problem, row: SayingRow): Problem {
  const { file, line, column, field, pointer, element } = problem.at ?? {};
  const rule = [file, line !== undefined && `line ${line}`, line !== undefined && column !== undefined && `column ${column}`].filter(Boolean).join(' ');
  const advice = [problem.fix, file && `The rule is in ${rule}.`].filter(Boolean).join(' ');
  const place = field === undefined || isSaidByAnother(field, row) ? {} : placeOfField(row, field, pointer);
  return {
    ...problem,
    at: { row: row.row.row, line: row.row.line, ...(field !== undefined && { field: fieldAsSent(row.kind, row.part, field) }), ...place, ...(element !== undefined && { element }) },
    ...(advice !== '' && { fix: advice }),
  };
}

/** Cells are told by their column's name, and in a package by the row of the table that holds them. */
function placeOfField({ kind, part, row, ...read }: SayingRow, field: string, pointer: string | undefined): Position {
  if (kind.format === 'csv') {
    const { row: found } = tableRowOf(kind, part, row, { field, ...(pointer !== undefined && { pointer }) });
    return found ? { part: found.part, row: found.row, line: found.line } : {};
  }
  const { value: _, ...place } = placeField({ kind, part, row, ...read }, field, pointer);
  return place;
}
