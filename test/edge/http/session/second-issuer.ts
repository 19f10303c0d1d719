import { createServer } from 'node:http';
import { generateKeyPair, exportJWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import type { Context } from 'oidc-provider';
import { createIssuerMemory } from '../../oauth/issuer-memory.ts';

export interface SecondIssuer {
  url: string;
  clientId: string;
  secret: string;
  /** refresh tokens exchanged so far */
  renewals: () => number;
  /** forgets every grant, as an administrator would */
  revokeAll: () => void;
  /** of a system called so, by default `lab`, of this organisation, as this issuer has it */
  systemToken: (client?: string, scope?: string) => Promise<string>;
  organisation: string;
  stop: () => Promise<void>;
  start: () => Promise<void>;
}

/** An OpenID Connect issuer of somebody else's: oidc-provider with its own pages, its own sessions, and tokens that live `tokenSeconds`. */
export async function startSecondIssuer(gateway: () => string, tokenSeconds: number): Promise<SecondIssuer> {
  const server = createServer();
  const listen = (port: number): Promise<void> => new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const client = { clientId: 'partnership-viewer', secret: 'a-secret-for-this-test-only' };
  const clients = new Map<string, { client_id: string } & Record<string, unknown>>();
  const organisation = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
  let [renewals, revoked] = [0, false];
  const memory = createIssuerMemory(clients, () => new Date());
  const provider = new Provider(url, {
    adapter: (model: string) => {
      const kept = memory(model);
      if (model === 'Client') {
        return { ...kept, find: (id: string) => Promise.resolve(id === client.clientId ? {
          client_id: id, client_secret: client.secret, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], scope: 'openid offline_access user/*.rs', id_token_signed_response_alg: 'ES256',
          redirect_uris: [`${gateway()}/session/callback`], post_logout_redirect_uris: [`${gateway()}/app/signed-out`],
        } : undefined) };
      }
      if (model !== 'RefreshToken') return kept;
      return {
        ...kept,
        find: (id: string) => (revoked ? Promise.resolve(undefined) : kept.find(id)),
        consume: (id: string) => {
          renewals += 1;
          return kept.consume(id);
        },
      };
    },
    claims: { openid: ['sub'] }, cookies: { keys: ['k'] }, jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'one' }] },
    expiresWithSession: () => false, issueRefreshToken: () => Promise.resolve(true), rotateRefreshToken: true, pkce: { required: () => true }, scopes: ['openid', 'offline_access', 'user/*.rs'],
    findAccount: (_context: Context, id: string) => ({ accountId: id, claims: () => Promise.resolve({ sub: id }) }),
    extraTokenClaims: (_context: Context, { accountId }: { accountId?: string }) => ({
      organisation, organisation_name: 'University Hospitals Birmingham NHS Foundation Trust', role: 'doctor', purpose: 'TREAT', name: `Dr ${accountId ?? ''}`,
    }),
    features: {
      rpInitiatedLogout: { enabled: true, logoutSource: (context: Context, form: string) => { context.body = form; } },
      resourceIndicators: {
        enabled: true, defaultResource: () => `${gateway()}/fhir`, useGrantedResource: () => true,
        getResourceServerInfo: () => ({ audience: `${gateway()}/fhir`, scope: 'user/*.rs', accessTokenFormat: 'jwt', accessTokenTTL: tokenSeconds, jwt: { sign: { alg: 'ES256' } } }),
      },
    },
    ttl: { AccessToken: tokenSeconds, AuthorizationCode: 60, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
  });
  provider.on('server_error', (_context, error) => { throw error; });
  server.on('request', provider.callback());
  return {
    url, ...client, organisation,
    systemToken: (client = 'lab', scope = 'system/*.cruds') => new SignJWT({ client_id: client, organisation, organisation_name: 'x', role: 'integration', purpose: 'HSYSADMIN', scope }).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
      .setIssuer(url).setAudience(`${gateway()}/fhir`).setSubject(client).setJti(crypto.randomUUID()).setIssuedAt().setExpirationTime('5m').sign(privateKey),
    renewals: () => renewals, revokeAll: () => { revoked = true; }, start: () => listen(address.port),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
