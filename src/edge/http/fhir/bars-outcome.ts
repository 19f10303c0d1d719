import type { OperationOutcome } from '@medplum/fhirtypes';
import { outcomeOf } from '../../../fhir/outcome.ts';
import { categories, type Category, type Problem } from '../../../fhir/problem.ts';

/** Written as the standard's payloads write it, with a small s. */
const errorCodes = 'https://fhir.nhs.uk/Codesystem/http-error-codes';

/** The standard's code for each HTTP status. Source: Booking and Referral Standard, receiver error codes. */
const codeOfStatus: Readonly<Record<number, string>> = {
  400: 'REC_BAD_REQUEST', 401: 'REC_UNAUTHORIZED', 403: 'REC_FORBIDDEN', 404: 'REC_NOT_FOUND', 405: 'REC_METHOD_NOT_ALLOWED', 406: 'REC_NOT_ACCEPTABLE', 408: 'REC_TIMEOUT', 409: 'REC_CONFLICT',
  412: 'REC_CONFLICT', 413: 'REC_UNPROCESSABLE_ENTITY', 415: 'REC_BAD_REQUEST', 422: 'REC_UNPROCESSABLE_ENTITY', 429: 'REC_TOO_MANY_REQUESTS', 500: 'REC_SERVER_ERROR', 503: 'REC_SERVICE_UNAVAILABLE',
};

/** An OperationOutcome as messages are answered: the standard's code first, the gateway's own beside it. */
export function barsOutcome(problems: readonly Problem[]): OperationOutcome {
  const outcome = outcomeOf(problems);
  return { ...outcome, issue: outcome.issue.map((issue, index) => {
    const code = codeOf(problems[index]?.category);
    return { ...issue, details: { ...issue.details, coding: [{ system: errorCodes, code }, ...(issue.details?.coding ?? [])] } };
  }) };
}

function codeOf(category: Category | undefined): string {
  return codeOfStatus[category === undefined ? 500 : categories[category].status] ?? 'REC_BAD_REQUEST';
}
