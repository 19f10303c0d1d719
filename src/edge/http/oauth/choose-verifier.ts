import { decodeJwt } from 'jose';
import type { OtherIssuer } from '../../../config-issuers.ts';
import type { IssuerConfig } from '../../../config.ts';
import type { IssuerStores } from './issuer-adapter.ts';
import type { Issuer } from './issuer.ts';
import { mapClaims } from './map-claims.ts';
import { createTokenVerifier, type TokenVerifier } from './verify-token.ts';

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

/** Everybody whose tokens count: the gateway itself, the issuer of OIDC_ISSUER, and those of the file. A client that is disabled here is so whoever gave its token; those of the file go by names of their own. */
export function trustedIssuers({ kind, url, audience, algorithms }: IssuerConfig, others: readonly OtherIssuer[], own: Issuer, { stops, knownName: nameOf }: Pick<IssuerStores, 'stops'> & { knownName: (organisation: string) => string | undefined }): [TrustedIssuer, ...TrustedIssuer[]] {
  const people = kind === 'external' ? [{ issuer: url, verify: createTokenVerifier({ issuer: url, audience, algorithms, stops }) }] : [];
  return [{ issuer: own.metadata.issuer, verify: own.verify }, ...people, ...others.map((other) => trustOther(other, nameOf))];
}

/** An issuer of somebody else's, whose claims are told in this gateway's words first. `nameOf`: of an organisation there is. */
export function trustOther(other: OtherIssuer, nameOf: (organisation: string) => string | undefined, clock = () => new Date()): TrustedIssuer {
  const { issuer, audience, algorithms, type } = other;
  return { issuer, verify: createTokenVerifier({ issuer, audience, algorithms, type, clock, mapClaims: (payload) => mapClaims(payload, other, nameOf) }) };
}

/** What a token says of itself, before anybody believes it. */
function issuerIn(header = ''): string | undefined {
  try {
    return decodeJwt(header.trim().split(' ').at(-1) ?? '').iss;
  } catch {
    return undefined;
  }
}
