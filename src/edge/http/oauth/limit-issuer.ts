import type { Request, RequestHandler } from 'express';
import { problemsOf } from '../../../fhir/outcome.ts';
import type { RateLimits } from '../rate-limits.ts';

/**
 * Requests for tokens that fail, and sign-ins that are begun, count against the address they come from, before a signature is
 * looked at or anything is kept; a token that is given takes its count back, so that a hospital behind one address is not
 * shut out by its own systems. One too many is told in OAuth's own form (RFC 6749 section 5.2), with 429 and Retry-After.
 * `rates` are the issuer's alone: what is counted here refuses nobody who comes with a token.
 */
export function limitIssuer(rates: RateLimits): RequestHandler {
  return async (request, response, next) => {
    const address = request.ip ?? '';
    try {
      await rates.admit(address);
    } catch (error) {
      const [{ text = '', retryAfter = 60 } = {}] = problemsOf(error);
      response.status(429).set({ 'Retry-After': String(retryAfter), 'Cache-Control': 'no-store' }).json({ error: 'temporarily_unavailable', error_description: text });
      return;
    }
    if (counts(request)) {
      await rates.countAddress(address);
      if (request.method === 'POST') response.once('finish', () => { if (response.statusCode < 400) void rates.forgive(address); });
    }
    next();
  };
}

function counts({ method, path }: Request): boolean {
  return method === 'POST' || path.startsWith('/auth');
}
