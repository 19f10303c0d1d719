import type { IncomingMessage } from 'node:http';
import { Router } from 'express';
import type { JSONWebKeySet } from 'jose';
import { Provider, type Context } from 'oidc-provider';

import type { DemoClient } from '../../demo-client.ts';
import { createAppLaunches, type AppLaunches } from './app-launches.ts';
import { appPage, type AppPeople } from './app-page.ts';
import { assertionAlgorithms } from './check-assertion.ts';
import { endTokens } from './end-tokens.ts';
import { createFetchKeys, type FetchKeys } from './fetch-keys.ts';
import type { IssuerStores } from './issuer-adapter.ts';
import { demoMetadata, viewerClientId, viewerMetadata, viewerScopes } from './issuer-clients.ts';
import { issuerKeyFile, keepKey, publicKey, viewerKeyFile, type PrivateKey } from './issuer-keys.ts';
import { issuerSettings, sessionCookie } from './issuer-settings.ts';
import { personaPage } from './persona-page.ts';
import { createTokenVerifier, type TokenVerifier } from './verify-token.ts';

export interface IssuerInput {
  /** the gateway's address without trailing slash; the issuer is `${baseUrl}/oauth` */
  baseUrl: string;
  /** the `aud` of every token */
  audience: string;
  dataDir: string;
  /** private keys as JWK files, the first signs; empty: one in the data folder, made when it is first needed */
  keyFiles?: readonly string[];
  /** those of the demo, whose private keys lie in the data folder */
  clients: readonly DemoClient[];
  stores: IssuerStores;
  clock: () => Date;
  /** how clients' keys are fetched from where they publish them */
  fetchKeys?: FetchKeys;
  /** told when the issuer itself failed; the caller's answer says nothing of it */
  onFailure?: (error: unknown) => void;
}

export interface IssuerMetadata {
  issuer: string;
  authorizationEndpoint: string;
  tokenEndpoint: string;
  jwksUri: string;
  introspectionEndpoint: string;
  revocationEndpoint: string;
  scopes: readonly string[];
  grantTypes: readonly string[];
  authMethods: readonly string[];
  signingAlgorithms: readonly string[];
}

export interface Issuer {
  /** mount at /oauth, before any body parser */
  routes: (people: AppPeople) => Router;
  /** public keys only */
  jwks: JSONWebKeySet;
  /** checks the tokens this issuer gave */
  verify: TokenVerifier;
  metadata: IssuerMetadata;
  /** the viewer's registration: authorization code with PKCE, as one of the personas */
  viewer: { clientId: string; key: PrivateKey; scope: string };
}

/** Scopes of OpenID Connect and of SMART that are no rights to records. */
const signInScopes = ['openid', 'offline_access', 'launch', 'launch/patient', 'fhirUser'];
const recordScopes = ['intake', 'feeds', 'system/*.cruds', 'user/*.cruds', 'patient/*.rs'];

/**
 * The gateway's own issuer: an OAuth 2 and OpenID Connect server. Programs come in by client credentials with a signed
 * assertion (private_key_jwt): those governance registered, and in the evaluation the demo's personas and feeds. People of
 * the evaluation come by the authorization code flow with PKCE through the viewer, choosing on a page whose eyes they want
 * to look through. Tokens are JWTs in the form of RFC 9068 and say who asks. The issuer's keys, and those of the demo's
 * clients, lie in files only their owner can read. An assertion is refused the second time, for longer than five minutes, or
 * for any audience but this issuer; a scope the client was not registered for is refused, never silently dropped.
 */
export async function createIssuer(input: IssuerInput): Promise<Issuer> {
  const { baseUrl, audience, clock, stores } = input;
  const url = `${baseUrl}/oauth`;
  const files = input.keyFiles?.length ? input.keyFiles : [issuerKeyFile(input.dataDir)];
  const signingKeys = await Promise.all(files.map(keepKey));
  const viewerKey = await keepKey(viewerKeyFile(input.dataDir));
  const own = [...await Promise.all(input.clients.map((client) => demoMetadata(client, input.dataDir))), ...(input.clients.length === 0 ? [] : [viewerMetadata(baseUrl, viewerKey)])]; // people of other issuers sign in to the viewer there
  const jwks = { keys: signingKeys.map(publicKey) };
  const launches = createAppLaunches(stores.state);
  const provider = new Provider(url, issuerSettings({ ...input, launches, url, signingKeys, own, scopes: signInScopes, fetchKeys: input.fetchKeys ?? createFetchKeys(clock) }));
  // Without listeners Koa prints the error and its stack.
  const report = (error: unknown): void => input.onFailure?.(error);
  provider.on('error', report);
  provider.on('server_error', (_context, error) => { report(error); });
  provider.proxy = true;
  provider.use(endTokens({ issuer: url, audience, jwks, stops: stores.stops, clock }));
  provider.use(tellLaunch(launches));
  return {
    routes: (people) => routesOf(provider, input, appPage({ ...people, provider, audience, launches, findClient: stores.findClient, nameOf: stores.nameOf })),
    viewer: { clientId: viewerClientId, key: viewerKey, scope: viewerScopes.join(' ') },
    jwks,
    verify: createTokenVerifier({ issuer: url, audience, algorithms: ['ES384'], jwks, stops: stores.stops, clock }),
    metadata: {
      issuer: url, authorizationEndpoint: `${url}/auth`, tokenEndpoint: `${url}/token`, jwksUri: `${url}/jwks`, introspectionEndpoint: `${url}/token/introspection`, revocationEndpoint: `${url}/token/revocation`,
      scopes: [...signInScopes, ...recordScopes], grantTypes: ['authorization_code', 'client_credentials', 'refresh_token'], authMethods: ['private_key_jwt'], signingAlgorithms: assertionAlgorithms,
    },
  };
}

function routesOf(provider: Provider, { baseUrl, clients }: IssuerInput, apps: Router): Router {
  const routes = Router();
  routes.use((request, _response, next) => {
    fixAddress(request, baseUrl);
    next();
  });
  routes.get(['/auth', '/auth/:uid'], (request, _response, next) => {
    forgetBrowser(request);
    askAgain(request);
    next();
  });
  routes.use('/interaction', apps);
  routes.use('/interaction', personaPage(provider, clients.filter(({ viewer }) => viewer)));
  routes.use(provider.callback());
  return routes;
}

/** SMART's apps ask for `offline_access` alone; OpenID Connect gives it only where the person is asked, which they always are here. */
function askAgain(request: IncomingMessage): void {
  const address = new URL(request.url ?? '', 'http://issuer');
  if (!address.searchParams.get('scope')?.split(' ').includes('offline_access') || address.searchParams.has('prompt')) return;
  address.searchParams.set('prompt', 'consent');
  request.url = `${address.pathname}${address.search}`;
}

/** Beside a token whose sign-in began with a launch: at whom (SMART App Launch 2, launch context). */
function tellLaunch(launches: AppLaunches) {
  return async (context: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    const grantId = context.oidc?.route === 'token' && context.status === 200 ? context.oidc.entities?.Grant?.jti : undefined;
    const patient = grantId === undefined ? undefined : (await launches.findGrant(grantId))?.patient;
    if (patient !== undefined) context.body = { ...(context.body as object), patient };
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
