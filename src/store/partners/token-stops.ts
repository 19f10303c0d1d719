import type { Connection, Database } from '../database.ts';

/** Whose tokens: one token by its id, all of one sign-in by its grant, all of a client. */
export type TokenName = `token ${string}` | `grant ${string}` | `client ${string}`;

export interface TokenStops {
  /** Whether a token that goes by one of these names, issued then, has been stopped. */
  isStopped(names: readonly TokenName[], issuedAt: Date): Promise<boolean>;
  /** Stops whatever goes by this name from now on; `until`: when the last such token would have ended by itself. */
  stop(name: TokenName, until: Date): Promise<void>;
}

const atOnce = 200;

/** Tokens that ended before their time, in the database: every process asks the same list. */
export function openTokenStops(database: Database): TokenStops {
  return {
    isStopped: async (names, issuedAt) => {
      const [row] = await database.query<{ stopped: boolean }>(
        'select exists (select from token_stop where name = any ($1::text[]) and issued_before > $2 and until > statement_timestamp()) as stopped', [names, issuedAt], 'is-token-stopped');
      return row?.stopped !== false;
    },
    stop: async (name, until) => {
      await database.query('delete from token_stop where name in (select name from token_stop where until <= statement_timestamp() order by until limit $1)', [atOnce]);
      await database.query(
        "insert into token_stop (name, issued_before, until) values ($1, 'infinity', $2) on conflict (name) do update set until = greatest(token_stop.until, excluded.until)", [name, until]);
    },
  };
}

/** From now on no token of this client counts, whenever it was issued. */
export async function stopClientTokens(connection: Connection, client: string): Promise<void> {
  await connection.query(
    "insert into token_stop (name, issued_before, until) values ($1, 'infinity', 'infinity') on conflict (name) do update set issued_before = 'infinity', until = 'infinity'", [`client ${client}`]);
  await connection.query('delete from oauth_state where client_id = $1', [client]);
}

/** Tokens issued from now on count again; those from before never do. `longestSeconds`: how long a token lives at most. */
export async function resumeClientTokens(connection: Connection, client: string, longestSeconds: number): Promise<void> {
  // a token says when it was issued in whole seconds, and one of this very second is new
  await connection.query("update token_stop set issued_before = date_trunc('second', statement_timestamp()), until = statement_timestamp() + make_interval(secs => $2) where name = $1", [`client ${client}`, longestSeconds]);
}
