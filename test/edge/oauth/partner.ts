import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Gateway } from '../../gateway.ts';

/** A partner's integration system: a key of its own, and requests to the gateway as its engineer would write them. */
export interface PartnerKey {
  kid: string;
  alg: string;
  open: JWK;
  secret: CryptoKey;
}

export async function partnerKey(alg: 'ES384' | 'RS384' = 'ES384'): Promise<PartnerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, ...(alg === 'RS384' && { modulusLength: 2048 }) });
  const open = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(open);
  return { kid, alg, open: { ...open, kid, use: 'sig', alg }, secret: privateKey };
}

export interface Assertion {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
}

/** An assertion for the gateway's token endpoint; `undefined` takes a claim or a header away. */
export async function assertionOf(url: string, client: string, key: PartnerKey, { claims = {}, header = {} }: Assertion = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: client, sub: client, aud: `${url}/oauth/token`, iat: now, exp: now + 60, jti: crypto.randomUUID(), ...claims };
  const protectedHeader = JSON.parse(JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })) as { alg: string };
  return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>).setProtectedHeader(protectedHeader).sign(key.secret);
}

export type OAuthAnswer = { status: number; body: Record<string, unknown> };

/** A form posted to the issuer with an assertion. */
export async function askIssuer(url: string, path: string, assertion: string, form: Record<string, string>): Promise<OAuthAnswer> {
  const body = new URLSearchParams({ client_assertion: assertion, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', ...form });
  const response = await fetch(`${url}/oauth/${path}`, { method: 'POST', body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
}

export async function askToken(url: string, client: string, key: PartnerKey, scope: string, assertion: Assertion = {}): Promise<OAuthAnswer> {
  return askIssuer(url, 'token', await assertionOf(url, client, key, assertion), { grant_type: 'client_credentials', scope });
}

/** A change of the registry, by default as the governance lead. */
export async function changeClients(gateway: Gateway, path: string, content: unknown, who = 'governance-lead'): Promise<{ status: number; body: Record<string, unknown> & { code?: string } }> {
  const response = await fetch(`${gateway.url}/governance/clients${path}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/json' }, body: JSON.stringify(content) });
  const body = (await response.json()) as Record<string, unknown> & { issue?: { details: { coding: { code: string }[] } }[] };
  const code = body.issue?.[0]?.details.coding[0]?.code;
  return { status: response.status, body: { ...body, ...(code !== undefined && { code }) } };
}
