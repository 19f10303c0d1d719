import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLoadedPglite } from '../../databases.ts';
import { citizenOf, people, wholeRecord } from '../../flow/whole-record.ts';
import { startGateway, type Gateway } from '../../gateway.ts';

/** `onestory agreement what-if` as a governance lead types it. */

const root = join(import.meta.dirname, '..', '..', '..');

describe('agreement what-if', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-what-if-cli-'));
  const file = join(folder, 'draft.yaml');
  let gateway: Gateway;
  beforeAll(async () => {
    const text = readFileSync(join(root, 'agreements/bicp-oversight.yaml'), 'utf8');
    gateway = await startGateway(await openLoadedPglite(12));
    await wholeRecord(gateway, 'ward-doctor', await citizenOf(gateway, 'ward-doctor', people.alice));
    await gateway.get(`/fhir/Patient/${await citizenOf(gateway, 'privacy-officer', people.alice)}`, 'privacy-officer');
    writeFileSync(file, text.replace(/version: .*/, 'version: "1.1"').replace(/categories: \[identity, administration\]/g, 'categories: [administration]'));
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(args: string[], who = 'governance-lead'): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn('node', ['bin/run.mjs', 'src/cli.ts', 'agreement', 'what-if', ...args, '--base', gateway.url], {
      cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: folder, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ONESTORY_TOKEN: await gateway.token(who) }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    const parts = { out: '', err: '' };
    child.stdout.on('data', (part: Buffer) => { parts.out += part.toString(); });
    child.stderr.on('data', (part: Buffer) => { parts.err += part.toString(); });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, ...parts };
  }

  it('says in sentences what would be hidden, and from whom', async () => {
    const { code, out } = await run([file]);
    expect(out).toMatch(/^bicp-oversight version 1\.1, in force instead of version 1\.0, against \d+ looks since \d{4}-\d\d-\d\dT[^ ]+, over the records of today\.\n/);
    expect(out).toMatch(/\nNEWLY HIDDEN to University Hospitals Birmingham NHS Foundation Trust\n {2}privacy-officer, HOPERAT: identity of /);
    expect(out).not.toContain('NEWLY SHOWN');
    expect(code).toBe(0);
  });

  it('as JSON, for other programs', async () => {
    const { out } = await run([file, '--json', '--since', '1d']);
    expect(JSON.parse(out)).toMatchObject({ draft: { id: 'bicp-oversight', version: '1.1' }, replaces: '1.0' });
  });

  it('ends quietly when whoever reads it has had enough', async () => {
    const child = spawn('sh', ['-c', `node bin/run.mjs src/cli.ts agreement check agreements/*.yaml | head -1`], { cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (part: Buffer) => { err += part.toString(); });
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).toBe('');
  });

  it('tells what is wrong, and ends with 1', async () => {
    expect((await run([file], 'ward-doctor')).err).toMatch(/^This is for those who answer for sharing\. \[governance-role-required\]\n {2}expected: the role governance\n$/);
    expect(await run([file, '--since', 'tomorrow'])).toMatchObject({ code: 1, err: expect.stringContaining('[since-invalid]') as string, out: '' });
    writeFileSync(join(folder, 'broken.yaml'), 'id: [');
    expect(await run([join(folder, 'broken.yaml')])).toMatchObject({ code: 1, err: expect.stringContaining('[agreement-not-yaml]') as string });
  });
});
