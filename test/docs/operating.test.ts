import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { logEvents } from '../../src/edge/log.ts';
import { openPostgres } from '../../src/store/database.ts';
import { startPostgres } from '../postgres-setup.ts';

/** What the pages say about running the gateway. UPDATE_DOCS=1 writes the log's catalogue anew. */

const page = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const catalogue = /(?<=^\| event \| level \| meaning \|\n\| --- \| --- \| --- \|\n)(?:\|.*\n)*/m;

it('docs/operating.md lists every log event', () => {
  const file = page('docs/operating.md');
  const expected = Object.entries(logEvents).map(([event, [level, meaning]]) => `| \`${event}\` | ${level} | ${meaning} |\n`).join('');
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, readFileSync(file, 'utf8').replace(catalogue, () => expected));
  expect(catalogue.exec(readFileSync(file, 'utf8'))?.[0]).toBe(expected);
});

describe('PostgreSQL with an owner that is no superuser', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  let admin: pg.Client;

  beforeAll(async () => {
    cluster = await startPostgres();
    admin = new pg.Client({ connectionString: cluster.url('postgres') });
    await admin.connect();
  });
  afterAll(async () => {
    await admin.end();
    await cluster.stop();
  });

  const urlOf = (owner: string, database: string): string => cluster.url(database).replace('postgres:postgres@', `${owner}:secret@`);

  async function works(url: string): Promise<void> {
    const database = await openPostgres(url);
    try {
      const fresh = await database.serve<{ fresh: boolean }>('reader', 'no-such-grant', { name: 'fresh', text: 'select fresh from grant_state', values: [] });
      expect(fresh).toEqual([{ fresh: false }]);
      expect(await database.serve('accountant', 'no-such-grant', { name: 'withheld', text: 'select * from withheld', values: [] })).toEqual([]);
      for (const role of ['reader', 'accountant'] as const) {
        await expect(database.serve(role, 'no-such-grant', { name: 'table', text: 'select * from citizen_version', values: [] })).rejects.toMatchObject({ code: '42501' });
      }
    } finally {
      await database.close();
    }
  }

  it('is ready after the statements of the README, without a right to make roles', async () => {
    const statements = /^```sql\n([^]*?)^```$/m.exec(readFileSync(page('README.md'), 'utf8'))?.[1]?.split(';\n').filter((statement) => statement.trim() !== '') ?? [];
    expect(statements).toHaveLength(5);
    for (const statement of statements) await admin.query(statement);
    await works(urlOf('onestory', 'onestory'));
  });

  it('may be a second owner in the same cluster once it is granted the roles, and not before', async () => {
    await admin.query('create role second login password \'secret\'');
    await admin.query('create database second owner second');
    await expect(openPostgres(urlOf('second', 'second'))).rejects.toMatchObject({ code: '42501' });
    await admin.query('grant onestory_reader, onestory_accountant to second');
    await works(urlOf('second', 'second'));
  });

  it('makes the roles itself with CREATEROLE', async () => {
    for (const database of ['onestory', 'second']) await admin.query(`drop database ${database} with (force)`);
    await admin.query('drop role onestory_reader, onestory_accountant, onestory, second');
    await admin.query('create role maker login createrole password \'secret\'');
    await admin.query('create database made owner maker');
    await works(urlOf('maker', 'made'));
  });
});
