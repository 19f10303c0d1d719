import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { JSONWebKeySet } from 'jose';
import { Provider } from 'oidc-provider';
import type { StoredPayload } from 'oidc-provider';

import type { DemoClient } from '../../demo-client.ts';
import { clientKeyFile, issuerKeyFile, keepKey, publicKey, viewerKeyFile, type PrivateKey } from './issuer-keys.ts';
import { assertionAlgorithms, issuerSettings, sessionCookie, viewerClientId, viewerScopes } from './issuer-settings.ts';
import { personaPage } from './persona-page.ts';

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
  const personas = input.clients.filter(({ viewer }) => viewer);
  const provider = new Provider(url, issuerSettings({ ...input, url, signingKey, registered, scopes }));
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
