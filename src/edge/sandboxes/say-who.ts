import { jwtVerify, SignJWT } from 'jose';
import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { TokenVerifier } from '../http/oauth/verify-token.ts';

const algorithm = 'HS256';

/** Who asks, as the gateway that verified it tells its sandbox: an Authorization header good for a minute, under a secret only the two have. No token of an issuer reaches a sandbox. */
export async function sayWho(secret: Uint8Array, requester: Requester): Promise<string> {
  return `Bearer ${await new SignJWT({ requester }).setProtectedHeader({ alg: algorithm }).setIssuedAt().setExpirationTime('1m').sign(secret)}`;
}

/** What a sandbox believes: that, and nothing else. */
export function hearWho(secret: Uint8Array): TokenVerifier {
  return async (header = '') => {
    try {
      const { payload } = await jwtVerify(header.replace(/^Bearer /, ''), secret, { algorithms: [algorithm], requiredClaims: ['requester', 'exp'] });
      return { requester: payload['requester'] as Requester };
    } catch {
      return { problem: notTold };
    }
  };
}

const notTold: Problem = { category: 'unauthenticated', code: 'token-invalid', text: 'A sandbox is asked through its gateway only.', fix: 'Ask at /sandbox of the gateway.' };
