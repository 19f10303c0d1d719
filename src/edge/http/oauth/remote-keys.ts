import { createRemoteJWKSet, customFetch, errors } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

/** Thrown when the issuer's keys cannot be had; the caller answers 503 and nobody is let in. */
export class IssuerUnavailable extends Error {}

const timeoutMs = 5000;
const retryAfterMs = 30_000;
const keysLiveMs = 10 * 60_000;
const maxDocumentBytes = 256 * 1024;

/**
 * The signing keys of an external issuer: found once by OpenID Connect discovery, kept ten minutes, fetched again for
 * an unknown `kid` at most every thirty seconds, so a flood of made-up key ids reaches the issuer no faster than that.
 * Redirects are not followed, and the discovered issuer must be exactly the configured one.
 */
export function createRemoteKeys(issuer: string, clock: () => Date): JWTVerifyGetKey {
  let found: JWTVerifyGetKey | null = null;
  let looking: Promise<JWTVerifyGetKey> | null = null;
  let failedAt = Number.NEGATIVE_INFINITY;

  async function find(): Promise<JWTVerifyGetKey> {
    if (found !== null) return found;
    if (looking === null && clock().getTime() - failedAt < retryAfterMs) throw new IssuerUnavailable();
    looking ??= discover(issuer, clock).then(
      (keys) => { found = keys; looking = null; return keys; },
      () => { failedAt = clock().getTime(); looking = null; throw new IssuerUnavailable(); },
    );
    return looking;
  }

  return async (header, token) => {
    const keys = await find();
    try {
      return await keys(header, token);
    } catch (error) {
      // No fitting key says something about the token; anything else says something about the issuer.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported) throw error;
      throw new IssuerUnavailable();
    }
  };
}

/** OpenID Connect Discovery 1.0 section 4, or a throw. */
async function discover(issuer: string, clock: () => Date): Promise<JWTVerifyGetKey> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, {
    redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { accept: 'application/json' },
  });
  if (response.status !== 200) throw new IssuerUnavailable();
  const metadata: unknown = JSON.parse(await limitedText(response));
  const stated = typeof metadata === 'object' && metadata !== null ? (metadata as Record<string, unknown>) : {};
  const keysUrl = typeof stated['jwks_uri'] === 'string' ? URL.parse(stated['jwks_uri']) : null;
  if (stated['issuer'] !== issuer || keysUrl === null || keysUrl.protocol !== new URL(issuer).protocol) throw new IssuerUnavailable();
  return createRemoteJWKSet(keysUrl, { timeoutDuration: timeoutMs, cooldownDuration: retryAfterMs, cacheMaxAge: keysLiveMs, [customFetch]: coolingFetch(clock) });
}

/** jose spaces out refetches after a success; this does the same after a failure. */
function coolingFetch(clock: () => Date): (url: string, options: RequestInit) => Promise<Response> {
  let failedAt = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    if (clock().getTime() - failedAt < retryAfterMs) throw new IssuerUnavailable();
    try {
      const response = await fetch(url, { ...options, redirect: 'error' });
      if (response.status !== 200) throw new IssuerUnavailable();
      return new Response(await limitedText(response), { status: 200 });
    } catch {
      failedAt = clock().getTime();
      throw new IssuerUnavailable();
    }
  };
}

async function limitedText(response: Response): Promise<string> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    if (size > maxDocumentBytes) throw new IssuerUnavailable();
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
