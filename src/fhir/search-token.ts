import { hash } from 'node:crypto';

/**
 * How a value was said: `token` a code or identifier, `reference` a literal reference, `identifier` a logical
 * reference, `prefix` the normalised beginning of a text, `exact` a text as written, `uri` a whole URI, `below` one that
 * begins others.
 */
export type TokenKind = 'token' | 'reference' | 'identifier' | 'prefix' | 'exact' | 'uri' | 'below';

/** A search value as a signed 64-bit number: the first eight bytes of SHA-256 over type, parameter, kind and value. */
export function searchToken(type: string, parameter: string, kind: TokenKind, value: string): bigint {
  const digest = hash('sha256', `${type}\0${parameter}\0${kind}\0${value}`, 'hex');
  return BigInt.asIntN(64, BigInt(`0x${digest.slice(0, 16)}`));
}
