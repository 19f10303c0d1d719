import type { IncomingHttpHeaders } from 'node:http';
import type { Problem } from '../../../fhir/problem.ts';
import type { TokenVerifier, VerifiedToken } from '../oauth/verify-token.ts';
import { checkSameOrigin, crossSite } from './check-same-origin.ts';
import type { ViewerSessions } from './viewer-sessions.ts';

/** Who sends this request? `page`: the address is also opened as a page of its own. */
export type Identify = (headers: IncomingHttpHeaders, page?: true) => Promise<VerifiedToken>;

/**
 * A bearer token names who asks; where there is none, the session of the viewer's cookie does, with the token kept for it.
 * Both end in the same verifier: a session is a way to carry a token, never a second way in.
 */
export function createIdentify(verify: TokenVerifier, sessions: ViewerSessions): Identify {
  return async (headers, page) => {
    if (headers.authorization !== undefined) return verify(headers.authorization);
    const secret = sessions.secretOf(headers.cookie);
    if (secret === null) return verify(undefined);
    const crossSite = checkSameOrigin(headers, page && headers['sec-fetch-dest'] === 'document' ? 'document' : 'empty');
    if (crossSite) return { problem: crossSite };
    const held = await sessions.use(secret);
    return held ? verify(`Bearer ${held.accessToken}`) : { problem: sessionEnded };
  };
}

/**
 * Who answers a page of ours that asks a person something: whoever's session the cookie carries. A token is refused there,
 * because whoever holds one may be the very program that the question is about.
 */
export function bySession(identify: Identify): Identify {
  return async (headers) => (headers.authorization === undefined ? identify(headers, true) : { problem: crossSite });
}

const sessionEnded: Problem = {
  category: 'unauthenticated', code: 'session-ended', text: 'The session has ended.', fix: 'Sign in again.',
};
