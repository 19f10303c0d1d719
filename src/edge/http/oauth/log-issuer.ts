import type { RequestHandler } from 'express';
import type { Log } from '../../log.ts';

const known = /^\/(?:auth|interaction|jwks|token(?:\/(?:introspection|revocation))?|\.well-known\/openid-configuration)(?=\/|$)/;

/** A line for each request to the issuer, like every other route's; the rest of the address may hold anything. */
export function logIssuer(log: Log): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const route = `oauth${known.exec(request.path)?.[0] ?? ''}`;
    response.once('close', () => { log('request-finished', { method: request.method, route, status: response.statusCode, durationMs: Math.round(performance.now() - startedAt) }); });
    next();
  };
}
