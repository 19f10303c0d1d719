import { decodeJwt } from 'jose';
import type { TokenVerifier } from './verify-token.ts';

/**
 * Of several issuers the one a token says it is of checks it, and takes it only if that is true. A token that names none of
 * them, or cannot be read, goes to the first, which refuses it in the words it has for every bad token.
 */
export function chooseVerifier(trusted: readonly [TrustedIssuer, ...TrustedIssuer[]]): TokenVerifier {
  const [first] = trusted;
  return (header) => (trusted.find(({ issuer }) => issuer === issuerIn(header)) ?? first).verify(header);
}

export interface TrustedIssuer {
  /** its exact name */
  issuer: string;
  verify: TokenVerifier;
}

/** What a token says of itself, before anybody believes it. */
function issuerIn(header = ''): string | undefined {
  try {
    return decodeJwt(header.trim().split(' ').at(-1) ?? '').iss;
  } catch {
    return undefined;
  }
}
