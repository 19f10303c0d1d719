import { randomUUID } from 'node:crypto';
import { importJWK, SignJWT } from 'jose';

import type { Problem } from '../../fhir/problem.ts';
import type { PrivateKey } from '../http/oauth/issuer-keys.ts';

const timeoutMs = 10_000;

export interface TokenRequest {
  /** the gateway's address, without trailing slash */
  base: string;
  clientId: string;
  key: PrivateKey;
  scopes: readonly string[];
  clock: () => Date;
}

/**
 * Asks the running gateway's embedded issuer for an access token, as SMART Backend Services does it: client
 * credentials with an assertion signed by the client's private key, good for one minute and one use.
 */
export async function requestToken(request: TokenRequest): Promise<{ token: string } | { problem: Problem }> {
  const issuer = await findIssuer(request.base);
  if (typeof issuer !== 'string') return issuer;
  const answer = await post(`${request.base}/oauth/token`, {
    grant_type: 'client_credentials',
    scope: request.scopes.join(' '),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signAssertion(request, issuer),
  });
  if (answer === null) return { problem: notRunning(request.base) };
  if (typeof answer['access_token'] === 'string') return { token: answer['access_token'] };
  return { problem: refused(request.base, answer['error']) };
}

async function signAssertion(request: TokenRequest, issuer: string): Promise<string> {
  const issuedAt = Math.floor(request.clock().getTime() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES384', kid: request.key.kid, typ: 'JWT' })
    .setIssuer(request.clientId).setSubject(request.clientId).setAudience(`${issuer}/token`)
    .setIssuedAt(issuedAt).setExpirationTime(issuedAt + 60).setJti(randomUUID())
    .sign(await importJWK(request.key, 'ES384'));
}

/** The issuer's own name for itself, which an assertion must be addressed to. */
async function findIssuer(base: string): Promise<string | { problem: Problem }> {
  const answer = await read(fetch(`${base}/oauth/.well-known/openid-configuration`, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }));
  if (answer === null) return { problem: notRunning(base) };
  if (typeof answer['issuer'] === 'string') return answer['issuer'];
  return {
    problem: {
      category: 'not-found', code: 'issuer-not-embedded', text: `The gateway at ${base} has no embedded issuer.`,
      fix: 'With OIDC_ISSUER set, ask that issuer for a token.',
    },
  };
}

async function post(url: string, form: Record<string, string>): Promise<Record<string, unknown> | null> {
  return read(fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'error', signal: AbortSignal.timeout(timeoutMs) }));
}

/** A JSON answer as an object, empty where it is something else; null where nobody answered. */
async function read(answer: Promise<Response>): Promise<Record<string, unknown> | null> {
  let text: string;
  try {
    text = await (await answer).text();
  } catch {
    return null;
  }
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function notRunning(base: string): Problem {
  return {
    category: 'unavailable', code: 'gateway-not-running', text: `No gateway answers at ${base}.`,
    fix: 'Start it with npm start, or name the right address with --base.',
  };
}

function refused(base: string, error: unknown): Problem {
  const known = typeof error === 'string' && /^[a-z_]{1,40}$/.test(error) ? error : 'no reason given';
  return {
    category: 'forbidden', code: 'token-refused', text: `The gateway at ${base} refused to give a token (${known}).`,
    fix: 'With a name of the demo, check that the gateway runs on the same DATA_DIR as this command; with a key, that the client is registered with it, is enabled and has these scopes.',
  };
}
