import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { CookieOptions, Response } from 'express';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** What a browser holds of its session: a random secret, in a cookie no script can read. */
export interface SessionCookie {
  name: string;
  options: CookieOptions;
  /** the secret of a request's Cookie header, or null */
  read(header: string | undefined): string | null;
  set(response: Response, secret: string): void;
  clear(response: Response): void;
}

/**
 * `__Host-` ties a cookie to this host, to TLS and to the whole site (RFC 6265bis). Without TLS, which configuration
 * allows on loopback only, the prefix cannot be used and the name says so.
 */
export function sessionCookie(baseUrl: string): SessionCookie {
  const secure = baseUrl.startsWith('https:');
  const name = secure ? '__Host-onestory' : 'onestory-loopback';
  const options: CookieOptions = { httpOnly: true, secure, sameSite: 'strict', path: '/' };
  return {
    name, options,
    read: (header) => {
      const secret = cookieNamed(header, name);
      return secret !== null && /^[\w-]{43}$/.test(secret) ? secret : null;
    },
    set: (response, secret) => { response.cookie(name, secret, options); },
    clear: (response) => { response.clearCookie(name, options); },
  };
}

/** One cookie's value; of several with one name the header is not to be trusted. */
export function cookieNamed(header: string | undefined, name: string): string | null {
  const found = (header ?? '').split(';').map((pair) => pair.trim()).filter((pair) => pair.startsWith(`${name}=`));
  return found.length === 1 ? (found[0] ?? '').slice(name.length + 1) : null;
}

export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** What the record knows a session by. */
export function sessionId(secret: string): Uint8Array {
  return createHash('sha256').update(`onestory session id\0${secret}`).digest();
}

/** JSON under a key made from the secret: JWE, AES-256-GCM. */
export async function seal(secret: string, value: unknown): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value))).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(keyFrom(secret));
}

/** Null where it was sealed with another secret, or is no seal of ours. */
export async function unseal<T>(secret: string, sealed: string): Promise<T | null> {
  try {
    const { plaintext } = await compactDecrypt(sealed, keyFrom(secret), { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] });
    return JSON.parse(new TextDecoder().decode(plaintext)) as T;
  } catch {
    return null;
  }
}

function keyFrom(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'onestory session tokens', 32));
}
