import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { errors, Provider } from 'oidc-provider';
import type { Client, Context, StoredPayload } from 'oidc-provider';

import type { DemoClient } from '../../demo-client.ts';
import { createIssuerMemory } from './issuer-memory.ts';
import { clientKeyFile, issuerKeyFile, keepKey, publicKey } from './issuer-keys.ts';

/** SMART Backend Services: an assertion lives five minutes at most. */
const maxAssertionSeconds = 300;
const skewSeconds = 5;
const tokenSeconds = { person: 3600, feed: 300 } as const;
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
  callback: RequestListener;
  /** public keys only */
  jwks: JSONWebKeySet;
  metadata: IssuerMetadata;
}

/**
 * The embedded issuer, for evaluation on this machine: an OAuth 2 server whose only way in is client credentials with
 * a signed assertion (private_key_jwt), for the demo personas and the feeds' system clients. Tokens are JWTs in the
 * form of RFC 9068 and say who asks. Keys are made once per data folder, and each client's private key lies in a file
 * only its owner can read. An assertion is refused the second time, for longer than five minutes, or for any audience
 * but this issuer; a scope the client was not registered for is refused, never silently dropped.
 */
export async function createIssuer(input: IssuerInput): Promise<Issuer> {
  const url = `${input.baseUrl}/oauth`;
  const signingKey = await keepKey(issuerKeyFile(input.dataDir));
  const registered = await Promise.all(input.clients.map((client) => registration(client, input.dataDir)));
  const scopes = [...new Set(input.clients.flatMap((client) => client.scopes))].sort();
  const provider = new Provider(url, {
    adapter: createIssuerMemory(new Map(registered.map((client) => [client.client_id, client])), input.clock),
    assertJwtClientAuthClaimsAndHeader: assertionCheck(url, input.clock),
    clientBasedCORS: () => false,
    clientAuthMethods: ['private_key_jwt'],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    clockTolerance: skewSeconds,
    cookies: { keys: [randomBytes(32)] },
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
      },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
    },
    findAccount: () => undefined,
    jwks: { keys: [signingKey] },
    renderError: (context: Context, out: unknown) => { context.body = out; },
    responseTypes: [],
    scopes,
    ttl: { ClientCredentials: (_context: Context, token: { resourceServer?: { accessTokenTTL?: number } }) => token.resourceServer?.accessTokenTTL ?? tokenSeconds.feed },
  });
  // Without listeners Koa prints the error and its stack.
  const report = (error: unknown): void => input.onFailure?.(error);
  provider.on('error', report);
  provider.on('server_error', (_context, error) => { report(error); });
  return {
    callback: atFixedAddress(provider, input.baseUrl),
    jwks: { keys: [publicKey(signingKey)] },
    metadata: {
      issuer: url, tokenEndpoint: `${url}/token`, jwksUri: `${url}/jwks`, scopes,
      grantTypes: ['client_credentials'], authMethods: ['private_key_jwt'], signingAlgorithms: assertionAlgorithms,
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
    if (asked.length === 0 || !asked.every((scope) => allowed.includes(scope))) throw new errors.InvalidScope('scope');
    const kind = kinds.get(client.clientId) ?? 'feed';
    return { audience: input.audience, scope: allowed.join(' '), accessTokenFormat: 'jwt', accessTokenTTL: tokenSeconds[kind], jwt: { sign: { alg: 'ES384' } } };
  };
}

function tokenClaims(clients: readonly DemoClient[]) {
  const known = new Map(clients.map((client) => [client.id, client]));
  return (_context: Context, token: { clientId?: string }): Record<string, string> | undefined => {
    const client = known.get(token.clientId ?? '');
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

/** The issuer's links and accepted audiences come from configuration, whatever Host or forwarding headers a caller sends. */
function atFixedAddress(provider: Provider, baseUrl: string): RequestListener {
  const { host, protocol } = new URL(baseUrl);
  provider.proxy = true;
  const callback = provider.callback();
  return (request, response) => {
    request.headers.host = host;
    request.headers['x-forwarded-host'] = host;
    request.headers['x-forwarded-proto'] = protocol.replace(':', '');
    delete request.headers['x-forwarded-for'];
    callback(request, response);
  };
}
