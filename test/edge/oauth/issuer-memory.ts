import { errors } from 'oidc-provider';
import type { Adapter, StoredPayload } from 'oidc-provider';

/** Far above what five minutes of evaluation can use; past it the issuer refuses rather than forgets. */
const maxEntries = 20_000;

interface Entry {
  payload: StoredPayload;
  /** epoch milliseconds */
  expiresAt: number;
}

/**
 * What the embedded issuer knows, the registered clients by id, and what it remembers, in this process only: sign-ins
 * under way, refresh tokens, and the assertions already used. Nothing live is ever evicted to make room, because a forgotten assertion could be replayed; when full, new requests are refused. An
 * assertion is written once: of two requests racing with the same one, the second is refused.
 */
export function createIssuerMemory(clients: ReadonlyMap<string, StoredPayload>, clock: () => Date): (model: string) => Adapter {
  const entries = new Map<string, Entry>();
  let sweptAt = 0;

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    return entry !== undefined && entry.expiresAt > clock().getTime() ? entry : undefined;
  }

  function makeRoom(): void {
    const now = clock().getTime();
    if (entries.size < maxEntries && now - sweptAt < 60_000) return;
    sweptAt = now;
    for (const [key, entry] of entries) if (entry.expiresAt <= now) entries.delete(key);
    if (entries.size >= maxEntries) throw new Error('issuer-memory-full');
  }

  return (model) => ({
    async upsert(id, payload, expiresIn = 3600) {
      const key = `${model}:${id}`;
      makeRoom();
      if (model === 'ReplayDetection' && live(key) !== undefined) throw new errors.InvalidClientAuth('assertion already used');
      entries.set(key, { payload, expiresAt: clock().getTime() + expiresIn * 1000 });
    },
    async find(id) {
      return model === 'Client' ? clients.get(id) : live(`${model}:${id}`)?.payload;
    },
    async findByUid(uid) {
      const now = clock().getTime();
      for (const [key, { payload, expiresAt }] of entries) if (key.startsWith(`${model}:`) && payload['uid'] === uid && expiresAt > now) return payload;
      return undefined;
    },
    async findByUserCode() {
      return undefined;
    },
    async consume(id) {
      const entry = live(`${model}:${id}`);
      if (entry !== undefined) entry.payload = { ...entry.payload, consumed: Math.floor(clock().getTime() / 1000) };
    },
    async destroy(id) {
      entries.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, entry] of entries) if (entry.payload['grantId'] === grantId) entries.delete(key);
    },
  });
}
