import type { Problem } from '../../../fhir/problem.ts';

/**
 * The `WWW-Authenticate` header of a refused request (RFC 6750 section 3): no error code where no token was sent, and
 * never more than "invalid_token" where one was. Null where the problem is not about the token.
 */
export function challengeFor(problem: Problem): string | null {
  if (problem.category !== 'unauthenticated') return null;
  return problem.code === 'token-missing' ? 'Bearer realm="onestory"' : 'Bearer realm="onestory", error="invalid_token"';
}
