import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drillCommand } from '../../../src/edge/cli/drill.ts';
import { createServices } from '../../../src/services.ts';
import { openPostgres, type Database } from '../../../src/store/database.ts';
import { readConfig } from '../../../src/config.ts';
import { createLog } from '../../../src/edge/log.ts';
import { databases, freshPostgres, openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { runCommand, type CommandOutcome } from './run-command.ts';

/** A record backed up, restored and checked, from one engine into itself and into the other. */

describe.each(databases)('onestory drill, of a record on $kind', ({ kind, open }) => {
  let gateway: Gateway;
  let folder: string;
  let target: Database | null = null;
  let governance: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-drill-test-'));
    gateway = await startGateway(await open(), { citizens: 3 });
    governance = await gateway.token('governance-lead');
    await checkpoint();
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const checkpoint = async (): Promise<string> => (await fetch(`${gateway.url}/audit/checkpoint`, { method: 'POST', body: '{}', headers: { Authorization: `Bearer ${governance}`, 'Content-Type': 'application/json' } })).text();
  /** the source stays open: it is the gateway's; the target is closed by the drill and made anew each time */
  const other = async (): Promise<Database> => (kind === 'pglite' ? openPostgres(await freshPostgres('empty_record')) : openEmptyPglite());
  async function drill(args: readonly string[], into?: Database): Promise<CommandOutcome> {
    target = into ?? await other();
    const opened = target;
    return runCommand(drillCommand, args, { openRecord: (where) => Promise.resolve(where === null ? { ...gateway.database, close: () => Promise.resolve() } : { ...opened, close: () => Promise.resolve() }) });
  }
  const keep = (): string => join(folder, 'kept');

  it('copies everything into another database, whose log verifies and whose citizens have the same rows', async () => {
    const { code, out, problems } = await drill(['run', '--keep', keep(), '--into', 'elsewhere']);
    expect([problems, code]).toEqual([[], 0]);
    expect(out).toMatch(/^Backed up in [\d.]+ s\n {2}\d+ tables, \d+ rows, [1-9]\d* citizens, [1-9]\d* entries of the audit log\nRestored in [\d.]+ s\nChecked in [\d.]+ s\n[^]*\nholds\n$/);
    const contents = async (database: Database): Promise<unknown> => database.query(
      `select (select count(*) from citizen_version) as versions, (select md5(string_agg(id::text || version || body || updated_at, '' order by id, version)) from citizen_version) as bodies,
         (select md5(string_agg(tokens::text || coalesce(value_lows::text, ''), '' order by citizen_id, id)) from citizen_row) as tokens, (select md5(string_agg(encode(content, 'hex'), '' order by record_id)) from source_record) as bytes,
         (select md5(string_agg(words::text, '' order by seq)) from audit_entry) as words, (select encode(value, 'hex') from setting where name = 'id') as secret`);
    expect(await contents(target as Database)).toEqual(await contents(gateway.database));
    await target?.close();
  });

  it('keeps the copy for its owner alone, with what it says of itself', () => {
    expect(readdirSync(keep())).toContain('citizen_version.ndjson');
    expect([statSync(keep()).mode & 0o777, statSync(join(keep(), 'audit_entry.ndjson')).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(JSON.parse(readFileSync(join(keep(), 'manifest.json'), 'utf8'))).toMatchObject({ tally: { citizens: expect.any(Number) as number }, checkpoint: expect.stringContaining('/audit\n') as string });
  });

  it('leaves a database that goes on: it serves, takes files in, and signs what grew from the last checkpoint', async () => {
    await drill(['run', '--into', 'elsewhere']);
    const database = target as Database;
    const read = readConfig({ DEMO: 'false' });
    if ('problems' in read) throw new Error('no configuration');
    const services = await createServices({ database, config: read.config, log: createLog({ level: 'silent' }) });
    try {
      const requester = { client: 'uhb-adt', token: 't', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'UHB', role: 'integration' as const, purpose: 'HOPERAT' as const, scopes: ['intake'] };
      await services.acceptBytes(requester, { feed: 'uhb-adt', part: '', bytes: Buffer.from('MSH|^~\\&|after the drill') }, { id: 'r' });
      await services.worker.idle();
      const lead = { ...requester, client: 'viewer', person: { id: 'governance-lead', name: 'Lead' }, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|QHL', role: 'governance' as const, scopes: ['user/*.rsu'] };
      expect(await services.auditLog.checkpoint(lead, { id: 'r' })).toContain('/audit\n');
    } finally {
      await services.close();
      await database.close();
    }
  });

  it('sees that a backup is older than a checkpoint that was kept elsewhere', async () => {
    await drill(['run', '--into', 'elsewhere']);
    const restored = target as Database;
    await gateway.get('/fhir/Organization', 'ward-doctor');
    const later = join(folder, 'later.txt');
    writeFileSync(later, await checkpoint());
    const outcome = await drill(['inspect', 'elsewhere', '--checkpoint', later], restored);
    expect([outcome.code, outcome.out]).toEqual([1, expect.stringMatching(/and one of \d+ was signed: the backup is from before that\. \[backup-older\]/)]);
    await restored.close();
  });

  it('sees rows that are not what was counted, and an entry that was changed', async () => {
    await drill(['run', '--into', 'elsewhere']);
    const restored = target as Database;
    await restored.query(`alter table audit_entry disable trigger user; update audit_entry set entry = replace(entry, '"permitted"', '"denied"') where seq = 2`);
    await restored.query('delete from citizen_row where id = (select id from citizen_row order by id limit 1)');
    const { code, out } = await drill(['inspect', 'elsewhere', '--keep', keep()], restored);
    expect([code, out]).toEqual([1, expect.stringMatching(/WRONG {2}Entry 2 does not say what the log committed to\. \[entry-changed\]\n[^]*\[rows-differ\]\n/)]);
    await restored.close();
  });

  it('does not write over a record, nor over a copy', async () => {
    const own = await drill(['run', '--into', 'elsewhere'], gateway.database);
    expect([own.code, own.problems.map(({ code }) => code)]).toEqual([2, ['restore-not-empty']]);
    expect((await drill(['run', '--keep', keep(), '--into', 'elsewhere'])).problems).toMatchObject([{ code: 'file-exists' }]);
    await target?.close();
  });
});
