import type { Problem } from '../fhir/problem.ts';
import type { Kind, Part } from '../intake/types.ts';

/**
 * Problems of mapping and validation as their sender can find them: row, line and the field as the file names it, each
 * said once. The map's own place, which the sender does not know, goes into the advice.
 */
export function placeInSource(problems: readonly Problem[], row: { row: number; line: number }, kind: Kind, part: Part): Problem[] {
  const placed = problems.map((problem) => placeOne(problem, row, kind, part));
  return [...new Map(placed.toReversed().map((problem) => [JSON.stringify([problem.code, problem.text, problem.severity, problem.at]), problem])).values()].toReversed();
}

function placeOne(problem: Problem, row: { row: number; line: number }, kind: Kind, part: Part): Problem {
  const { file, line, field, pointer } = problem.at ?? {};
  const advice = [problem.fix, file && `The rule is in ${file}${line === undefined ? '' : ` line ${line}`}.`].filter(Boolean).join(' ');
  return {
    ...problem,
    at: { row: row.row, line: row.line, ...(field !== undefined && { field: fieldAsSent(kind, part, field) }), ...(pointer !== undefined && { pointer }) },
    ...(advice !== '' && { fix: advice }),
  };
}

/** `teamReferredTo` → the column's header; `teams.closureReason` → that of the other table; `person.PID.f5.c1` → `PID-5.1`. */
export function fieldAsSent(kind: Kind, part: Part, path: string): string {
  const main = part.readAs === undefined ? part : kind.parts.find(({ name }) => name === part.readAs);
  const [branch = '', name = ''] = path.split('.');
  const relation = main?.relations?.find(({ as }) => as === branch);
  const table = relation ? kind.parts.find((each) => each.name === relation.part) : main;
  const header = table?.columns?.find((column) => column.name === (relation ? name : path))?.header;
  if (header !== undefined) return header;
  const [, segment, field = '', component] = /(?:^|\.)([A-Z][A-Z0-9]{2})\.f(\d+)(?:\.c(\d+))?/.exec(path) ?? [];
  return segment === undefined ? path : `${segment}-${field}${component === undefined ? '' : `.${component}`}`;
}
