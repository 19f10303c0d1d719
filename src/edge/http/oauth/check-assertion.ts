import { errors } from 'oidc-provider';
import type { Client, Context } from 'oidc-provider';

/** SMART Backend Services: an assertion lives five minutes at most. */
const maxAssertionSeconds = 300;
export const skewSeconds = 5;
/** What assertions may be signed with: those SMART names. */
export const assertionAlgorithms = ['ES384', 'RS384'];

interface AssertionClaims {
  aud?: unknown;
  exp?: unknown;
  iat?: unknown;
  jti?: unknown;
}

/**
 * Beyond what the library checks of an assertion (its client, its signature with the client's own key, its end, and that it
 * is used once): its audience is this issuer and nobody else, it lives five minutes at most, it names its key, and a `jku`
 * is the very address the client registered. Whoever comes this far has the client's key, and is told what is wrong.
 */
export function assertionCheck(issuer: string, clock: () => Date) {
  return (_context: Context, claims: AssertionClaims, header: { kid?: unknown; jku?: unknown; typ?: unknown }, client: Client): void => {
    const now = clock().getTime() / 1000;
    const audiences = Array.isArray(claims.aud) ? (claims.aud as unknown[]) : [claims.aud];
    if (audiences.length !== 1 || (audiences[0] !== issuer && audiences[0] !== `${issuer}/token`)) throw refused('aud must be the token endpoint of this issuer, and nothing else');
    if (typeof claims.exp !== 'number' || claims.exp > now + maxAssertionSeconds + skewSeconds) throw refused('exp must be within five minutes');
    if (typeof claims.iat === 'number' && claims.exp - claims.iat > maxAssertionSeconds) throw refused('exp must be within five minutes of iat');
    if (typeof claims.jti !== 'string' || claims.jti.length > 256) throw refused('jti must be a text of at most 256 characters');
    if (typeof header.kid !== 'string' || header.kid === '') throw refused('kid must name the key');
    if (header.typ !== undefined && header.typ !== 'JWT') throw refused('typ must be JWT');
    if (header.jku !== undefined && header.jku !== client.jwksUri) throw refused('jku must be the registered address of the keys');
  };
}

function refused(description: string): Error {
  return Object.assign(new errors.InvalidClientAuth(description), { error_description: description });
}
