import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { Problem } from '../../fhir/problem.ts';
import { purposes, type OrganisationKey, type Purpose } from '../../fhir/sharing.ts';
import type { ClientKey } from '../../store/partners/oauth-clients.ts';

/** A client as somebody asks for it to be registered; what it is not said to be is empty. */
export interface ClientAsk {
  id: string;
  kind: 'system' | 'app';
  name: string;
  organisation: OrganisationKey;
  purpose: string;
  scopes: readonly string[];
  /** a JWK Set, or null */
  keys: unknown;
  keysUrl: string;
  redirectUris: readonly string[];
  launchUrl: string;
  contact: string;
}

export type CheckedKeys = { keys: Pick<ClientKey, 'kid' | 'jwk'>[] } | { problem: Problem };

const mostKeys = 5;
/** RSA moduli, in bits: shorter ones are broken, longer ones cost whoever checks them */
const rsaBits = { least: 2048, most: 8192 };
const privateParts = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const kidForm = /^[A-Za-z0-9._~:+/=-]{1,128}$/;
const systemScope = /^(?:intake|feeds|system\/(?:\*|[A-Z][A-Za-z]{1,39})\.(?=[cruds])c?r?u?d?s?)$/;
const appScope = /^(?:openid|fhirUser|offline_access|launch(?:\/patient)?|patient\/(?:\*|[A-Z][A-Za-z]{1,39})\.(?=[rs])r?s?|user\/(?:\*|[A-Z][A-Za-z]{1,39})\.(?=[cruds])c?r?u?d?s?)$/;

/** Everything wrong about a client that is to be registered, told together. Keys and organisation are looked at apart. */
export function checkClient(ask: ClientAsk): Problem[] {
  const scope = ask.kind === 'system' ? systemScope : appScope;
  return [
    when(!isClientId(ask.id), 'id', 'lower-case letters, digits and hyphens, 3 to 64 characters, beginning with a letter'),
    when(ask.scopes.length === 0 || ask.scopes.length > 32 || !ask.scopes.every((each) => scope.test(each)), 'scopes', ask.kind === 'system' ? 'intake, feeds, or scopes of SMART v2 such as system/Patient.rs' : 'openid, fhirUser, offline_access, launch, launch/patient, or scopes of SMART v2 such as user/Observation.rs or patient/Observation.rs'),
    when(ask.kind === 'system' && !isPurpose(ask.purpose), 'purpose', purposes.join(', ')),
    when(ask.kind === 'app' && ask.purpose !== '', 'purpose', 'nothing: an app acts for the purpose of the person who signs in'),
    when(ask.kind === 'system' && ask.keys === null && ask.keysUrl === '', 'keys', 'a JWK Set, or keysUrl'),
    when(ask.keys !== null && ask.keysUrl !== '', 'keysUrl', 'keys or keysUrl, not both'),
    when(ask.keysUrl !== '' && !isHttps(ask.keysUrl), 'keysUrl', 'an https address without credentials and fragment'),
    when(ask.kind === 'system' ? ask.redirectUris.length > 0 : !isRedirects(ask.redirectUris), 'redirectUris', ask.kind === 'system' ? 'none: a system has no browser' : '1 to 5 https addresses, or http on 127.0.0.1 or [::1], without fragment'),
    when(ask.launchUrl !== '' && (ask.kind === 'system' || !isRedirect(ask.launchUrl)), 'launchUrl', 'for an app, an https address without fragment'),
  ].flat();
}

export function isClientId(text: string): boolean {
  return /^[a-z][a-z0-9-]{1,62}[a-z0-9]$/.test(text);
}

export function isPurpose(text: string): text is Purpose {
  return purposes.some((purpose) => purpose === text);
}

/**
 * The public keys of a JWK Set, each in one form: kty, its numbers, kid, use, alg. Refused: more than five, a private part
 * anywhere, a key without kid or two with one, RSA below 2048 bits, a curve but P-384, an algorithm but RS384 and ES384
 * (SMART Backend Services), a point that is not on its curve.
 */
export function checkClientKeys(set: unknown): CheckedKeys {
  const list: unknown = isObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(list) || list.length === 0 || list.length > mostKeys || !list.every(isObject)) return wrong(`a JWK Set with 1 to ${mostKeys} keys`);
  if (list.some((key) => privateParts.some((part) => part in key))) return { problem: privateKey };
  const keys = list.map(publicForm);
  const at = keys.findIndex((key) => key === null);
  if (at >= 0) return wrong('RSA of 2048 to 8192 bits for RS384 or EC on P-384 for ES384, with a kid of at most 128 characters, for use sig', `/keys/keys/${at}`);
  const known = keys.filter((key) => key !== null);
  return new Set(known.map(({ kid }) => kid)).size < known.length ? wrong('a kid of its own for each key') : { keys: known };
}

function publicForm(key: Record<string, unknown>): Pick<ClientKey, 'kid' | 'jwk'> | null {
  const { kty, kid, use = 'sig', alg, crv, x, y, n, e } = key;
  const rsa = kty === 'RSA';
  const known = rsa ? typeof n === 'string' && typeof e === 'string' : kty === 'EC' && crv === 'P-384' && typeof x === 'string' && typeof y === 'string';
  const own = rsa ? 'RS384' : 'ES384';
  if (!known || typeof kid !== 'string' || !kidForm.test(kid) || use !== 'sig' || (alg !== undefined && alg !== own)) return null;
  const form = rsa ? { kty, n, e, kid, use, alg: own } : { kty, crv, x, y, kid, use, alg: own };
  return isSound(form as JsonWebKey) ? { kid, jwk: JSON.stringify(form) } : null;
}

/** Whether it is a key at all, and a strong one. */
function isSound(jwk: JsonWebKey): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: jwk, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    return bits === undefined || (bits >= rsaBits.least && bits <= rsaBits.most && (asymmetricKeyDetails?.publicExponent ?? 0n) >= 65_537n);
  } catch {
    return false;
  }
}

function isHttps(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && text.length <= 512 && url.protocol === 'https:' && url.username === '' && url.password === '' && !text.includes('#') && url.href === text;
}

function isRedirects(addresses: readonly string[]): boolean {
  return addresses.length >= 1 && addresses.length <= 5 && addresses.every(isRedirect) && new Set(addresses.map(isLoopbackHttp)).size === 1;
}

function isRedirect(text: string): boolean {
  return isHttps(text) || isLoopbackHttp(text);
}

/** RFC 8252 section 7.3: a program on the person's own machine. */
export function isLoopbackHttp(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && text.length <= 512 && url.protocol === 'http:' && ['127.0.0.1', '[::1]'].includes(url.hostname) && url.username === '' && !text.includes('#');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function when(wrongly: boolean, field: string, expected: string): Problem[] {
  return wrongly ? [{ category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: `/${field}` }, expected }] : [];
}

function wrong(expected: string, pointer = '/keys'): { problem: Problem } {
  return { problem: { category: 'invalid', code: 'client-keys-invalid', text: 'These are not keys a client can sign with here.', at: { pointer }, expected } };
}

const privateKey: Problem = {
  category: 'invalid', code: 'client-key-private', text: 'A key that was sent has its private part with it.', at: { pointer: '/keys' }, expected: 'public keys alone',
  fix: 'Make a new key: this one has left its owner\'s hands. Send the public half of the new one.',
};
