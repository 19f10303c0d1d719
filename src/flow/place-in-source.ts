import type { Problem } from '../fhir/problem.ts';
import type { Part } from '../intake/types.ts';

/**
 * Problems of mapping and validation as their sender can find them: row, line and the field as the file names it, each
 * said once. The map's own place, which the sender does not know, goes into the advice.
 */
export function placeInSource(problems: readonly Problem[], row: { row: number; line: number }, part: Part): Problem[] {
  const placed = problems.map((problem) => placeOne(problem, row, part));
  return [...new Map(placed.toReversed().map((problem) => [JSON.stringify([problem.code, problem.text, problem.severity, problem.at]), problem])).values()].toReversed();
}

function placeOne(problem: Problem, row: { row: number; line: number }, part: Part): Problem {
  const { file, line, field, pointer } = problem.at ?? {};
  const advice = [problem.fix, file && `The rule is in ${file}${line === undefined ? '' : ` line ${line}`}.`].filter(Boolean).join(' ');
  return {
    ...problem,
    at: { row: row.row, line: row.line, ...(field !== undefined && { field: fieldAsSent(part, field) }), ...(pointer !== undefined && { pointer }) },
    ...(advice !== '' && { fix: advice }),
  };
}

/** `teamReferredTo` → the column's header; `person.PID.f5.c1` → `PID-5.1`. */
export function fieldAsSent({ columns }: Part, path: string): string {
  const header = columns?.find(({ name }) => name === path)?.header;
  if (header !== undefined) return header;
  const [, segment, field = '', component] = /(?:^|\.)([A-Z][A-Z0-9]{2})\.f(\d+)(?:\.c(\d+))?/.exec(path) ?? [];
  return segment === undefined ? path : `${segment}-${field}${component === undefined ? '' : `.${component}`}`;
}
