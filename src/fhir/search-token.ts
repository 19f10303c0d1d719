import { hash } from 'node:crypto';

/**
 * How a value was said: `token` a code or identifier, `reference` a literal reference, `identifier` a logical reference,
 * `prefix` the normalised beginning of a text, `part` any part of one, `exact` a text as written, `sound` a word as spoken, `uri` one as written,
 * `word` the beginning of a word beside a code,
 * `below` one that another is below of, `of-type` an identifier with its type, `pair` two codes said together, `value` the
 * name of a value that is compared by its size, `present` that there is anything at all, `list` a list that is kept in order.
 */
export type TokenKind = 'token' | 'reference' | 'identifier' | 'prefix' | 'part' | 'exact' | 'sound' | 'word' | 'uri' | 'below' | 'of-type' | 'pair' | 'value' | 'present' | 'list';

/** A search value as a signed 64-bit number: the first eight bytes of SHA-256 over type, parameter, kind and value. */
export function searchToken(type: string, parameter: string, kind: TokenKind, value: string): bigint {
  const digest = hash('sha256', tokenStart(type, parameter, kind) + value, 'hex');
  return BigInt.asIntN(64, BigInt(`0x${digest.slice(0, 16)}`));
}

/** What is hashed before the value: the database continues it where it makes tokens of ids it found. */
export function tokenStart(type: string, parameter: string, kind: TokenKind): string {
  return `${type}\0${parameter}\0${kind}\0`;
}

/** By its last bits the database knows the token of a list that it keeps in order (src/store/schema/025-ordered-lists.ts). */
export const listMark = { bits: 0xfffn, value: 0xa57n };

/** The list of the rows that bear both of these tokens: a token they bear as well. */
export function listToken(type: string, state: bigint, by: bigint): bigint {
  return BigInt.asIntN(64, (searchToken(type, '', 'list', `${state}|${by}`) & ~listMark.bits) | listMark.value);
}
