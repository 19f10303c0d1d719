import type { RequestHandler } from 'express';
import { problemsOf } from '../../../fhir/outcome.ts';
import type { RateLimits } from '../rate-limits.ts';

/** Requests for tokens and sign-ins are counted before a signature is looked at or anything is kept; one too many is told in OAuth's own form (RFC 6749 section 5.2), with 429 and Retry-After. */
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
    if (request.method === 'POST' || request.path.startsWith('/auth')) await rates.countAddress(address);
    next();
  };
}
