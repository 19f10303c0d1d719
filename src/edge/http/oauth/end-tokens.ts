import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';
import type { Context } from 'oidc-provider';
import type { TokenName, TokenStops } from '../../../store/partners/token-stops.ts';

export interface OwnTokens {
  issuer: string;
  audience: string;
  jwks: JSONWebKeySet;
  stops: TokenStops;
  clock: () => Date;
}

/**
 * Revocation (RFC 7009) and introspection (RFC 7662) of the issuer's access tokens, which are JWTs: the library does both for
 * what it keeps itself, and refuses these only once it knows which client asks. A token of another client, a forged one and
 * one that has ended are answered alike: nothing to revoke, not active.
 */
export function endTokens(own: OwnTokens): (context: Context, next: () => Promise<void>) => Promise<void> {
  const keys = createLocalJWKSet(own.jwks);

  async function read(token: string | undefined, client: string): Promise<JWTPayload | null> {
    const options = { issuer: own.issuer, audience: own.audience, algorithms: ['ES384'], typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'jti', 'client_id'], currentDate: own.clock() };
    const claims = await jwtVerify(token ?? '', keys, options).then(({ payload }) => payload, () => null);
    return claims?.['client_id'] === client ? claims : null;
  }

  return async (context, next) => {
    await next();
    const { oidc } = context;
    if (!oidc?.client || !refusedAsJwt(context.body) || (oidc.route !== 'revocation' && oidc.route !== 'introspection')) return;
    const claims = await read(oidc.params?.token, oidc.client.clientId);
    context.status = 200;
    if (oidc.route === 'introspection') {
      context.body = claims && !(await own.stops.isStopped(namesOf(claims), issuedAt(claims))) ? { ...claims, active: true, token_type: 'Bearer' } : { active: false };
      return;
    }
    if (claims?.exp !== undefined) await own.stops.stop(`token ${claims.jti ?? ''}`, new Date((claims.exp + graceSeconds) * 1000));
    context.body = '';
  };
}

/** a token is accepted a little past its end, where clocks differ */
const graceSeconds = 120;

/** What a token can be stopped by. */
export function namesOf({ jti, client_id: client, grant }: JWTPayload): TokenName[] {
  return [`token ${jti ?? ''}`, ...(typeof client === 'string' ? [`client ${client}` as const] : []), ...(typeof grant === 'string' ? [`grant ${grant}` as const] : [])];
}

export function issuedAt({ iat = 0 }: JWTPayload): Date {
  return new Date(iat * 1000);
}

function refusedAsJwt(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body && body.error === 'unsupported_token_type';
}
