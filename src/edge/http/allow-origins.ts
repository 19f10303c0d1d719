import type { RequestHandler } from 'express';

const keptMs = 30_000;
const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const taken = 'Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, X-Correlation-ID, X-Request-ID';
const told = 'Content-Location, ETag, Last-Modified, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-Correlation-ID, X-Request-ID';
const preflightSeconds = '600';
/** below /fhir, and needing no token */
const publishedPaths: readonly string[] = ['/metadata', '/.well-known/smart-configuration'];

/**
 * CORS (Fetch standard, section 3.2) for apps that live in a browser: scripts of a registered app's own origin may ask here with
 * its token. Cookies never go along, so a session is nothing to them. `find` tells the origins of now; they are remembered for
 * half a minute, and where they cannot be told there are none. What says how to ask, every origin may read (SMART App Launch 2.2, conformance).
 */
export function allowOrigins(find: () => Promise<readonly string[]>, elapsed = () => performance.now()): RequestHandler {
  let known: { origins: Promise<readonly string[]>; at: number } | null = null;
  const originsNow = (): Promise<readonly string[]> => {
    if (known === null || elapsed() - known.at > keptMs) known = { origins: find().catch(() => []), at: elapsed() };
    return known.origins;
  };
  return async (request, response, next) => {
    const origin = request.get('Origin');
    if (origin === undefined) return next();
    response.vary('Origin');
    const published = publishedPaths.includes(request.path);
    if (!published && !(await originsNow()).includes(origin)) return next();
    response.set({ 'Access-Control-Allow-Origin': published ? '*' : origin, 'Access-Control-Expose-Headers': told });
    if (request.method !== 'OPTIONS' || request.get('Access-Control-Request-Method') === undefined) return next();
    response.set({ 'Access-Control-Allow-Methods': methods, 'Access-Control-Allow-Headers': taken, 'Access-Control-Max-Age': preflightSeconds }).status(204).end();
  };
}
