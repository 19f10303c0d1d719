import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { JSONWebKeySet } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { Account, Client, Context, Grant, StoredPayload } from 'oidc-provider';

import type { DemoClient } from '../../demo-client.ts';
import { createIssuerMemory } from './issuer-memory.ts';
import { clientKeyFile, issuerKeyFile, keepKey, publicKey, viewerKeyFile, type PrivateKey } from './issuer-keys.ts';
import { personaPage } from './persona-page.ts';

/** SMART Backend Services: an assertion lives five minutes at most. */
const maxAssertionSeconds = 300;
const skewSeconds = 5;
const tokenSeconds = { person: 3600, feed: 300, viewer: 600 } as const;
/** Sign-ins under way, and what a signed-in browser may renew its tokens with. */
const signInSeconds = 600;
const renewableSeconds = 12 * 3600;
/** The viewer acts for whoever signed in; what they see is for agreements and choices to say. */
const viewerClientId = 'onestory-viewer';
const sessionCookie = 'onestory-issuer';
const viewerScopes = ['openid', 'user/*.rs'];
/** What assertions may be signed with; demo keys are ES384, and SMART names both. */
const assertionAlgorithms = ['ES384', 'RS384'];

export interface IssuerInput {
  /** the gateway's address without trailing slash; the issuer is `${baseUrl}/oauth` */
  baseUrl: string;
  /** the `aud` of every token */
  audience: string;
  dataDir: string;
  clients: readonly DemoClient[];
  clock: () => Date;
  /** told when the issuer itself failed; the caller's answer says nothing of it */
  onFailure?: (error: unknown) => void;
}

export interface IssuerMetadata {
  issuer: string;
  tokenEndpoint: string;
  jwksUri: string;
  scopes: readonly string[];
  grantTypes: readonly string[];
  authMethods: readonly string[];
  signingAlgorithms: readonly string[];
}

export interface Issuer {
  /** mount at /oauth, before any body parser */
  routes: Router;
  /** public keys only */
  jwks: JSONWebKeySet;
  metadata: IssuerMetadata;
  /** the viewer's registration: authorization code with PKCE, as one of the personas */
  viewer: { clientId: string; key: PrivateKey; scope: string };
}

/**
 * The embedded issuer, for evaluation on this machine: an OAuth 2 and OpenID Connect server. Programs come in by client
 * credentials with a signed assertion (private_key_jwt), for the demo personas and the feeds' system clients; people by
 * the authorization code flow with PKCE through the viewer, choosing on a page whose eyes they want to look through.
 * Tokens are JWTs in the form of RFC 9068 and say who asks. Keys are made once per data folder, and each client's private key lies in a file
 * only its owner can read. An assertion is refused the second time, for longer than five minutes, or for any audience
 * but this issuer; a scope the client was not registered for is refused, never silently dropped.
 */
export async function createIssuer(input: IssuerInput): Promise<Issuer> {
  const url = `${input.baseUrl}/oauth`;
  const signingKey = await keepKey(issuerKeyFile(input.dataDir));
  const viewerKey = await keepKey(viewerKeyFile(input.dataDir));
  const registered = [...await Promise.all(input.clients.map((client) => registration(client, input.dataDir))), viewerRegistration(input.baseUrl, viewerKey)];
  const scopes = [...new Set([...input.clients.flatMap((client) => client.scopes), 'openid'])].sort();
  const personas = input.clients.filter(({ kind }) => kind === 'person');
  const provider = new Provider(url, {
    adapter: createIssuerMemory(new Map(registered.map((client) => [client.client_id, client])), input.clock),
    assertJwtClientAuthClaimsAndHeader: assertionCheck(url, input.clock),
    clientBasedCORS: () => false,
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    clockTolerance: skewSeconds,
    cookies: { keys: [randomBytes(32)], names: { session: sessionCookie }, long: { path: '/oauth', signed: true }, short: { signed: true } },
    enabledJWA: { clientAuthSigningAlgValues: assertionAlgorithms, idTokenSigningAlgValues: ['ES384'] },
    extraTokenClaims: tokenClaims(input.clients),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => input.audience,
        getResourceServerInfo: resourceServer(input),
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
    loadExistingGrant: grantTo(input.audience),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    jwks: { keys: [signingKey] },
    renderError: (context: Context, out: unknown) => { context.body = out; },
    responseTypes: ['code'],
    scopes,
    ttl: {
      AuthorizationCode: 60, Interaction: signInSeconds, Session: signInSeconds, Grant: renewableSeconds, RefreshToken: renewableSeconds, IdToken: signInSeconds, AccessToken: tokenSeconds.viewer,
      ClientCredentials: (_context: Context, token: { resourceServer?: { accessTokenTTL?: number } }) => token.resourceServer?.accessTokenTTL ?? tokenSeconds.feed,
    },
  });
  // Without listeners Koa prints the error and its stack.
  const report = (error: unknown): void => input.onFailure?.(error);
  provider.on('error', report);
  provider.on('server_error', (_context, error) => { report(error); });
  provider.proxy = true;
  const callback = provider.callback();
  const routes = Router();
  routes.use((request, _response, next) => {
    fixAddress(request, input.baseUrl);
    next();
  });
  routes.get(['/auth', '/auth/:uid'], (request, _response, next) => {
    forgetBrowser(request);
    next();
  });
  routes.use('/interaction', personaPage(provider, personas));
  routes.use(callback);
  return {
    routes,
    viewer: { clientId: viewerClientId, key: viewerKey, scope: viewerScopes.join(' ') },
    jwks: { keys: [publicKey(signingKey)] },
    metadata: {
      issuer: url, tokenEndpoint: `${url}/token`, jwksUri: `${url}/jwks`, scopes,
      grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'], authMethods: ['private_key_jwt'], signingAlgorithms: assertionAlgorithms,
    },
  };
}

async function registration(client: DemoClient, dataDir: string): Promise<StoredPayload & { client_id: string }> {
  const key = await keepKey(clientKeyFile(dataDir, client.id));
  return {
    client_id: client.id,
    client_name: client.name ?? client.id,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: client.scopes.join(' '),
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES384',
    jwks: { keys: [publicKey(key)] },
  };
}

function viewerRegistration(baseUrl: string, key: PrivateKey): StoredPayload & { client_id: string } {
  return {
    client_id: viewerClientId,
    client_name: 'OneStory viewer',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [`${baseUrl}/session/callback`],
    response_types: ['code'],
    scope: viewerScopes.join(' '),
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES384',
    jwks: { keys: [publicKey(key)] },
  };
}

/** Nobody is asked whether the viewer may act for them: it is the gateway's own. It gets what it is registered for. */
function grantTo(audience: string) {
  return async ({ oidc: { provider, session, client } }: Context): Promise<Grant> => {
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: client?.clientId ?? '' });
    grant.addOIDCScope(viewerScopes.join(' '));
    grant.addResourceScope(audience, viewerScopes.filter((scope) => scope !== 'openid').join(' '));
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
function resourceServer(input: IssuerInput) {
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

/** Each sign-in begins with nobody signed in: a demo is for changing sides, and there is no password to remember. */
function forgetBrowser(request: IncomingMessage): void {
  const kept = (request.headers.cookie ?? '').split('; ').filter((pair) => !pair.startsWith(sessionCookie));
  request.headers.cookie = kept.join('; ');
}

/** The issuer's links and accepted audiences come from configuration, whatever Host or forwarding headers a caller sends. */
function fixAddress(request: IncomingMessage, baseUrl: string): void {
  const { host, protocol } = new URL(baseUrl);
  request.headers.host = host;
  request.headers['x-forwarded-host'] = host;
  request.headers['x-forwarded-proto'] = protocol.replace(':', '');
  delete request.headers['x-forwarded-for'];
}
