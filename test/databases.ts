import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { openPglite, openPostgres, type Database } from '../src/store/database.ts';

export interface TestDatabase {
  kind: Database['kind'];
  /** a fresh, migrated database */
  open: () => Promise<Database>;
}

/** Every store and flow test runs on both. */
export const databases: readonly TestDatabase[] = [
  { kind: 'pglite', open: () => openPglite('memory://') },
  { kind: 'postgresql', open: async () => openPostgres(await freshPostgres()) },
];

/** URL of a new, empty database in the run's PostgreSQL. */
export async function freshPostgres(): Promise<string> {
  const admin = process.env['ONESTORY_TEST_POSTGRES'];
  if (!admin) throw new Error('run through jest: its globalSetup starts PostgreSQL');
  const name = `t_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: admin });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return admin.replace(/\/postgres$/, `/${name}`);
}
