import type { Position, Problem } from '../../fhir/problem.ts';

/** A problem for a person at a terminal: where in a file, what, what was expected, how to mend it, and its code for looking it up. */
export function describeProblem(problem: Problem): string {
  return [
    `${placeOf(problem.at)}${problem.severity === 'warning' ? 'warning: ' : ''}${problem.text} [${problem.code}]`,
    ...(problem.expected === undefined ? [] : [`  expected: ${problem.expected}`]),
    ...(problem.fix === undefined ? [] : [`  to mend it: ${problem.fix}`]),
  ].join('\n');
}

/** `agreements/a.yaml:12:5: `, as compilers write it, so that an editor can jump there. Without a file there is no place to name. */
function placeOf(at: Position | undefined): string {
  if (at?.file === undefined) return '';
  return `${[at.file, at.line, at.column].filter((part) => part !== undefined).join(':')}: `;
}
