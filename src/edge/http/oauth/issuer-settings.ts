import { randomBytes } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { Account, Client, Context, Grant, StoredPayload } from 'oidc-provider';

import type { DemoClient } from '../../demo-client.ts';
import type { PrivateKey } from './issuer-keys.ts';
import { createIssuerMemory } from './issuer-memory.ts';

/** SMART Backend Services: an assertion lives five minutes at most. */
const maxAssertionSeconds = 300;
const skewSeconds = 5;
const tokenSeconds = { person: 3600, feed: 300, viewer: 600 } as const;
/** Sign-ins under way, and what a signed-in browser may renew its tokens with. */
const signInSeconds = 600;
const renewableSeconds = 12 * 3600;
/** The viewer acts for whoever signed in, and may do of this what they may; what they see is for agreements and choices to say. */
export const viewerClientId = 'onestory-viewer';
/** the issuer's own cookie, of its own path */
export const sessionCookie = 'onestory-issuer';
export const viewerScopes = ['openid', 'user/*.rs', 'user/Consent.cu', 'user/Consent.c', 'user/ServiceRequest.cud', 'user/Task.cud', 'user/Task.u'];
/** What assertions may be signed with; demo keys are ES384, and SMART names both. */
export const assertionAlgorithms = ['ES384', 'RS384'];

export interface IssuerFacts {
  /** the issuer's exact name */
  url: string;
  audience: string;
  clients: readonly DemoClient[];
  clock: () => Date;
  signingKey: PrivateKey;
  registered: readonly (StoredPayload & { client_id: string })[];
  scopes: readonly string[];
}

/** What oidc-provider is told: two grants, one resource, keys it must use, and how long anything lives. */
export function issuerSettings(facts: IssuerFacts): Record<string, unknown> {
  const personas = facts.clients.filter(({ kind }) => kind === 'person');
  return {
    adapter: createIssuerMemory(new Map(facts.registered.map((client) => [client.client_id, client])), facts.clock),
    assertJwtClientAuthClaimsAndHeader: assertionCheck(facts.url, facts.clock),
    clientBasedCORS: () => false,
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    clockTolerance: skewSeconds,
    cookies: { keys: [randomBytes(32)], names: { session: sessionCookie }, long: { path: '/oauth', signed: true }, short: { signed: true } },
    enabledJWA: { clientAuthSigningAlgValues: assertionAlgorithms, idTokenSigningAlgValues: ['ES384'] },
    extraTokenClaims: tokenClaims(facts.clients),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => facts.audience,
        getResourceServerInfo: resourceServer(facts),
        useGrantedResource: () => true,
      },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
    },
    claims: { openid: ['sub'] },
    expiresWithSession: () => false,
    findAccount: (_context: Context, id: string): Account | undefined => (personas.some((persona) => persona.id === id) ? { accountId: id, claims: () => Promise.resolve({ sub: id }) } : undefined),
    interactions: { url: (_context: Context, { uid }: { uid: string }) => `/oauth/interaction/${uid}` },
    issueRefreshToken: (_context: Context, client: Client) => Promise.resolve(client.clientId === viewerClientId),
    loadExistingGrant: grantTo(facts.audience, personas),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    jwks: { keys: [facts.signingKey] },
    renderError: (context: Context, out: unknown) => { context.body = out; },
    responseTypes: ['code'],
    scopes: facts.scopes,
    ttl: {
      AuthorizationCode: 60, Interaction: signInSeconds, Session: signInSeconds, Grant: renewableSeconds, RefreshToken: renewableSeconds, IdToken: signInSeconds, AccessToken: tokenSeconds.viewer,
      ClientCredentials: (_context: Context, token: { resourceServer?: { accessTokenTTL?: number } }) => token.resourceServer?.accessTokenTTL ?? tokenSeconds.feed,
    },
  };
}

/** Nobody is asked whether the viewer may act for them: it is the gateway's own. It gets what both it and the person are registered for. */
function grantTo(audience: string, personas: readonly DemoClient[]) {
  return async ({ oidc: { provider, session, client } }: Context): Promise<Grant> => {
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: client?.clientId ?? '' });
    grant.addOIDCScope(viewerScopes.join(' '));
    const own = personas.find(({ id }) => id === session?.accountId)?.scopes ?? [];
    const wanted = viewerScopes.filter((scope) => scope !== 'openid');
    grant.addResourceScope(audience, wanted.filter((scope) => own.includes(scope)).join(' '));
    const foreign = wanted.filter((scope) => !own.includes(scope));
    if (foreign.length > 0) grant.rejectResourceScope(audience, foreign.join(' '));
    await grant.save();
    return grant;
  };
}

/** Beyond what the library checks of an assertion: its lifetime, and that its audience is this issuer by its own name. */
function assertionCheck(issuer: string, clock: () => Date) {
  return (_context: Context, claims: { aud?: unknown; exp?: unknown; iat?: unknown; jti?: unknown }): void => {
    const now = clock().getTime() / 1000;
    const audiences = Array.isArray(claims.aud) ? (claims.aud as unknown[]) : [claims.aud];
    if (audiences.length !== 1 || (audiences[0] !== issuer && audiences[0] !== `${issuer}/token`)) throw new errors.InvalidClientAuth('audience');
    if (typeof claims.exp !== 'number' || claims.exp > now + maxAssertionSeconds + skewSeconds) throw new errors.InvalidClientAuth('lifetime');
    if (typeof claims.iat === 'number' && claims.exp - claims.iat > maxAssertionSeconds) throw new errors.InvalidClientAuth('lifetime');
    if (typeof claims.jti !== 'string' || claims.jti.length > 256) throw new errors.InvalidClientAuth('jti');
  };
}

/** The one protected resource: the gateway itself, with the scopes the asking client is registered for. */
function resourceServer(input: IssuerFacts) {
  const kinds = new Map(input.clients.map((client) => [client.id, client.kind]));
  return (context: Context, resource: string, client: Client) => {
    if (resource !== input.audience) throw new errors.InvalidTarget();
    const allowed = (client.scope ?? '').split(' ');
    const asked = (context.oidc.params?.scope ?? '').split(' ').filter((scope) => scope !== '');
    const needsScope = context.oidc.params?.grant_type === 'client_credentials';
    if ((needsScope && asked.length === 0) || !asked.every((scope) => allowed.includes(scope))) throw new errors.InvalidScope('scope');
    const kind = client.clientId === viewerClientId ? 'viewer' : (kinds.get(client.clientId) ?? 'feed');
    return { audience: input.audience, scope: allowed.filter((scope) => scope !== 'openid').join(' '), accessTokenFormat: 'jwt', accessTokenTTL: tokenSeconds[kind], jwt: { sign: { alg: 'ES384' } } };
  };
}

function tokenClaims(clients: readonly DemoClient[]) {
  const known = new Map(clients.map((client) => [client.id, client]));
  return (_context: Context, token: { clientId?: string; accountId?: string }): Record<string, string> | undefined => {
    const client = known.get(token.accountId ?? token.clientId ?? '');
    if (client === undefined) return undefined;
    return {
      organisation: client.organisation,
      organisation_name: client.organisationName,
      role: client.role,
      purpose: client.purpose,
      ...(client.name === null ? {} : { name: client.name }),
    };
  };
}
