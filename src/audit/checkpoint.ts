import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { sha256 } from './tree.ts';

/** What a log says of itself at one moment. A C2SP tlog-checkpoint: https://c2sp.org/tlog-checkpoint */
export interface Checkpoint {
  /** the log's own name, which never changes */
  origin: string;
  size: number;
  /** root of the tree of this size, 32 bytes */
  root: Uint8Array;
}

/** Signs notes with one key. */
export interface Signer {
  /** `name+key id+key` as C2SP writes a key to verify with: what partners are given */
  verifierKey: string;
  /** the line under a note's text */
  signatureOf: (text: string) => string;
}

/** https://c2sp.org/signed-note: the type of an Ed25519 key */
const ed25519 = 0x01;

/** The three lines that are signed. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${base64(root)}\n`;
}

/** A C2SP signed note: the text, a blank line, one line for each signature. */
export function signedNote(text: string, signers: readonly Signer[]): string {
  return `${text}\n${signers.map(({ signatureOf }) => `${signatureOf(text)}\n`).join('')}`;
}

/** The three lines of a note as they were meant; null when they are no checkpoint. Signatures are not looked at. */
export function readCheckpoint(note: string): Checkpoint | null {
  const [, origin = '', size = '', root = ''] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([A-Za-z0-9+/]{43}=)\n\n/.exec(note) ?? [];
  return origin === '' ? null : { origin, size: Number(size), root: Buffer.from(root, 'base64') };
}

/** `name` is the log's origin: no space, no plus sign. Refuses a key that is not Ed25519. */
export function signerOf(name: string, key: KeyObject): Signer {
  if (key.asymmetricKeyType !== 'ed25519') throw new RangeError('checkpoints are signed with Ed25519');
  const publicKey = Buffer.concat([Uint8Array.of(ed25519), Buffer.from(createPublicKey(key).export({ format: 'jwk' }).x ?? '', 'base64url')]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), publicKey])).subarray(0, 4);
  return {
    verifierKey: `${name}+${Buffer.from(id).toString('hex')}+${base64(publicKey)}`,
    signatureOf: (text) => `\u2014 ${name} ${base64(Buffer.concat([id, sign(null, Buffer.from(text, 'utf8'), key)]))}`,
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
