import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { internal, outcomeOf, statusOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Log } from '../log.ts';
import { addressUnknown, addressUnreadable } from './unserved.ts';

/** The last two words on any request outside the record's own addresses: no such address, and errors before a route could take over. */
export function notRouted(log: Log): (RequestHandler | ErrorRequestHandler)[] {
  const nothing: RequestHandler = (_request, response) => answer(response, addressUnknown);
  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof URIError) return answer(response, addressUnreadable);
    log('request-failed', { error });
    answer(response, internal);
  };
  return [nothing, failed];
}

function answer(response: Response, problem: Problem): void {
  response.status(statusOf([problem])).set({ 'Content-Type': 'application/fhir+json; charset=utf-8', 'Cache-Control': 'no-store' }).end(JSON.stringify(outcomeOf([problem])));
}
