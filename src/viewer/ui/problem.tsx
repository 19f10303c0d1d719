import { ApiProblem } from '../api/api-problem.ts';
import { strings } from '../strings.ts';
import { Button } from './nhs.ts';
import { Notice } from './notice.tsx';

/** An error as a person can use it: what happened, what to do, and what to quote to those who run the gateway. */
export function Problem({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : undefined;
  return (
    <>
      <Notice kind="error" heading={strings.problem.heading}>
        {sentenceOf(problem)}
        {problem?.requestId === undefined ? null : <> {strings.problem.quote} <span className="os-nowrap">{problem.requestId}</span>.</>}
      </Notice>
      {onRetry === undefined ? null : <Button secondary onClick={onRetry}>{strings.problem.again}</Button>}
    </>
  );
}

function sentenceOf(problem: ApiProblem | undefined): string {
  if (problem === undefined) return strings.problem.unforeseen;
  if (problem.code === 'unreachable') return strings.problem.unreachable;
  return problem.text === '' ? strings.problem.unforeseen : problem.text;
}
