import { createHmac, createPrivateKey, createSecretKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { rememberRecent } from '../fhir/remember-recent.ts';
import type { Database } from './database.ts';

/**
 * Keys of this one record, made once and kept in it: nothing outside can be guessed from an id, a hash or a page link. Key
 * objects, because Node hashes with one four times as fast as with the same bytes in a buffer.
 */
export interface Secrets {
  /** resource ids from partners' keys */
  id: KeyObject;
  /** blocking keys of people */
  person: KeyObject;
  /** page links */
  page: KeyObject;
}

export async function loadSecrets(database: Database): Promise<Secrets> {
  const secret = async (name: string): Promise<KeyObject> => createSecretKey(await kept(database, name, randomBytes(32)));
  return { id: await secret('id'), person: await secret('person'), page: await secret('page') };
}

/** The Ed25519 key that signs checkpoints where no file holds one; made once. */
export async function loadSigningKey(database: Database): Promise<KeyObject> {
  const made = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  return createPrivateKey({ key: await kept(database, 'audit-signing', made), type: 'pkcs8', format: 'der' });
}

/** What was kept under this name first. */
async function kept(database: Database, name: string, made: Buffer): Promise<Buffer> {
  await database.query('insert into setting (name, value) values ($1, $2) on conflict do nothing', [name, made]);
  const [row] = await database.query<{ value: Buffer }>('select value from setting where name = $1', [name]);
  if (!row) throw new Error(`setting ${name} is missing`);
  return row.value;
}

/** A message names mostly what the one before named: making an id anew costs ten times the looking up. */
const mostRemembered = 20_000;
const idsOf = new WeakMap<KeyObject, (name: string, make: () => string) => string>();

/** A UUID (version 8) from a keyed hash: the same partner's key gives the same id, and nobody can try numbers against it. */
export function keyedUuid(key: KeyObject, ...parts: string[]): string {
  const remembered = idsOf.get(key) ?? rememberRecent<string>(mostRemembered);
  idsOf.set(key, remembered);
  return remembered(parts.join('\u0000'), () => makeUuid(key, parts));
}

function makeUuid(key: KeyObject, parts: readonly string[]): string {
  const bytes = createHmac('sha256', key).update(parts.join('\u0000')).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** 16 bytes standing for a blocking key. */
export function keyedHash(key: KeyObject, value: string): Buffer {
  return createHmac('sha256', key).update(value).digest().subarray(0, 16);
}

/** Every id of a row is a UUID: what is not one names nothing, and must not reach a `uuid` parameter. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
}
