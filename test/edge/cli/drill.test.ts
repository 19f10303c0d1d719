import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../../src/config.ts';
import { drillCommand } from '../../../src/edge/cli/drill.ts';
import { newBackupFolder } from '../../../src/edge/cli/backup-folder.ts';
import { backUp } from '../../../src/flow/audit/drill-backup.ts';
import { createLog } from '../../../src/edge/log.ts';
import { createServices } from '../../../src/services.ts';
import { openPostgres, type Database } from '../../../src/store/database.ts';
import { databases, freshPostgres, openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { runCommand, type CommandOutcome } from './run-command.ts';

/** A record backed up and restored into the other engine, and what a drill says of it. The cases follow one another. */
describe.each(databases)('onestory drill, of a record on $kind', ({ kind, open }) => {
  let gateway: Gateway;
  let restored: Database;
  let folder: string;
  let first: CommandOutcome;

  const kept = (): string => join(folder, 'kept');
  const left = (database: Database): Database => ({ ...database, close: () => Promise.resolve() }); // closed by the test
  const drill = (...args: string[]): Promise<CommandOutcome> => runCommand(drillCommand, args, { openRecord: (where) => Promise.resolve(left(where === null || where === 'itself' ? gateway.database : restored)) });
  const checkpoint = async (): Promise<string> => (await fetch(`${gateway.url}/audit/checkpoint`, { method: 'POST', body: '{}', headers: { Authorization: `Bearer ${await gateway.token('governance-lead')}`, 'Content-Type': 'application/json' } })).text();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-drill-test-'));
    gateway = await startGateway(await open(3));
    restored = kind === 'pglite' ? await openPostgres(await freshPostgres()) : await openEmptyPglite();
    await checkpoint();
    first = await drill('run', '--keep', kept(), '--into', 'elsewhere');
  });
  afterAll(async () => {
    await Promise.all([gateway.close(), restored.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('copies everything, so that the log verifies and every citizen has the same rows', async () => {
    expect([first.problems, first.code]).toEqual([[], 0]);
    expect(first.out).toMatch(/^Backed up in [\d.]+ s\n {2}\d+ tables, \d+ rows, [1-9]\d* citizens, [1-9]\d* entries of the audit log\nRestored in [\d.]+ s\nChecked in [\d.]+ s\n[^]*\nholds\n$/);
    const contents = (database: Database): Promise<unknown> => database.query(
      `select (select count(*) from citizen_version) as versions, (select md5(string_agg(id::text || version || body || extract(epoch from updated_at), '' order by id, version)) from citizen_version) as bodies,
         (select md5(string_agg(tokens::text || coalesce(value_lows::text, ''), '' order by citizen_id, id)) from citizen_row) as tokens, (select md5(string_agg(encode(content, 'hex'), '' order by record_id)) from source_record) as bytes,
         (select md5(string_agg(words::text, '' order by seq)) from audit_entry) as words, (select encode(value, 'hex') from setting where name = 'id') as secret`);
    expect(await contents(restored)).toEqual(await contents(gateway.database));
  });

  it('keeps the copy for its owner alone, with what it says of itself, and writes over neither a copy nor a record', async () => {
    expect(readdirSync(kept())).toContain('citizen_version.ndjson');
    expect([statSync(kept()).mode & 0o777, statSync(join(kept(), 'audit_entry.ndjson')).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(JSON.parse(readFileSync(join(kept(), 'manifest.json'), 'utf8'))).toMatchObject({ tally: { citizens: expect.any(Number) as number }, checkpoint: expect.stringContaining('/audit\n') as string });
    expect(await drill('run', '--keep', kept(), '--into', 'elsewhere')).toMatchObject({ code: 2, problems: [{ code: 'file-exists' }] });
    expect(await drill('run', '--into', 'itself')).toMatchObject({ code: 2, problems: [{ code: 'restore-not-empty' }] });
  });

  it('names the newest checkpoint of the moment it is of, however long copying takes', async () => {
    if (kind === 'pglite') return; // its one connection copies
    let signed = '';
    const manifest = await backUp(gateway.database, { write: async () => { signed ||= await gateway.get('/fhir/Organization', 'ward-doctor').then(checkpoint); } }, () => new Date());
    const sizeOf = (note: string): number => Number(note.split('\n')[1]);
    expect([sizeOf(signed) > manifest.auditSize, sizeOf(manifest.checkpoint ?? '') <= manifest.auditSize]).toEqual([true, true]);
  });

  it('tells that the copy cannot be written, and leaves none', async () => {
    const copy = newBackupFolder(join(folder, 'broken'));
    writeFileSync(join(folder, 'broken', 'citizen.ndjson'), '');
    await expect(copy.write('citizen', ['{}'])).rejects.toMatchObject({ code: 'EEXIST' });
    const failing = { ...gateway.database, transaction: () => Promise.reject(new Error('gone')), close: () => Promise.resolve() };
    expect(await runCommand(drillCommand, ['run', '--keep', join(folder, 'half')], { openRecord: () => Promise.resolve(failing) })).toMatchObject({ code: 2, problems: [{ code: 'drill-failed' }] });
    expect(existsSync(join(folder, 'half'))).toBe(false);
  });

  it('sees that a backup is older than a checkpoint that was kept elsewhere', async () => {
    const later = join(folder, 'later.txt');
    await gateway.get('/fhir/Organization', 'ward-doctor');
    writeFileSync(later, await checkpoint());
    const { code, out } = await drill('inspect', 'elsewhere', '--checkpoint', later);
    expect([code, out]).toEqual([1, expect.stringMatching(/and one of \d+ was signed: the backup is from before that\. \[backup-older\]/)]);
  });

  it('leaves a record that goes on: it takes files in, and signs what grew from the last checkpoint', async () => {
    const read = readConfig({ DEMO: 'false' });
    if ('problems' in read) throw new Error('no configuration');
    const services = await createServices({ database: restored, config: read.config, log: createLog({ level: 'silent' }) });
    try {
      const requester = { client: 'uhb-adt', token: 't', organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', organisationName: 'UHB', role: 'integration' as const, purpose: 'HOPERAT' as const, scopes: ['intake'] };
      await services.acceptBytes(requester, { feed: 'uhb-adt', part: '', bytes: Buffer.from('MSH|^~\\&|after the drill') }, { id: 'r' });
      await services.worker.idle();
      const lead = { ...requester, client: 'viewer', person: { id: 'governance-lead', name: 'Lead' }, organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|QHL', role: 'governance' as const, scopes: ['user/*.rsu'] };
      expect(await services.auditLog.checkpoint(lead, { id: 'r' })).toContain('/audit\n');
    } finally {
      await services.close();
    }
  });

  it('sees rows that are not what was counted, and an entry that was changed', async () => {
    await restored.query(`alter table audit_entry disable trigger user; update audit_entry set entry = replace(entry, '"permitted"', '"denied"') where seq = 2`);
    await restored.query('delete from citizen_row where id = (select id from citizen_row order by id limit 1)');
    const { code, out } = await drill('inspect', 'elsewhere', '--keep', kept());
    expect([code, out]).toEqual([1, expect.stringMatching(/WRONG {2}Entry 2 does not say what the log committed to\. \[entry-changed\]\n[^]*\[rows-differ\]\n/)]);
  });
});
