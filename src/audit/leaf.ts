import { canonicalJson } from '../fhir/canonical-json.ts';
import { sha256 } from './tree.ts';
import type { AuditEntry } from './types.ts';

/** An entry's place in the log, and a commitment to what it says that says nothing by itself. */
export interface Leaf {
  /** position in the log, from 1, without gaps */
  seq: number;
  /** the entry's own instant, UTC ISO with milliseconds */
  at: string;
  /** SHA-256, 32 bytes */
  commitment: Uint8Array;
}

const minSaltBytes = 16;

/**
 * SHA-256(salt ‖ canonical JSON of the entry). The salt is random and the entry's own: with entry and salt erased,
 * nobody can guess the content back from the commitment, and the log stays whole. Refuses a salt under 16 bytes.
 */
export function commitmentOf(entry: AuditEntry, salt: Uint8Array): Uint8Array {
  return commitmentOfText(canonicalJson(entry), salt);
}

/** The same of an entry's canonical JSON. */
export function commitmentOfText(text: string, salt: Uint8Array): Uint8Array {
  if (salt.length < minSaltBytes) throw new RangeError(`a salt has at least ${minSaltBytes} bytes`);
  return sha256(Buffer.concat([salt, Buffer.from(text, 'utf8')]));
}

/** The bytes the log commits to, the `d` of RFC 6962: they hold no person data and can be published. */
export function leafData({ seq, at, commitment }: Leaf): Uint8Array {
  return Buffer.from(`{"at":${JSON.stringify(at)},"commitment":"${Buffer.from(commitment).toString('hex')}","seq":${seq}}`, 'utf8'); // canonical as it stands
}

/** SHA-256(0x00 ‖ leafData): the leaf hash of RFC 6962 section 2.1. */
export function leafHash(leaf: Leaf): Uint8Array {
  return sha256(Buffer.concat([Uint8Array.of(0x00), leafData(leaf)]));
}
