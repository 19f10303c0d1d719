import type { StoredPayload } from 'oidc-provider';
import type { RegisteredClient } from '../../../store/partners/oauth-clients.ts';
import type { DemoClient } from '../../demo-client.ts';
import { clientKeyFile, keepKey, publicKey, type PrivateKey } from './issuer-keys.ts';

/** What we say of a client beside what OAuth says of one: who its tokens name. */
export const ownMetadata = ['organisation', 'organisation_name', 'role', 'purpose', 'person_name', 'token_seconds', 'allowed_scopes', 'keys_of'] as const;
export type ClientMetadata = StoredPayload & { client_id: string };

const tokenSeconds = { person: 3600, feed: 300, app: 600 } as const;
/** The viewer acts for whoever signed in, and may do of this what they may; what they see is for agreements and choices to say. */
export const viewerClientId = 'onestory-viewer';
export const viewerScopes = ['openid', 'user/*.rs', 'user/Consent.cu', 'user/Consent.c', 'user/Contract.u', 'user/ServiceRequest.cud', 'user/Task.cud', 'user/Task.u'];

/** A client of the demo: its key lies in the data folder. */
export async function demoMetadata(client: DemoClient, dataDir: string): Promise<ClientMetadata> {
  const key = await keepKey(clientKeyFile(dataDir, client.id));
  return {
    ...byAssertion, client_id: client.id, client_name: client.name ?? client.id, jwks: { keys: [publicKey(key)] }, allowed_scopes: client.scopes.join(' '), token_seconds: tokenSeconds[client.kind],
    organisation: client.organisation, organisation_name: client.organisationName, role: client.role, purpose: client.purpose, ...(client.name !== null && { person_name: client.name }),
  };
}

/** The gateway's own viewer: authorization code with PKCE, for whoever signs in. */
export function viewerMetadata(baseUrl: string, key: PrivateKey): ClientMetadata {
  return {
    ...forPeople, client_id: viewerClientId, client_name: 'OneStory viewer', redirect_uris: [`${baseUrl}/session/callback`], token_endpoint_auth_method: 'private_key_jwt',
    jwks: { keys: [publicKey(key)] }, allowed_scopes: viewerScopes.join(' '), token_seconds: tokenSeconds.app,
  };
}

/** A key that is taken away from its address signs nobody in after this. */
export const keysBoundMs = 5 * 60_000;

/**
 * A registered client as it is at this moment. Its keys past their time are not among these. Keys at an address are kept by
 * the library as long as the client is the same to it, and a new one is fetched only where none fits: so `keys_of` says of
 * which few minutes, and of which rotation they are, and makes it another.
 */
export function metadataOf(client: RegisteredClient, organisationName: string, now: Date): ClientMetadata {
  const keys = client.keysUrl !== null ? { jwks_uri: client.keysUrl, keys_of: `${client.rotations}/${Math.floor(now.getTime() / keysBoundMs)}` } : { jwks: { keys: client.keys.map(({ jwk }) => JSON.parse(jwk) as unknown) } };
  const facts = { client_id: client.id, client_name: client.name, allowed_scopes: client.scopes.join(' '), organisation: client.organisation, organisation_name: organisationName };
  if (client.kind === 'system') return { ...byAssertion, ...keys, ...facts, role: 'integration', purpose: client.purpose, token_seconds: tokenSeconds.feed };
  const isPublic = client.keysUrl === null && client.keys.length === 0;
  const native = client.redirectUris.some((address) => address.startsWith('http:'));
  return {
    ...forPeople, ...facts, redirect_uris: client.redirectUris, application_type: native ? 'native' : 'web', token_seconds: tokenSeconds.app,
    ...(isPublic ? { token_endpoint_auth_method: 'none' } : { ...keys, token_endpoint_auth_method: 'private_key_jwt' }),
  };
}

/** SMART Backend Services. */
const byAssertion = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'private_key_jwt' };
const forPeople = { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] };
