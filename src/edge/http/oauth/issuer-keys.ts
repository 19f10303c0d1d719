import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';

import { hasCode } from '../../has-code.ts';

/** A private ES384 key with its `kid`. */
export type PrivateKey = JWK & { kty: 'EC'; crv: 'P-384'; x: string; y: string; d: string; kid: string };

/** The issuer's own signing key in a data folder. */
export function issuerKeyFile(dataDir: string): string {
  return join(dataDir, 'issuer', 'signing-key.json');
}

/** The viewer's own client key in a data folder: beside the demo clients' keys, which are for the command line. */
export function viewerKeyFile(dataDir: string): string {
  return join(dataDir, 'issuer', 'viewer-key.json');
}

/** The private key of one demo client in a data folder; `id` has been checked against the list of clients. */
export function clientKeyFile(dataDir: string, id: string): string {
  return join(dataDir, 'issuer', 'clients', `${id}.json`);
}

/**
 * Reads the key at `path`, making it on first use. Files are readable by their owner only and appear whole or not at
 * all; of two processes making the same key, one wins and both use it.
 */
export async function keepKey(path: string): Promise<PrivateKey> {
  const kept = await readKey(path);
  if (kept !== null) return kept;
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  const { privateKey } = await generateKeyPair('ES384', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, `${JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'ES384' })}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(draft);
  }
  const made = await readKey(path);
  if (made === null) throw new Error('key-not-written');
  return made;
}

/** The key at `path`; null where there is none. A file that is not such a key throws. */
export async function readKey(path: string): Promise<PrivateKey | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  const key: unknown = JSON.parse(text);
  if (!isPrivateKey(key)) throw new Error('key-unreadable');
  return key;
}

/** What may be published of a key. */
export function publicKey(key: PrivateKey): JWK {
  return { kty: key.kty, crv: key.crv, x: key.x, y: key.y, kid: key.kid, use: 'sig', alg: 'ES384' };
}

function isPrivateKey(value: unknown): value is PrivateKey {
  if (typeof value !== 'object' || value === null) return false;
  const key = value as Record<string, unknown>;
  return key['kty'] === 'EC' && key['crv'] === 'P-384' && ['x', 'y', 'd', 'kid'].every((part) => typeof key[part] === 'string' && key[part] !== '');
}
