import type { ErrorRequestHandler, RequestHandler } from 'express';
import { outcomeOf } from '../../fhir/outcome.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Log } from '../log.ts';

const noSuchAddress: Problem = {
  category: 'not-found', code: 'address-unknown', text: 'Nothing is served at this address with this method.', fix: 'See /fhir/metadata for what is.',
};
const unreadable: Problem = { category: 'malformed', code: 'address-unreadable', text: 'The address cannot be read.', fix: 'Check its percent encoding.' };

/** The last two words on any request: no such address, and errors before a route could take over (a broken escape in the path). */
export function notRouted(log: Log): (RequestHandler | ErrorRequestHandler)[] {
  const nothing: RequestHandler = (_request, response) => {
    response.status(404).set({ 'Content-Type': 'application/fhir+json; charset=utf-8', 'Cache-Control': 'no-store' }).end(JSON.stringify(outcomeOf([noSuchAddress])));
  };
  const failed: ErrorRequestHandler = (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    log('request-failed', { error });
    response.status(400).set('Content-Type', 'application/fhir+json; charset=utf-8').end(JSON.stringify(outcomeOf([unreadable])));
  };
  return [nothing, failed];
}
