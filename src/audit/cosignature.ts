import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { sha256 } from './tree.ts';

/** Somebody who signs that they saw a checkpoint, and that it followed from the one they saw before: https://c2sp.org/tlog-witness */
export interface Witness {
  /** `name+key id`, by which what it signed is kept */
  id: string;
  name: string;
  /** 4 bytes */
  keyId: Uint8Array;
  key: KeyObject;
}

/** https://c2sp.org/tlog-cosignature: the type of a key whose signatures say when */
const timedEd25519 = 0x04;

/** A witness's key as C2SP writes it, `name+key id+key`; null when it is no key of that sort. */
export function readWitnessKey(text: string): Witness | null {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/.exec(text) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  const keyId = sha256(Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), bytes])).subarray(0, 4);
  if (bytes[0] !== timedEd25519 || Buffer.from(keyId).toString('hex') !== id) return null;
  return { id: `${name}+${id}`, name, keyId, key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.subarray(1).toString('base64url') }, format: 'jwk' }) };
}

/** The line by which this witness signed a checkpoint's text; null where none of these lines is that. */
export function cosignatureIn(lines: string, witness: Witness, text: string): string | null {
  return lines.split('\n').find((line) => {
    const [, name, encoded = ''] = /^\u2014 (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    if (name !== witness.name || bytes.length !== 76 || Buffer.compare(bytes.subarray(0, 4), witness.keyId) !== 0) return false;
    return verify(null, Buffer.from(`cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}`, 'utf8'), witness.key, bytes.subarray(12));
  }) ?? null;
}
