import { createHmac } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { Account, Client, Context, Grant } from 'oidc-provider';

import { coversScope, readScope } from '../../../fhir/smart-scopes.ts';
import type { DemoClient } from '../../demo-client.ts';
import { assertionAlgorithms, assertionCheck, skewSeconds } from './check-assertion.ts';
import { maxKeysBytes, type FetchKeys } from './fetch-keys.ts';
import { renewableSeconds, type AppLaunches } from './app-launches.ts';
import { createIssuerAdapter, grantName, type IssuerStores } from './issuer-adapter.ts';
import { ownMetadata, viewerClientId, viewerScopes, type ClientMetadata } from './issuer-clients.ts';
import type { PrivateKey } from './issuer-keys.ts';

/** Sign-ins under way. */
const signInSeconds = 600;
/** where a client says nothing else */
const usualTokenSeconds = 300;
/** the issuer's own cookie, of its own path */
export const sessionCookie = 'onestory-issuer';

export interface IssuerFacts {
  /** the issuer's exact name */
  url: string;
  audience: string;
  /** those of the demo */
  clients: readonly DemoClient[];
  clock: () => Date;
  /** the first signs */
  signingKeys: readonly PrivateKey[];
  /** clients that come with the program */
  own: readonly ClientMetadata[];
  stores: IssuerStores;
  fetchKeys: FetchKeys;
  launches: AppLaunches;
  scopes: readonly string[];
}

/** What oidc-provider is told: two grants, one resource, keys it must use, and how long anything lives. */
export function issuerSettings(facts: IssuerFacts): Record<string, unknown> {
  const personas = facts.clients.filter(({ kind }) => kind === 'person');
  return {
    adapter: createIssuerAdapter(facts.stores, new Map(facts.own.map((client) => [client.client_id, client])), facts.clock),
    assertJwtClientAuthClaimsAndHeader: assertionCheck(facts.url, facts.clock),
    clientBasedCORS: browserApps,
    clientAuthMethods: ['private_key_jwt', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    clockTolerance: skewSeconds,
    cookies: { keys: [cookieKey(facts.signingKeys)], names: { session: sessionCookie }, long: { path: '/oauth', signed: true }, short: { signed: true } },
    enabledJWA: { clientAuthSigningAlgValues: assertionAlgorithms, idTokenSigningAlgValues: ['ES384'] },
    extraClientMetadata: { properties: [...ownMetadata] },
    extraParams: smartParameters(facts.audience),
    extraTokenClaims: tokenClaims(personas, facts.launches),
    features: offered(facts.audience),
    claims: { openid: ['sub'], fhirUser: ['fhirUser'] },
    conformIdTokenClaims: false, // SMART's apps read who signed in from the ID token
    expiresWithSession: () => false,
    fetch: facts.fetchKeys,
    fetchResponseBodyLimits: { jwks_uri: maxKeysBytes },
    findAccount: (_context: Context, id: string): Account => ({ accountId: id, claims: () => Promise.resolve({ sub: id, fhirUser: `${facts.audience}/Practitioner/${facts.stores.practitionerOf(id)}` }) }), // named by our own pages alone
    interactions: { url: (_context: Context, { uid }: { uid: string }) => `/oauth/interaction/${uid}` },
    issueRefreshToken: (_context: Context, client: Client, code: { scopes: Set<string> }) => Promise.resolve(client.clientId === viewerClientId || code.scopes.has('offline_access')),
    loadExistingGrant: existingGrant(facts.audience, personas, facts.launches),
    pkce: { required: () => true },
    rotateRefreshToken: true,
    jwks: { keys: facts.signingKeys },
    renderError: (context: Context, out: unknown) => { context.body = out; },
    responseTypes: ['code'],
    scopes: facts.scopes,
    ttl: {
      AuthorizationCode: 60, Interaction: signInSeconds, Session: signInSeconds, Grant: renewableSeconds, RefreshToken: renewableSeconds, IdToken: signInSeconds, AccessToken: usualTokenSeconds,
      ClientCredentials: (_context: Context, token: { resourceServer?: { accessTokenTTL?: number } }) => token.resourceServer?.accessTokenTTL ?? usualTokenSeconds,
    },
  };
}

/** What of OAuth is served, and to whom. */
function offered(audience: string): Record<string, unknown> {
  return {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    introspection: { enabled: true, allowedPolicy: ownTokens },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => audience,
      getResourceServerInfo: resourceServer(audience),
      useGrantedResource: () => true,
    },
    revocation: { enabled: true, allowedPolicy: ownTokens },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
  };
}

/** One key for every process of the gateway, known to nobody who does not know the issuer's. */
function cookieKey([key]: readonly PrivateKey[]): Buffer {
  return createHmac('sha256', key?.d ?? '').update('onestory issuer cookies').digest();
}

/** Scripts of an app that lives in a browser alone get its tokens from its own origin; all else of the issuer is for servers and pages. */
function browserApps({ oidc }: Context, origin: string, { tokenEndpointAuthMethod, redirectUris = [] }: Client): boolean {
  return oidc.route === 'token' && tokenEndpointAuthMethod === 'none' && redirectUris.some((address) => new URL(address).origin === origin);
}

/** A client ends and asks after its own tokens. */
function ownTokens(_context: Context, client: Client, token: { clientId?: string }): boolean {
  return token.clientId === client.clientId;
}

/** SMART App Launch: `aud` says which records an app means to reach, so that a token meant for here is given for here; `launch` is looked at when the person has answered. */
function smartParameters(audience: string): Record<string, unknown> {
  return {
    aud: (_context: Context, value: string | undefined, client: Client) => {
      if (client.clientId === viewerClientId ? value !== undefined && value !== audience : value !== audience) throw new errors.InvalidRequest('aud must be the address of the FHIR API');
    },
    launch: null,
  };
}

/** What somebody allowed an app, each time anew. Nobody is asked whether the viewer may act for them: it is the gateway's own. It gets what both it and the person are registered for. */
function existingGrant(audience: string, personas: readonly DemoClient[], launches: AppLaunches) {
  return async ({ oidc: { provider, session, client, result } }: Context): Promise<Grant | undefined> => {
    if (client?.clientId !== viewerClientId) return result?.consent === undefined ? undefined : provider.Grant.find(result.consent.grantId);
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: client?.clientId ?? '' });
    grant.addOIDCScope(viewerScopes.join(' '));
    const person = personas.find(({ id }) => id === session?.accountId);
    const acting = person && actingAs(person, result?.acting);
    const own = acting?.scopes ?? [];
    const wanted = viewerScopes.filter((scope) => scope !== 'openid');
    grant.addResourceScope(audience, wanted.filter((scope) => own.includes(scope)).join(' '));
    const foreign = wanted.filter((scope) => !own.includes(scope));
    if (foreign.length > 0) grant.rejectResourceScope(audience, foreign.join(' '));
    await grant.save();
    if (acting && person.also) await launches.keepGrant(grant.jti, viewerClientId, { ...claimsOf(acting), acts_for: organisationsOf(person) });
    return grant;
  };
}

/** Somebody in the capacity they chose at sign-in; in the first where none was to be chosen. */
function actingAs(person: DemoClient, chosen: string | undefined): DemoClient {
  return person.also?.find(({ id }) => id === chosen) ?? person;
}

function organisationsOf({ also = [], ...first }: DemoClient): string[] {
  return [...new Set([first, ...also].map(({ organisationName }) => organisationName))];
}

function claimsOf({ id, organisation, organisationName, role, purpose, name }: DemoClient) {
  return { organisation, organisation_name: organisationName, role, purpose, name: name ?? id };
}

/** The one protected resource: the gateway itself, with the scopes the asking client is registered for, or less. */
function resourceServer(audience: string) {
  return ({ oidc: { params, entities } }: Context, resource: string, client: Client) => {
    if (resource !== audience) throw new errors.InvalidTarget();
    const allowed = listed(client.allowed_scopes);
    const asked = listed(params?.scope);
    const needsScope = params?.grant_type === 'client_credentials';
    if ((needsScope && asked.length === 0) || !asked.every((scope) => coversScope(allowed, scope))) throw new errors.InvalidScope('a scope was not registered for this client, or none was asked for');
    const wanted = asked.length > 0 ? asked : listed(entities?.Grant?.getResourceScope(audience));
    const given = wanted.filter((scope) => readScope(scope) !== null || ['intake', 'feeds', 'fhirUser'].includes(scope));
    return { audience, scope: given.join(' '), accessTokenFormat: 'jwt', accessTokenTTL: client.token_seconds ?? usualTokenSeconds, jwt: { sign: { alg: 'ES384' } } };
  };
}

function listed(scope: string | undefined): string[] {
  return (scope ?? '').split(' ').filter((each) => each !== '');
}

/** Who asks: the person who signed in, or the client itself. */
function tokenClaims(personas: readonly DemoClient[], launches: AppLaunches) {
  const known = new Map(personas.map((persona) => [persona.id, persona]));
  return async ({ oidc: { client } }: Context, token: { clientId?: string; accountId?: string; grantId?: string }): Promise<Record<string, string | readonly string[]> | undefined> => {
    const grant = token.grantId === undefined ? {} : { grant: grantName(token.grantId) };
    if (token.accountId === undefined) return client?.role === undefined ? undefined : ofClient(client);
    const person = client?.clientId === viewerClientId ? known.get(token.accountId) : undefined;
    const { patient, bound, ...app } = ((!person || person.also) && token.grantId !== undefined && (await launches.findGrant(token.grantId))) || {};
    if ('organisation' in app) return { ...grant, ...app, ...(bound === true && patient !== undefined && { patient }) };
    return person && !person.also ? { ...grant, ...claimsOf(person) } : undefined;
  };
}

function ofClient({ organisation = '', organisation_name = '', role = '', purpose = '', person_name }: Client): Record<string, string> {
  return { organisation, organisation_name, role, purpose, ...(person_name !== undefined && { name: person_name }) };
}
