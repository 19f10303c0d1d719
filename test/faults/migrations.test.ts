import { rmSync } from 'node:fs';
import pg from 'pg';
import { freshPostgres } from '../databases.ts';
import { openRecordAt } from '../../src/open-record.ts';
import { openPostgres } from '../../src/store/database.ts';
import { until } from '../patience.ts';
import { newSettings, spawnGateway } from './gateway-process.ts';

const starters = 6;

/** One connection outside the gateway's own pools. */
async function withClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const tablesOf = (url: string): Promise<string[]> => withClient(url, async (client) =>
  (await client.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' order by 1`)).rows.map(({ name }) => name));

/** How much of what rows are found by may wait to be written into its index. */
const waitingTokens = (url: string): Promise<string[][]> => withClient(url, async (client) =>
  (await client.query<{ name: string; options: string }>(`select relname as name, reloptions::text as options from pg_class where relname in ('citizen_row_tokens', 'citizen_fragment_tokens') order by 1`)).rows.map(({ name, options }) => [name, options]));

async function openAndClose(url: string): Promise<void> {
  await (await openPostgres(url, 1)).close();
}

const everyVersion = Array.from({ length: 40 }, (_, i) => ({ version: i + 1 }));

describe('the schema', () => {
  it(`is made once when ${starters} programs start on one empty database`, async () => {
    const url = await freshPostgres('template1');
    await Promise.all(Array.from({ length: starters }, () => openAndClose(url)));
    expect(await withClient(url, async (client) => (await client.query('select version from schema_version order by version')).rows)).toEqual(everyVersion);
    expect(await waitingTokens(url)).toEqual([['citizen_fragment_tokens', '{fastupdate=on,gin_pending_list_limit=128}'], ['citizen_row_tokens', '{fastupdate=on,gin_pending_list_limit=128}']]);
  });

  it('is made in several databases of one cluster at once, though the roles belong to all of them', async () => {
    const urls = await Promise.all(Array.from({ length: starters }, () => freshPostgres('template1')));
    await Promise.all(urls.map(openAndClose));
    for (const url of urls) expect(await tablesOf(url)).toContain('citizen_row');
  });

  it('is made whole or not at all: what fails half way leaves nothing, and the next start does it', async () => {
    const url = await freshPostgres('template1');
    await withClient(url, (client) => client.query('create table audit_entry (in_the_way int)'));
    await expect(openAndClose(url)).rejects.toThrow('audit_entry');
    expect(await tablesOf(url)).toEqual(['audit_entry']);
    await withClient(url, (client) => client.query('drop table audit_entry'));
    await openAndClose(url);
    expect(await tablesOf(url)).toContain('shared_version');
  });

  it('is made by the next start when the program was killed in the middle of it', async () => {
    const url = await freshPostgres('template1');
    await withClient(url, (client) => client.query(`
      create function linger() returns event_trigger language plpgsql as $$ begin
        if exists (select 1 from pg_event_trigger_ddl_commands() where object_identity = 'public.audit_entry') then perform pg_sleep(120); end if; end $$;
      create event trigger linger on ddl_command_end execute function linger()`));
    const settings = await newSettings(url);
    const first = spawnGateway(settings);
    await untilLingering(url);
    expect(await first.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
    expect(await tablesOf(url)).toEqual([]);
    await withClient(url, (client) => client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()'));
    await withClient(url, (client) => client.query('drop event trigger linger'));
    const second = spawnGateway(settings);
    await second.ready();
    expect(await second.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await withClient(url, async (client) => (await client.query('select version from schema_version order by version')).rows)).toEqual(everyVersion);
    rmSync(settings.dataDir, { recursive: true, force: true });
  });

  it('is left as it is, whatever it is, by whoever only looks', async () => {
    const url = await freshPostgres('template1');
    await expect(openRecordAt(url, true)).rejects.toMatchObject({ problems: [{ code: 'schema-other' }] });
    expect(await tablesOf(url)).toEqual([]);
    await openAndClose(url);
    await (await openRecordAt(url, true)).close();
  });

  it('of a newer program is refused with a sentence that says so, and stays as it is', async () => {
    const url = await freshPostgres('template1');
    await openAndClose(url);
    await withClient(url, (client) => client.query('insert into schema_version (version) values (99)'));
    await expect(openRecordAt(url, true)).rejects.toMatchObject({ problems: [{ code: 'schema-other' }] });
    const settings = await newSettings(url);
    const gateway = spawnGateway(settings);
    expect(await gateway.ended).toEqual({ code: 2, signal: null });
    expect(gateway.errors()).toContain('schema version 99');
    expect(gateway.errors()).not.toMatch(/\n\s+at /); // a sentence, not a stack
    expect(await withClient(url, async (client) => (await client.query('select max(version) as version from schema_version')).rows)).toEqual([{ version: 99 }]);
    rmSync(settings.dataDir, { recursive: true, force: true });
  });
});

async function untilLingering(url: string): Promise<void> {
  await withClient(url, async (client) => {
    await until(async () => (await client.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`)).rows.length > 0, 'the migration at the table', 50);
  });
}
