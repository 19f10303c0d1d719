import { setTimeout as wait } from 'node:timers/promises';
import type { LiveWebSession, WebSessions } from '../../../store/partners/web-sessions.ts';
import { newSecret, seal, sessionId, unseal, type SessionCookie } from './session-cookie.ts';
import type { SignIn, Tokens } from './sign-in.ts';

export interface HeldTokens extends Tokens {
  idleLeftSeconds: number;
  endsInSeconds: number;
}

export interface ViewerSessions {
  cookie: SessionCookie;
  secretOf(cookieHeader: string | undefined): string | null;
  /** A new session with a new secret; the answer is the secret for the cookie. */
  begin(subject: string, tokens: Tokens): Promise<string>;
  /** The session's tokens, renewed where they are about to run out; null: it has ended. Counts as doing something. */
  use(secret: string): Promise<HeldTokens | null>;
  /** The same without counting as doing something. */
  look(secret: string): Promise<HeldTokens | null>;
  end(secret: string): Promise<void>;
  endAll(secret: string): Promise<void>;
}

/** Tokens are renewed when they have less than this to live. */
const renewBeforeMs = 30_000;
/** How long a request waits for another one's renewal of the same session. */
const renewalWaitMs = 5_000;
const renewalPollMs = 100;

/** Sessions of the viewer: the browser holds a secret, the record the tokens sealed with it, and neither is enough alone. */
export function createViewerSessions(
  { store, cookie, signIn, issuer, clock }: { store: WebSessions; cookie: SessionCookie; signIn: SignIn; issuer: string; clock: () => Date },
): ViewerSessions {
  async function hold(secret: string, use: boolean): Promise<HeldTokens | null> {
    const id = sessionId(secret);
    const live = await store.find(id, use);
    const tokens = live && (await unseal<Tokens>(secret, live.sealed));
    if (!live || !tokens) return null;
    return isFresh(tokens) ? withTimes(tokens, live) : renew(secret, id, live, tokens);
  }

  function isFresh({ expiresAt }: Tokens): boolean {
    return expiresAt - clock().getTime() > renewBeforeMs;
  }

  /** A refresh token may be good for one use only, so one request renews and the others wait for what it gets. */
  async function renew(secret: string, id: Uint8Array, live: LiveWebSession, tokens: Tokens): Promise<HeldTokens | null> {
    if (tokens.refreshToken === undefined) return tokens.expiresAt > clock().getTime() ? withTimes(tokens, live) : ended(id);
    if (!(await store.claimRenewal(id, live.sealed))) return renewedByAnother(store, secret, id, live.sealed);
    const renewed = await signIn.renew(tokens);
    if (renewed === 'refused') return ended(id);
    if (renewed === 'unavailable') {
      await store.finishRenewal(id, live.sealed);
      return withTimes(tokens, live); // an expired token is refused by the verifier, in its own words
    }
    await store.finishRenewal(id, await seal(secret, renewed));
    return withTimes(renewed, live);
  }

  async function ended(id: Uint8Array): Promise<null> {
    await store.end(id);
    return null;
  }

  return {
    cookie,
    secretOf: (header) => cookie.read(header),
    begin: async (subject, tokens) => {
      const secret = newSecret();
      await store.save({ id: sessionId(secret), issuer, subject, sealed: await seal(secret, tokens) });
      return secret;
    },
    use: (secret) => hold(secret, true),
    look: (secret) => hold(secret, false),
    end: (secret) => store.end(sessionId(secret)),
    endAll: (secret) => store.endAll(sessionId(secret)),
  };
}

function withTimes(tokens: Tokens, { idleLeftSeconds, endsInSeconds }: LiveWebSession): HeldTokens {
  return { ...tokens, idleLeftSeconds, endsInSeconds };
}

/** What another request of the same session gets by renewing it; null where it gets nothing in time. */
async function renewedByAnother(store: WebSessions, secret: string, id: Uint8Array, before: string): Promise<HeldTokens | null> {
  for (let waited = 0; waited < renewalWaitMs; waited += renewalPollMs) {
    await wait(renewalPollMs);
    const live = await store.find(id, false);
    if (!live) return null;
    if (live.sealed === before) continue;
    const tokens = await unseal<Tokens>(secret, live.sealed);
    return tokens && withTimes(tokens, live);
  }
  return null;
}
