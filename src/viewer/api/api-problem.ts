import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';

/** An answer that is no answer: what the gateway's OperationOutcome says, or that it could not be reached. */
export class ApiProblem extends Error {
  readonly status: number;
  /** the gateway's stable code; `unreachable` where nobody answered */
  readonly code: string;
  /** one sentence for a person */
  readonly text: string;
  /** what the people who run the gateway can find the request by */
  readonly requestId: string | undefined;
  /** every problem the gateway told, with where it is and how to mend it */
  readonly all: readonly { text: string; where: string | undefined }[];

  constructor(status: number, issue: OperationOutcomeIssue | undefined, requestId?: string, all: readonly OperationOutcomeIssue[] = []) {
    const code = issue?.details?.coding?.[0]?.code ?? 'unreachable';
    super(code);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
    this.text = issue?.details?.text ?? '';
    this.requestId = requestId;
    this.all = all.map(({ details, diagnostics }) => ({ text: details?.text ?? '', where: diagnostics }));
  }

  static of(status: number, body: unknown, requestId?: string): ApiProblem {
    const issues = (body as OperationOutcome | null)?.issue;
    return new ApiProblem(status, Array.isArray(issues) ? issues[0] : undefined, requestId, Array.isArray(issues) ? issues : []);
  }
}
