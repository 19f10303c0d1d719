import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { categories, Refusal } from './problem.ts';
import type { Position, Problem } from './problem.ts';

/** What programs switch on: `issue.details.coding` of every outcome the gateway writes. */
export const problemSystem = 'https://fhir.bicp.example/CodeSystem/problem';

/** The one answer for what does not exist and for what the caller may not know of. It never varies. */
export const notFound: Problem = Object.freeze<Problem>({
  category: 'not-found',
  code: 'not-found',
  text: 'There is no such resource, or it is not available to you.',
});

/** What was deleted, to who could see it until then; to everybody else it is not there. */
export const gone: Problem = Object.freeze<Problem>({
  category: 'gone',
  code: 'resource-deleted',
  text: 'The resource was deleted.',
  fix: 'Its older versions are in its history.',
});

/** The id in a body is not that of the address it was sent to. */
export const idDiffers: Problem = Object.freeze<Problem>({
  category: 'invalid',
  code: 'resource-id-differs',
  text: 'The body is not the resource of this address.',
  at: { pointer: '/id' },
  expected: 'the id of the address',
});

/** All that is ever said of an error nobody foresaw. */
export const internal: Problem = Object.freeze<Problem>({
  category: 'internal',
  code: 'internal',
  text: 'The gateway could not complete the request.',
});

/** What may be said of anything thrown: the problems of a `Refusal`, and of everything else only that it happened. */
export function problemsOf(thrown: unknown): readonly Problem[] {
  return thrown instanceof Refusal && thrown.problems.length > 0 ? thrown.problems : [internal];
}

/**
 * Problems → FHIR OperationOutcome (R4). `diagnostics` says where, what was expected and how to mend it; `expression`
 * is FHIRPath made from a pointer into a JSON body. No problems gives one informational issue, as $validate does.
 */
export function outcomeOf(problems: readonly Problem[]): OperationOutcome {
  const issue = problems.length > 0 ? problems.map(issueOf) : [allWell];
  return { resourceType: 'OperationOutcome', issue };
}

/** The same to who asked: a parameter or a header of theirs stands in `location` as FHIR R4 names it, `http.date`. */
export function outcomeOfRequest(problems: readonly Problem[]): OperationOutcome {
  const { issue, ...outcome } = outcomeOf(problems);
  return { ...outcome, issue: issue.map((each, i) => {
    const { field, ...inside } = problems[i]?.at ?? {};
    return field !== undefined && Object.values(inside).every((one) => one === undefined) ? { ...each, location: [`http.${field}`] } : each;
  }) };
}

/**
 * The HTTP status of an answer that carries these problems: the worst failure of ours (5xx) if there is one, else the
 * first error's; 200 when there are only warnings and information.
 */
export function statusOf(problems: readonly Problem[]): number {
  const statuses = problems.filter((p) => (p.severity ?? 'error') === 'error').map((p) => categories[p.category].status);
  return statuses.find((status) => status >= 500) ?? statuses[0] ?? 200;
}

const allWell: OperationOutcomeIssue = { severity: 'information', code: 'informational', details: { text: 'No problems were found.' } };

function issueOf(problem: Problem): OperationOutcomeIssue {
  const diagnostics = describe(problem);
  const { pointer, element } = problem.at ?? {};
  const expression = [...(pointer ? [expressionOf(pointer)] : []), ...(element ? [element] : [])];
  return {
    severity: problem.severity ?? 'error',
    code: categories[problem.category].issue,
    details: { coding: [{ system: problemSystem, code: problem.code }], text: problem.text },
    ...(diagnostics && { diagnostics }),
    ...(expression.length > 0 && { expression }),
  };
}

function describe(problem: Problem): string {
  const where = problem.at ? whereOf(problem.at) : '';
  return [
    where && `Where: ${where}.`,
    problem.expected && `Expected: ${problem.expected}.`,
    problem.fix && `To mend it: ${problem.fix}`,
  ].filter(Boolean).join(' ');
}

function whereOf(at: Position): string {
  return [
    at.file && `file ${at.file}`,
    at.part && `table ${at.part}`,
    at.row !== undefined && `row ${at.row}`,
    at.line !== undefined && `line ${at.line}`,
    at.column !== undefined && `column ${at.column}`,
    at.field && `field ${at.field}`,
    at.pointer && `element ${expressionOf(at.pointer)}`,
    at.element && `for ${at.element}`,
  ].filter(Boolean).join(', ');
}

/** `/name/0/family` → `name[0].family`; a FHIRPath expression stays as it is. */
function expressionOf(pointer: string): string {
  if (!pointer.startsWith('/')) return pointer;
  return pointer.slice(1).split('/').reduce((path, part) => {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) return `${path}[${name}]`;
    return path ? `${path}.${name}` : name;
  }, '');
}
