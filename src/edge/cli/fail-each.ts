import type { Category, Problem } from '../../fhir/problem.ts';
import type { CliContext } from './cli-context.ts';

/**
 * Tells every problem of a command that came to nothing; `json`: also as the one object its caller waits for. Exit code 2 where
 * something asked for is not there, not allowed or does not answer, 1 for mistakes in what was given.
 */
export function failEach(context: CliContext, problems: readonly Problem[], json: true | undefined, exitCode?: 2): void {
  if (json) context.print(JSON.stringify({ problems }, null, 2));
  for (const problem of problems) context.fail(problem, exitCode ?? (nothingDone.has(problem.category) ? 2 : 1));
}

const nothingDone: ReadonlySet<Category> = new Set<Category>(['not-found', 'forbidden', 'conflict', 'unsupported', 'unavailable']);
