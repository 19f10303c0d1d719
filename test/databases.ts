import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import pg from 'pg';
import { openPglite, openPostgres, type Database } from '../src/store/database.ts';

export interface TestDatabase {
  kind: Database['kind'];
  /** a fresh, migrated database */
  open: () => Promise<Database>;
}

/** Every store and flow test runs on both. */
export const databases: readonly TestDatabase[] = [
  { kind: 'pglite', open: () => openEmptyPglite() },
  { kind: 'postgresql', open: async () => openPostgres(await freshPostgres('empty_record')) },
];

/** A new record in memory, as the program makes it: a copy of the one made for the whole run. */
export async function openEmptyPglite(): Promise<Database> {
  const file = process.env['ONESTORY_TEST_PGLITE'];
  return openPglite('memory://', file ? await openAsBlob(file) : undefined);
}

/** URL of a new database in the run's PostgreSQL: empty, or a copy of another one. */
export async function freshPostgres(copyOf = 'template1'): Promise<string> {
  const admin = process.env['ONESTORY_TEST_POSTGRES'];
  if (!admin) throw new Error('run through jest: its globalSetup starts PostgreSQL');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${name} template ${copyOf}`);
  await client.end();
  return admin.replace(/\/postgres$/, `/${name}`);
}
