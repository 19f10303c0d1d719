import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import pg from 'pg';
import { Refusal } from '../fhir/problem.ts';
import { accountantRole, migrate, readerRole } from './migrate.ts';

/** What a statement may use: a pooled connection of the owner role. */
export type Connection = Pick<pg.ClientBase, 'query'>;
export type ServingRole = 'reader' | 'accountant';

export interface Statement {
  /** prepared once per connection under this name; '' = not prepared */
  name: string;
  text: string;
  values: unknown[];
}

export interface Database {
  kind: 'pglite' | 'postgresql';
  /** one statement as owner, by itself; with a name it is prepared once per connection */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[], name?: string): Promise<Row[]>;
  /** several statements as owner, all or nothing */
  transaction<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result>;
  /** one statement as a serving role under one grant: the only way any reader reaches the record; null: the statement names its grants itself */
  serve<Row extends pg.QueryResultRow>(role: ServingRole, grantKey: string | null, statement: Statement): Promise<Row[]>;
  close(): Promise<void>;
}

const roleNames: Record<ServingRole, string> = { reader: readerRole, accountant: accountantRole };

/** PGlite in process: one connection, evaluation only. `folder` is a directory or `memory://`; an empty one begins as a copy of a dumped database, if there is one. `prepare` sees to the schema first. */
export async function openPglite(folder: string, copyOf?: Blob, prepare = migrate): Promise<Database> {
  const engine = await PGlite.create(folder, { postgresqlconf: ['shared_buffers = 16MB'], ...(copyOf && { loadDataDir: copyOf }) });
  const pool = new pg.Pool({ ...createPgConfig(engine), max: 1 });
  await withClient(pool, prepare);
  await pool.query('set plan_cache_mode = force_generic_plan'); // here a plan costs more than what it finds
  return {
    ...owner(pool),
    kind: 'pglite',
    serve: <Row extends pg.QueryResultRow>(role: ServingRole, grantKey: string | null, { name, text, values }: Statement) =>
      inTransaction(pool, async (connection) => {
        await connection.query(`set local role ${roleNames[role]}; set local transaction_read_only = on`);
        if (grantKey !== null) await connection.query("select set_config('onestory.grant', $1, true)", [grantKey]);
        return (await connection.query<Row>({ text, values, ...(name !== '' && { name }) })).rows;
      }),
    close: async () => {
      await pool.end();
      await engine.close();
    },
  };
}

/**
 * PostgreSQL 15 or later. Reads go through pools whose sessions start as the serving role, and a connection remembers
 * the grant it carries: the next request with the same grant is one statement. A stale grant shows nothing, because
 * the views check generation and validity in the statement's own snapshot.
 */
export async function openPostgres(url: string, connections = 10, prepare = migrate): Promise<Database> {
  const pool = openPool({ connectionString: url, max: connections, options: '-c jit=off' });
  try {
    await withClient(pool, prepare);
  } catch (error) {
    await pool.end();
    throw error;
  }
  const single = openPool({ connectionString: url, max: connections, options: singleStatements });
  const serving: Record<ServingRole, pg.Pool> = {
    reader: servingPool(url, readerRole, connections),
    accountant: servingPool(url, accountantRole, connections),
  };
  const carried = new WeakMap<pg.PoolClient, string>();
  return {
    ...owner(pool, single),
    kind: 'postgresql',
    serve: <Row extends pg.QueryResultRow>(role: ServingRole, grantKey: string | null, statement: Statement) =>
      withClient(serving[role], async (client) => {
        if (grantKey !== null && carried.get(client) !== grantKey) {
          carried.delete(client);
          await client.query({ name: 'carry-grant', text: "select set_config('onestory.grant', $1, false)", values: [grantKey] });
          carried.set(client, grantKey);
        }
        return (await client.query<Row>(statement)).rows;
      }),
    close: async () => {
      await Promise.all([pool.end(), single.end(), serving.reader.end(), serving.accountant.end()]);
    },
  };
}

function servingPool(url: string, role: string, max: number): pg.Pool {
  return openPool({ connectionString: url, max, options: `-c role=${role} -c jit=off -c default_transaction_read_only=on` });
}

/** A connection that breaks says so at any time, idle or lent out: its statement fails, and the pool opens another. */
function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * A statement by itself (an audit entry, the policy's generation) is short, or something is wrong: whoever waits for it is
 * told so, and its connection comes back, before all of them wait for the same lock.
 */
const singleStatements = '-c jit=off -c lock_timeout=4s -c statement_timeout=30s';

function owner(pool: pg.Pool, single = pool): Pick<Database, 'query' | 'transaction'> {
  return {
    query: <Row extends pg.QueryResultRow>(text: string, values: unknown[] = [], name = '') =>
      withClient(single, async (client) => (await client.query<Row>({ text, values, ...(name !== '' && { name }) })).rows),
    transaction: (work) => inTransaction(pool, work),
  };
}

async function inTransaction<Result>(pool: pg.Pool, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  return withClient(pool, async (client) => {
    await client.query('begin');
    try {
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => undefined); // the connection itself may be gone
      throw error;
    }
  });
}

async function withClient<Result>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => { throw refusalOf(error); });
  let broken: Error | undefined;
  try {
    return await work(client);
  } catch (error) {
    if (isConnectionError(error)) broken = error;
    throw refusalOf(error);
  } finally {
    client.release(broken);
  }
}

/** SQLSTATE classes 08 and 57P, or no SQLSTATE at all: the connection is not to be trusted again. */
function isConnectionError(error: unknown): error is Error {
  const code = codeOf(error);
  return error instanceof Error && (!/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P'));
}

/**
 * Outages, told apart from mistakes of ours: connection lost or refused (SQLSTATE class 08, socket errors), shutting down
 * or starting (57P), out of resources (53), its files fail (58), statement cancelled (57014), waited too long for a lock (55P03), lost a deadlock (40).
 */
const outage = /^(?:08...|57P..|57014|55P03|53...|58...|40...|E(?:CONN|PIPE|TIMEDOUT|HOST|NET|NOTFOUND|AI_).*)$/;
/** node-postgres gives these no code */
const lostConnection = /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect)/;

/** An outage is a refusal of the moment: whoever asked may ask again. Everything else stays what it is. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || !(outage.test(codeOf(error)) || lostConnection.test(error.message))) return error;
  const refusal = new Refusal({ category: 'unavailable', code: 'database-unavailable', text: 'The database does not answer now.', fix: 'Try again in a few seconds.' });
  refusal.cause = error;
  return refusal;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
