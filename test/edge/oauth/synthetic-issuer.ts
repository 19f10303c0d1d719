import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JSONWebKeySet, JWTPayload } from 'jose';

export const now = new Date('2026-03-02T09:00:00Z');
export const epoch = Math.floor(now.getTime() / 1000);
export const issuer = 'https://issuer.example';
export const audience = 'https://gateway.example/fhir';
export const kid = 'key-1';

/** Claims of a doctor at the hospital, as the gateway wants them; every test changes what it is about. */
export const goodClaims: JWTPayload = {
  iss: issuer, aud: audience, sub: 'ward-doctor', client_id: 'ward-doctor', jti: 'token-1', iat: epoch - 10, nbf: epoch - 10, exp: epoch + 600,
  scope: 'user/*.rs', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisation_name: 'University Hospitals Birmingham',
  role: 'doctor', purpose: 'TREAT', name: 'Dr Synthetic',
};
export const goodHeader = { alg: 'ES384', typ: 'at+jwt', kid };

export interface SyntheticIssuer {
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwks: JSONWebKeySet;
}

/** An issuer whose keys only this test run knows. */
export async function syntheticIssuer(alg = 'ES384'): Promise<SyntheticIssuer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicKey, jwks: { keys: [{ ...(await exportJWK(publicKey)), kid, use: 'sig', alg }] } };
}

/** Claims to set; `undefined` takes one away. */
export type Changes = Record<string, unknown>;

/** A token signed as its header says. */
export async function sign(key: CryptoKey | Uint8Array, claims: Changes = {}, header: Record<string, unknown> = {}): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...goodClaims, ...claims })) as JWTPayload;
  return new SignJWT(payload).setProtectedHeader({ ...goodHeader, ...header }).sign(key);
}

/** Three parts put together by hand, for what no library would sign. */
export function forge(header: Record<string, unknown>, payload: unknown, signature: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}
