import { createHash } from 'node:crypto';
import type { Database } from '../database.ts';

/** What an issuer remembers between two requests: JSON, and what it is found or ended by beside its id. */
export interface StateEntry {
  payload: Record<string, unknown>;
  clientId?: string;
  grantId?: string;
  uid?: string;
}

export interface OAuthState {
  save(model: string, id: string, entry: StateEntry, seconds: number): Promise<void>;
  /** True for whoever comes first with this id, in whichever process; false for everybody after. */
  saveOnce(model: string, id: string, entry: StateEntry, seconds: number): Promise<boolean>;
  find(model: string, id: string): Promise<Record<string, unknown> | null>;
  findByUid(model: string, uid: string): Promise<Record<string, unknown> | null>;
  /** The entry, for one caller only: it is gone afterwards. */
  take(model: string, id: string): Promise<Record<string, unknown> | null>;
  /** Notes when it was used; false where it was used before, or is gone. */
  consume(model: string, id: string): Promise<boolean>;
  end(model: string, id: string): Promise<void>;
  endGrant(grantId: string): Promise<void>;
}

const live = 'expires_at > statement_timestamp()';
/** how the payload of what was used begins; none is empty */
const consumed = '{"consumed":';
const prunedAtOnce = 200;
const pruneEveryMs = 60_000;

/** The issuer's memory in the database, timed by its clock: any process may answer the next request. */
export function openOAuthState(database: Database): OAuthState {
  let prunedAt = Number.NEGATIVE_INFINITY;

  async function prune(): Promise<void> {
    if (performance.now() - prunedAt < pruneEveryMs) return;
    prunedAt = performance.now();
    for (;;) {
      const gone = await database.query(`delete from oauth_state where (model, id) in (select model, id from oauth_state where not (${live}) order by expires_at limit ${prunedAtOnce}) returning 1`);
      if (gone.length < prunedAtOnce) return;
    }
  }

  async function write(model: string, id: string, { payload, clientId, grantId, uid }: StateEntry, seconds: number, over: string): Promise<boolean> {
    await prune();
    const rows = await database.query(
      `insert into oauth_state (model, id, payload, client_id, grant_id, uid, expires_at) values ($1, $2, $3, $4, $5, $6, statement_timestamp() + make_interval(secs => $7))
       on conflict (model, id) do update set payload = excluded.payload, client_id = excluded.client_id, grant_id = excluded.grant_id, uid = excluded.uid, expires_at = excluded.expires_at ${over} returning 1`,
      [model, hashOf(id), JSON.stringify(payload), clientId ?? null, grantId === undefined ? null : hashOf(grantId), uid ?? null, seconds]);
    return rows.length > 0;
  }

  async function one(statement: string, values: unknown[]): Promise<Record<string, unknown> | null> {
    const [row] = await database.query<{ payload: string }>(statement, values);
    return row ? (JSON.parse(row.payload) as Record<string, unknown>) : null;
  }

  return {
    save: async (model, id, entry, seconds) => { await write(model, id, entry, seconds, ''); },
    saveOnce: (model, id, entry, seconds) => write(model, id, entry, seconds, 'where oauth_state.expires_at <= statement_timestamp()'),
    find: (model, id) => one(`select payload from oauth_state where model = $1 and id = $2 and ${live}`, [model, hashOf(id)]),
    findByUid: (model, uid) => one(`select payload from oauth_state where model = $1 and uid = $2 and ${live}`, [model, uid]),
    take: (model, id) => one(`delete from oauth_state where model = $1 and id = $2 and ${live} returning payload`, [model, hashOf(id)]),
    consume: async (model, id) => {
      const used = await database.query(
        // as text: what somebody sent may be JSON and no jsonb, such as \\u0000
        `update oauth_state set payload = '${consumed}' || extract(epoch from statement_timestamp())::bigint || ',' || substr(payload, 2) where model = $1 and id = $2 and payload not like '${consumed}%' returning 1`, [model, hashOf(id)]);
      return used.length > 0;
    },
    end: async (model, id) => { await database.query('delete from oauth_state where model = $1 and id = $2', [model, hashOf(id)]); },
    endGrant: async (grantId) => { await database.query('delete from oauth_state where grant_id = $1', [hashOf(grantId)]); },
  };
}

/** An id may be a secret somebody holds; what is kept names it without being it. */
function hashOf(id: string): Buffer {
  return createHash('sha256').update(`onestory issuer\0${id}`).digest();
}
