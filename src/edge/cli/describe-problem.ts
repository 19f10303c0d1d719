import type { Problem } from '../../fhir/problem.ts';

/** A problem for a person at a terminal: what, what was expected, how to mend it, and its code for looking it up. */
export function describeProblem(problem: Problem): string {
  return [
    `${problem.text} [${problem.code}]`,
    ...(problem.expected === undefined ? [] : [`  expected: ${problem.expected}`]),
    ...(problem.fix === undefined ? [] : [`  to mend it: ${problem.fix}`]),
  ].join('\n');
}
