import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Problem } from '../../fhir/problem.ts';
import { route, type RouteServices } from './route.ts';

/** Last in a router whose every refusal is audited: no such address, and an address whose escapes cannot be decoded. */
export function unserved(services: RouteServices): [RequestHandler, ErrorRequestHandler] {
  const refuse = (problem: Problem): RequestHandler =>
    route(services, { interaction: 'unsupported', pattern: '*', permit: () => problem }, () => Promise.reject(new Error('an address that is refused')));
  const refuseUnreadable = refuse(addressUnreadable);
  return [
    refuse(addressUnknown),
    (error: unknown, request, response, next) => (error instanceof URIError ? refuseUnreadable(request, response, next) : next(error)),
  ];
}

export const addressUnknown: Problem = {
  category: 'not-found', code: 'address-unknown', text: 'Nothing is served at this address with this method.', fix: 'See /fhir/metadata for what is.',
};
export const addressUnreadable: Problem = {
  category: 'malformed', code: 'address-unreadable', text: 'The address cannot be read.', fix: 'Check its percent encoding.',
};
