import type { Database } from '../database.ts';

/** A session as it is kept; `id` is the SHA-256 of the cookie's secret, `sealed` the tokens under a key of the cookie. */
export interface NewWebSession {
  id: Uint8Array;
  issuer: string;
  subject: string;
  sealed: string;
}

export interface LiveWebSession {
  sealed: string;
  /** until it ends by itself if nothing is done */
  idleLeftSeconds: number;
  /** until it ends whatever is done */
  endsInSeconds: number;
}

export interface WebSessions {
  save(session: NewWebSession): Promise<void>;
  /** Null where there is none, or it has been idle or alive for too long. `use` says that somebody is doing something. */
  find(id: Uint8Array, use: boolean): Promise<LiveWebSession | null>;
  /** One process at a time renews a session's tokens: true for the one whose turn it is. */
  claimRenewal(id: Uint8Array, sealed: string): Promise<boolean>;
  finishRenewal(id: Uint8Array, sealed: string): Promise<void>;
  end(id: Uint8Array): Promise<void>;
  /** Ends every session of this session's person. */
  endAll(id: Uint8Array): Promise<void>;
}

export interface WebSessionLimits {
  idleSeconds: number;
  maxSeconds: number;
}

/** "Just seen" is written at most this often, so that reading is not writing. */
const seenEverySeconds = 20;
const renewalSeconds = 15;
/** browsers one person may be signed in with at once; the oldest gives way */
const perPerson = 20;

/** Sessions of browsers, timed by the database's clock, so that every process sees them end at the same moment. */
export function openWebSessions(database: Database, { idleSeconds, maxSeconds }: WebSessionLimits): WebSessions {
  const live = `seen_at > statement_timestamp() - make_interval(secs => ${idleSeconds}) and ends_at > statement_timestamp()`;
  return {
    save: async ({ id, issuer, subject, sealed }) => {
      await database.transaction(async (connection) => {
        await connection.query(`delete from web_session where id in (select id from web_session where not (${live}) limit 1000)`);
        await connection.query(
          `delete from web_session where id in (select id from web_session where issuer = $1 and subject = $2 order by created_at desc offset ${perPerson - 1})`, [issuer, subject]);
        await connection.query(
          `insert into web_session (id, issuer, subject, sealed, ends_at) values ($1, $2, $3, $4, statement_timestamp() + make_interval(secs => ${maxSeconds}))`,
          [id, issuer, subject, sealed]);
      });
    },
    find: async (id, use) => {
      const [row] = await database.query<{ sealed: string; idle: number; ends: number }>(
        `with seen as (update web_session set seen_at = statement_timestamp()
           where id = $1 and $2::boolean and ${live} and seen_at < statement_timestamp() - make_interval(secs => ${Math.min(seenEverySeconds, idleSeconds / 4)}) returning seen_at)
         select sealed, floor(extract(epoch from coalesce((select seen_at from seen), seen_at) - statement_timestamp()) + ${idleSeconds})::int as idle,
           floor(extract(epoch from ends_at - statement_timestamp()))::int as ends
         from web_session where id = $1 and ${live}`, [id, use], 'find-web-session');
      return row ? { sealed: row.sealed, idleLeftSeconds: Math.min(row.idle, row.ends), endsInSeconds: row.ends } : null;
    },
    claimRenewal: async (id, sealed) => {
      const rows = await database.query(
        `update web_session set renewing_until = statement_timestamp() + make_interval(secs => ${renewalSeconds})
         where id = $1 and sealed = $2 and (renewing_until is null or renewing_until < statement_timestamp()) returning 1`, [id, sealed]);
      return rows.length > 0;
    },
    finishRenewal: async (id, sealed) => {
      await database.query('update web_session set sealed = $2, renewing_until = null where id = $1', [id, sealed]);
    },
    end: async (id) => {
      await database.query('delete from web_session where id = $1', [id]);
    },
    endAll: async (id) => {
      await database.query(
        'delete from web_session s using web_session mine where mine.id = $1 and s.issuer = mine.issuer and s.subject = mine.subject', [id]);
    },
  };
}
