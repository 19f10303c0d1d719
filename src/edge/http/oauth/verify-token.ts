import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';

import type { Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { TokenName, TokenStops } from '../../../store/partners/token-stops.ts';
import { issuedAt, namesOf } from './end-tokens.ts';
import { readClaims } from './read-claims.ts';
import { createRemoteKeys, IssuerUnavailable } from './remote-keys.ts';
import { createVerifiedTokens } from './verified-tokens.ts';

/** Longest Authorization header looked at: larger ones are not worth the base64. */
const maxHeaderLength = 8192;
const skewSeconds = 60;
/** What ended a token before its time ends it in every process within this. */
export const revocationBoundMs = 2000;

export interface TokenVerifierConfig {
  /** the exact `iss` */
  issuer: string;
  /** the `aud` a token must name */
  audience: string;
  /** asymmetric algorithms accepted from this issuer */
  algorithms: readonly string[];
  /** the embedded issuer's public keys; absent = found by discovery at `issuer`, cached */
  jwks?: JSONWebKeySet;
  /** the `typ` of its access tokens; default at+jwt (RFC 9068) */
  type?: string;
  /** its claims in this gateway's words; null: not a token for us; absent: they are already */
  mapClaims?: (payload: JWTPayload) => JWTPayload | null;
  /** tokens of this issuer that ended before their time */
  stops?: Pick<TokenStops, 'isStopped'>;
  clock?: () => Date;
  /** milliseconds on a clock that is never set */
  elapsed?: () => number;
}

/** A token whose signature and claims are good, and when it was last asked whether it still counts. */
interface Known {
  requester: Requester;
  names: TokenName[];
  issuedAt: Date;
  askedAt: number;
}

export type VerifiedToken = { requester: Requester } | { problem: Problem };
export type TokenVerifier = (authorizationHeader: string | undefined) => Promise<VerifiedToken>;

/**
 * Makes the one function that turns an Authorization header into a `Requester`.
 *
 * Accepts a bearer JWT access token (RFC 9068, `typ` at+jwt) signed by a key of the configured issuer with an
 * algorithm from the list, for this audience, inside its time (60 s of skew), whose claims say who asks. The token's
 * own header never chooses a key: `jwk`, `jku` and `x5u` are ignored, an unknown `kid` or `crit` is refused. A token
 * that was revoked, or whose client was disabled, is refused within `revocationBoundMs`. Every refusal is one of
 * token-missing, token-invalid, token-expired, token-claims, token-revoked (401) or issuer-unavailable (503), and says
 * no more than that.
 */
export function createTokenVerifier(config: TokenVerifierConfig): TokenVerifier {
  const clock = config.clock ?? (() => new Date());
  const keys: JWTVerifyGetKey = config.jwks === undefined ? createRemoteKeys(config.issuer, clock) : createLocalJWKSet(config.jwks);
  const options = {
    issuer: config.issuer,
    audience: config.audience,
    algorithms: [...config.algorithms],
    typ: config.type ?? 'at+jwt',
    clockTolerance: skewSeconds,
    requiredClaims: config.mapClaims ? ['exp', 'iat'] : ['exp', 'iat', 'jti', 'sub', 'client_id'],
  };
  const verified = createVerifiedTokens<Known>();
  const elapsed = config.elapsed ?? (() => performance.now());

  async function check(token: string, now: Date): Promise<Known | { problem: Problem }> {
    const { payload } = await jwtVerify(token, keys, { ...options, currentDate: now });
    if (typeof payload.iat === 'number' && payload.iat > now.getTime() / 1000 + skewSeconds) return { problem: invalid };
    const claims = config.mapClaims ? config.mapClaims(payload) : payload;
    if (claims === null) return { problem: invalid };
    const read = readClaims(claims);
    if ('problem' in read) return read;
    const known = { requester: read.requester, names: namesOf(payload), issuedAt: issuedAt(payload), askedAt: Number.NEGATIVE_INFINITY };
    if (payload.exp !== undefined) verified.keep(token, known, (payload.exp + skewSeconds) * 1000, now);
    return known;
  }

  async function isStopped(known: Known): Promise<boolean> {
    const askedAt = elapsed();
    if (!config.stops || askedAt - known.askedAt < revocationBoundMs) return false;
    if (await config.stops.isStopped(known.names, known.issuedAt)) return true;
    known.askedAt = askedAt;
    return false;
  }

  return async (header) => {
    if (header === undefined || header.trim() === '') return { problem: missing };
    const token = bearerToken(header);
    if (token === null) return { problem: invalid };
    const now = clock();
    const known = verified.find(token, now) ?? (await check(token, now).catch((error: unknown) => ({ problem: describe(error) })));
    if ('problem' in known) return known;
    return (await isStopped(known)) ? { problem: revoked } : { requester: known.requester };
  };
}

/** RFC 6750 section 2.1, or null. */
function bearerToken(header: string): string | null {
  if (header.length > maxHeaderLength) return null;
  return /^Bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(header)?.[1] ?? null;
}

function describe(error: unknown): Problem {
  if (error instanceof errors.JWTExpired) return expired;
  if (error instanceof IssuerUnavailable) return unavailable;
  return invalid;
}

const missing: Problem = {
  category: 'unauthenticated', code: 'token-missing', text: 'This address needs a bearer token.',
  expected: 'Authorization: Bearer <access token>', fix: 'Ask the issuer for an access token and send it in the Authorization header.',
};
const invalid: Problem = {
  category: 'unauthenticated', code: 'token-invalid', text: 'The bearer token is not one this gateway accepts.', expected: 'Authorization: Bearer <access token>, by an issuer this gateway accepts, for this gateway',
  fix: 'Ask the issuer named in .well-known/smart-configuration for a new access token.',
};
const expired: Problem = {
  category: 'unauthenticated', code: 'token-expired', text: 'The bearer token has expired.', fix: 'Ask the issuer for a new access token.',
};
const unavailable: Problem = {
  category: 'unavailable', code: 'issuer-unavailable', text: 'The issuer cannot be reached, so no token can be checked.', fix: 'Try again shortly.',
};
const revoked: Problem = {
  category: 'unauthenticated', code: 'token-revoked', text: 'The bearer token was revoked, or its client was disabled.', fix: 'Ask the issuer for a new access token, or those who answer for sharing about the client.',
};
