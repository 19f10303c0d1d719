import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider, type Context } from 'oidc-provider';
import { createIssuerMemory } from './issuer-memory.ts';

export const gatewayAudience = 'https://gateway.example/fhir';

export interface OtherProvider {
  url: string;
  /** an access token with these claims beside its own */
  token: (claims: Record<string, unknown>, audience?: string, client?: string) => Promise<string>;
  stop: () => Promise<void>;
}

/** A real issuer of somebody else's. `shape` changes a token before it is signed, as products differ. */
export async function startProvider(alg: 'RS256' | 'ES256', shape: (token: { header?: Record<string, unknown>; payload: Record<string, unknown> }) => void): Promise<OtherProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const clients = ['portal', 'stranger'].map((id) => ({ client_id: id, client_secret: 'for-this-test', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_post' }));
  let extra: Record<string, unknown> = {};
  const provider = new Provider(url, {
    adapter: createIssuerMemory(new Map(clients.map((client) => [client.client_id, client])), () => new Date()), jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'one', use: 'sig', alg }] }, clientDefaults: { id_token_signed_response_alg: alg },
    extraTokenClaims: () => extra, formats: { customizers: { jwt: (_context: Context, _token: unknown, jwt: Parameters<typeof shape>[0]) => { shape(jwt); } } },
    features: {
      clientCredentials: { enabled: true }, devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, defaultResource: () => gatewayAudience, getResourceServerInfo: (_context: Context, audience: string) => ({ audience, scope: '', accessTokenFormat: 'jwt', accessTokenTTL: 300, jwt: { sign: { alg } } }) },
    },
  });
  server.on('request', provider.callback());
  return {
    url,
    token: async (claims, audience = gatewayAudience, client = 'portal') => {
      extra = claims;
      const response = await fetch(`${url}/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials', client_id: client, client_secret: 'for-this-test', resource: audience }) });
      return ((await response.json()) as { access_token: string }).access_token;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
