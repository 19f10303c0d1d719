import type { JWK } from 'jose';
import { importJWK } from 'jose';
import * as oidc from 'openid-client';
import { Refusal, type Problem } from '../../../fhir/problem.ts';

/** The viewer as a client of the issuer. */
export interface SignInClient {
  /** the issuer's exact name; found by discovery */
  issuer: string;
  clientId: string;
  /** how the client shows that it is itself */
  credential: { kind: 'secret'; secret: string } | { kind: 'key'; key: JWK };
  scope: string;
  redirectUri: string;
  /** where the issuer sends people after they signed out there */
  afterSignOut: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken?: string;
  idToken: string;
  /** epoch milliseconds */
  expiresAt: number;
}

/** What must be remembered between sending somebody to the issuer and seeing them come back. */
export interface Attempt {
  state: string;
  nonce: string;
  codeVerifier: string;
  returnTo: string;
}

export interface SignIn {
  /** the issuer's exact name; empty where people cannot sign in */
  issuer: string;
  /** Where to send the browser, and what to remember. `hint`: whom the person says they are. */
  start(returnTo: string, hint: string | undefined): Promise<{ location: string; attempt: Attempt }>;
  /** The tokens for the code in the address the issuer sent the browser back to; throws where anything does not match. */
  complete(address: URL, attempt: Attempt): Promise<{ tokens: Tokens; subject: string }>;
  /** New tokens; `refused`: the issuer ended it; `unavailable`: it could not be asked. */
  renew(tokens: Tokens): Promise<Tokens | 'refused' | 'unavailable'>;
  /** Where the issuer's own session is ended, if it has such a place. */
  endAddress(tokens: Tokens): Promise<string | null>;
}

const timeoutSeconds = 10;

/**
 * OpenID Connect authorization code flow with PKCE (S256), state, nonce and the issuer's name in the answer (RFC 9207)
 * checked, for a confidential client. The library checks the ID token, its signature included. The issuer is found when
 * first needed, and again after a failure.
 */
export function createSignIn(client: SignInClient, clock: () => Date): SignIn {
  let found: Promise<oidc.Configuration> | null = null;

  function configuration(): Promise<oidc.Configuration> {
    found ??= discover(client).catch((error: unknown) => {
      found = null;
      throw error;
    });
    return found;
  }

  return {
    issuer: client.issuer,
    start: async (returnTo, hint) => {
      const attempt = { state: oidc.randomState(), nonce: oidc.randomNonce(), codeVerifier: oidc.randomPKCECodeVerifier(), returnTo };
      const location = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: client.redirectUri, scope: client.scope, state: attempt.state, nonce: attempt.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier), code_challenge_method: 'S256',
        ...(hint !== undefined && { login_hint: hint }),
      });
      return { location: location.href, attempt };
    },
    complete: async (address, { state, nonce, codeVerifier }) => {
      const answer = await oidc.authorizationCodeGrant(await configuration(), address, {
        expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true,
      });
      const subject = answer.claims()?.sub;
      if (subject === undefined) throw new Error('an ID token without a subject');
      return { tokens: tokensOf(answer, clock()), subject };
    },
    renew: async (tokens) => {
      try {
        return tokensOf(await oidc.refreshTokenGrant(await configuration(), tokens.refreshToken ?? ''), clock(), tokens);
      } catch (error) {
        return error instanceof oidc.ResponseBodyError && error.status < 500 ? 'refused' : 'unavailable';
      }
    },
    endAddress: async ({ idToken }) => {
      const known = await configuration();
      if (known.serverMetadata().end_session_endpoint === undefined) return null;
      return oidc.buildEndSessionUrl(known, { id_token_hint: idToken, post_logout_redirect_uri: client.afterSignOut }).href;
    },
  };
}

function tokensOf(answer: Awaited<ReturnType<typeof oidc.refreshTokenGrant>>, now: Date, before?: Tokens): Tokens {
  const refreshToken = answer.refresh_token ?? before?.refreshToken;
  return {
    accessToken: answer.access_token, idToken: answer.id_token ?? before?.idToken ?? '',
    expiresAt: now.getTime() + (answer.expires_in ?? 300) * 1000, ...(refreshToken !== undefined && { refreshToken }),
  };
}

const notOffered: Problem = {
  category: 'unavailable', code: 'sign-in-not-offered', text: 'This gateway has no sign-in for people.', fix: 'Set OIDC_CLIENT_ID and the client\'s secret or key.',
};

/** For a gateway whose external issuer knows no client for the viewer: people are told so, programs go on as ever. */
export const signInNotOffered: SignIn = {
  issuer: '',
  start: () => Promise.reject(new Refusal(notOffered)),
  complete: () => Promise.reject(new Refusal(notOffered)),
  renew: () => Promise.resolve('refused'),
  endAddress: () => Promise.resolve(null),
};

async function discover(client: SignInClient): Promise<oidc.Configuration> {
  const issuer = new URL(client.issuer);
  const plain = issuer.protocol === 'http:'; // configuration allows it on loopback only
  return oidc.discovery(issuer, client.clientId, {}, await authentication(client), {
    timeout: timeoutSeconds, execute: [oidc.enableNonRepudiationChecks, ...(plain ? [oidc.allowInsecureRequests] : [])],
  });
}

async function authentication({ credential }: SignInClient): Promise<oidc.ClientAuth> {
  if (credential.kind === 'secret') return oidc.ClientSecretBasic(credential.secret);
  const key = await importJWK(credential.key, credential.key.alg ?? 'ES384');
  if (key instanceof Uint8Array) throw new Error('a client key that is not a private key');
  return oidc.PrivateKeyJwt({ key, ...(credential.key.kid !== undefined && { kid: credential.key.kid }) });
}
