import { randomUUID } from 'node:crypto';
import { existsSync, openAsBlob, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { openPglite, openPostgres, type Database } from '../src/store/database.ts';
import { comparedTypes } from '../src/store/story/disagreements.ts';

export interface TestDatabase {
  kind: Database['kind'];
  /** a fresh, migrated database; with `citizens`, what a gateway made of so many of the demo's people (the cast are the first ten) */
  open: (citizens?: number) => Promise<Database>;
}

/** Every test of what is stored, found and shown runs on both. */
export const databases: readonly TestDatabase[] = [
  { kind: 'pglite', open: (citizens = 0) => (citizens === 0 ? openEmptyPglite() : openLoadedPglite(citizens)) },
  { kind: 'postgresql', open: async (citizens = 0) => openPostgres(citizens === 0 ? await freshPostgres() : await loadedPostgres(citizens)) },
];

/** For what is decided before anything is stored, of which a second engine would tell nothing more. */
export const oneDatabase = databases.filter(({ kind }) => kind === 'postgresql');

/** A new record in memory, as the program makes it: a copy of the one made for the whole run. */
export function openEmptyPglite(): Promise<Database> {
  return openPgliteIn('memory://');
}

/** The record in this folder; a new one there is such a copy. */
export async function openPgliteIn(folder: string): Promise<Database> {
  const file = process.env['ONESTORY_TEST_PGLITE'];
  return openPglite(folder, file && !existsSync(folder) ? await openAsBlob(file) : undefined);
}

/** The same with the demo's first `citizens` sent through intake. */
export async function openLoadedPglite(citizens: number): Promise<Database> {
  const folder = dirname(process.env['ONESTORY_TEST_PGLITE'] ?? '');
  const file = join(folder, `loaded-${citizens}.tar`);
  if (!existsSync(file)) await alone(file, async () => {
    if (existsSync(file)) return;
    const data = join(folder, `loaded-${citizens}`);
    await load(await openPglite(data, await openAsBlob(join(folder, 'empty.tar'))), citizens);
    await dumpRecord(data, `${file}.part`);
    renameSync(`${file}.part`, file);
  });
  return openPglite('memory://', await openAsBlob(file));
}

/** URL of a new database in the run's PostgreSQL that has them. */
export async function loadedPostgres(citizens: number): Promise<string> {
  const name = `loaded_${citizens}`;
  const exists = async (client: pg.Client): Promise<boolean> => (await client.query('select from pg_database where datname = $1', [name])).rows.length > 0;
  if (!(await withAdmin(exists))) await alone(name, async (client) => {
    if (await exists(client)) return;
    const url = await freshPostgres();
    await load(await openPostgres(url), citizens);
    await client.query(`alter database ${basename(url)} rename to ${name}`);
  });
  return freshPostgres(name);
}

/** The first suite of the run that wants it makes it; the workers beside it wait, and find it made. */
async function alone(what: string, make: (client: pg.Client) => Promise<void>): Promise<void> {
  await withAdmin(async (client) => {
    await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [what]);
    await make(client);
  });
}

async function load(database: Database, citizens: number): Promise<void> {
  const { startGateway } = await import('./gateway.ts'); // the whole program, which few suites of the store need
  const gateway = await startGateway(database, { citizens });
  await roundsAt(gateway.database, 'now');
  await gateway.close();
}

const cursors = ['late-referrals', ...comparedTypes.map((type) => `disagreements-${type}`)];

/**
 * What the gateway looks for by itself in what was stored a while ago: nothing of what is there `now`, so that no suite is told of
 * it when it does not ask; or from the `start`, for those that are about it.
 */
export async function roundsAt(database: Database, from: 'now' | 'start'): Promise<void> {
  await database.query('delete from setting where name = any ($1)', [cursors]);
  const cursor = JSON.stringify({ updatedAt: new Date().toISOString(), id: '00000000-0000-0000-0000-000000000000' });
  if (from === 'now') for (const name of cursors) await database.query('insert into setting (name, value) values ($1, $2)', [name, Buffer.from(cursor)]);
}

/** Writes a record that nobody has open to a file that `openPglite` takes. */
export async function dumpRecord(data: string, file: string): Promise<void> {
  const engine = await PGlite.create(data);
  const dump = await engine.dumpDataDir('none');
  await engine.close();
  writeFileSync(file, Buffer.from(await dump.arrayBuffer()));
}

/** URL of a new database in the run's PostgreSQL: a copy of an empty record, or of another database. */
export async function freshPostgres(copyOf = 'empty_record'): Promise<string> {
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  await withAdmin((client) => client.query(`create database ${name} template ${copyOf}`));
  return adminUrl().replace(/\/postgres$/, `/${name}`);
}

async function withAdmin<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function adminUrl(): string {
  const admin = process.env['ONESTORY_TEST_POSTGRES'];
  if (!admin) throw new Error('run through jest: its globalSetup starts PostgreSQL');
  return admin;
}
