import { openLoadedPglite } from '../../databases.ts';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agreementCommand } from '../../../src/edge/cli/agreement.ts';
import type { CliContext } from '../../../src/edge/cli/cli-context.ts';
import { describeProblem } from '../../../src/edge/cli/describe-problem.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { root, runCommand } from './run-command.ts';

/** `onestory agreement …` as a governance lead types it, and the walk through it that docs/agreements.md shows. UPDATE_DOCS=1 writes what it prints. */

const draft = 'agreements/draft-safeguarding.yaml';
const mentalHealth = 'agreements/bicp-mental-health.yaml';
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'onestory-agreement-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome { code: number | null; out: string; err: string }

async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  const child = spawn(command, args, { cwd: root, env: { PATH: process.env['PATH'] ?? '', HOME: folder, NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const parts = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => { parts.out += part.toString(); });
  child.stderr.on('data', (part: Buffer) => { parts.err += part.toString(); });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...parts };
}
/** The program itself, as a shell starts it. */
const program = (args: string[], env?: Record<string, string>): Promise<Outcome> => run('node', ['bin/run.mjs', 'src/cli.ts', 'agreement', ...args], env);

/** The same command in this process: standard error as the program writes it. */
async function agreement(args: string[], more: Partial<CliContext> = {}): Promise<Outcome> {
  const { code, out, problems } = await runCommand(agreementCommand, args, more);
  return { code, out, err: problems.map((problem) => `${describeProblem(problem)}\n`).join('') };
}

function written(name: string, text: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
const shipped = readFileSync(join(root, mentalHealth), 'utf8');

describe('agreement check', () => {
  it('says what good files share, with no gateway running', async () => {
    const { code, out, err } = await program(['check', mentalHealth, 'agreements/bicp-early-intervention.yaml', draft]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^bicp-mental-health version 1\.0: Agreement on sharing mental health/);
    expect(out).toMatch(/Clause 1\.1: records of Birmingham and Solihull Mental Health[^\n]* as doctor, nurse, for TREAT, COC, ETREAT: mental-health; implied consent, only with a live care-team or episode or referral, labels MH, PSY, R included/);
    expect(out).toMatch(/Clause 10\.1: [^\n]*only with explicit consent[^\n]* Kept: The voluntary organisation deletes/);
  });

  it('refuses an organisation that is neither partner nor in the directory, at its identifier', async () => {
    const { code, err } = await agreement(['check', written('stranger.yaml', shipped.replace('value: RQ3', 'value: RQX3'))]);
    expect(code).toBe(1);
    expect(err).toMatch(/stranger\.yaml:\d+:\d+: The party "bwc" has an identifier that no partner and no directory entry has\. \[agreement-organisation-unknown\]\n {2}expected: [^\n]*mappings\/partners\.yaml\n/);
  });

  it('tells every mistake of every file, as file:line:column, with what was expected and how to mend it', async () => {
    const wrong = written('wrong.yaml', shipped.replace('roles: [doctor, nurse]', 'roles: [docter, nurse]').replace('id: uhb', 'id: UHB'));
    const broken = written('broken.yaml', 'id: [');
    const { code, out, err } = await agreement(['check', wrong, broken, draft]);
    expect(code).toBe(1);
    expect(out).toContain('draft-safeguarding version 0.1');
    expect(err).toMatch(/wrong\.yaml:\d+:\d+: "docter" is not known in clauses\[0\]\.roles\[0\]\. \[agreement-unknown-word\]\n {2}expected: one of doctor/);
    expect(err).toMatch(/wrong\.yaml:\d+:\d+: [^\n]*\[agreement-invalid-value\]/);
    expect(err).toMatch(/broken\.yaml:1:\d+: [^\n]*\[agreement-not-yaml\]/);
  });

  it('as JSON: findings with their places, and nothing else on standard output', async () => {
    const wrong = written('reversed.yaml', shipped.replace('to: 2029-03-31', 'to: 2019-03-31'));
    const { code, out } = await program(['check', '--json', wrong, draft]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({ files: [
      { file: wrong, ok: false, agreement: null, problems: [expect.objectContaining({ code: 'agreement-period-reversed', at: expect.objectContaining({ file: wrong, line: 12, column: 7 }) })] },
      expect.objectContaining({ file: draft, ok: true, agreement: expect.objectContaining({ id: 'draft-safeguarding', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }) }),
    ] });
  });

  it('prints nothing that steers a terminal', async () => {
    const { code, out } = await program(['check', written('steering.yaml', shipped.replace('title: Agreement', 'title: "\\u001b[31m\\u202eAgreement').replace('in Birmingham\n', 'in Birmingham"\n'))]);
    expect(code).toBe(0);
    expect(out).toMatch(/^bicp-mental-health version 1\.0: {2}\[31m Agreement on/);
  });

  it.each<[string, number, RegExp, () => string]>([
    ['a file that is not there', 2, /nowhere\.yaml: The file cannot be read\. \[file-unreadable\]/, () => join(folder, 'nowhere.yaml')],
    ['a folder', 2, /file-unreadable/, () => folder],
    ['5 MB', 1, /large\.yaml: [^\n]*\[agreement-too-large\]\n {2}expected: at most 256 KiB/, () => written('large.yaml', Buffer.alloc(5_000_000, 'x'))],
    ['bytes that are no text', 1, /bytes\.yaml: [^\n]*not UTF-8[^\n]*\[agreement-not-yaml\]/, () => written('bytes.yaml', Buffer.from([0xff, 0xfe, 0x00]))],
  ])('%s ends with %d', async (_, expected, reason, file) => {
    const { code, err, out } = await agreement(['check', file()]);
    expect([code, out]).toEqual([expected, '']);
    expect(err).toMatch(reason);
  });
});

describe('agreement diff', () => {
  it('says in sentences what is opened, closed and changed', async () => {
    const next = written('next.yaml', shipped.replace('version: "1.0"', 'version: "1.1"').replace('roles: [doctor, nurse]', 'roles: [doctor, social-worker]').replace('to: 2029-03-31', 'to: 2030-03-31'));
    const { code, out, err } = await agreement(['diff', mentalHealth, next]);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n').map((line) => line.slice(0, 10))).toEqual(['OPENED: re', 'CLOSED: re', 'The period', '']);
    expect(out).toMatch(/^OPENED: [^\n]* as social-worker, [^\n]*mental-health/);
    const json = JSON.parse((await agreement(['diff', '--json', mentalHealth, next])).out) as { changes: { kind: string; roles: string[] }[]; others: { what: string }[] };
    expect(json.changes.map(({ kind, roles }) => [kind, roles])).toEqual([['opened', ['social-worker']], ['closed', ['nurse']]]);
    expect(json.others.map(({ what }) => what)).toEqual(['period']);
  });

  it('refuses what is no agreement', async () => {
    const { code, out, err } = await agreement(['diff', draft, written('none.yaml', 'hello')]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/none\.yaml:1:1: /);
    expect((await agreement(['diff', draft, join(folder, 'nowhere.yaml')])).code).toBe(2);
  });
});

describe('the commands that call the gateway', () => {
  let gateway: Gateway;
  let env: Record<string, string>;
  let here: Partial<CliContext>;
  beforeAll(async () => {
    gateway = await startGateway(await openLoadedPglite(3));
    env = { DATA_DIR: gateway.dataDir, PORT: new URL(gateway.url).port };
    here = { dataDir: gateway.dataDir, baseUrl: gateway.url };
  });
  afterAll(() => gateway.close());

  it('docs/agreements.md walks from a text to an agreement in force and back, as it prints it', async () => {
    if (spawnSync('curl', ['--version']).error !== undefined) return; // as for the README's tour
    const file = join(root, 'docs/agreements.md');
    const blocks = [...readFileSync(file, 'utf8').matchAll(/^```sh lifecycle\n([^]*?)^```\n\n```text\n([^]*?)^```\n/gm)].map(([, commands = '', shown = '']) => ({ commands, shown }));
    expect(blocks.length).toBeGreaterThanOrEqual(13);
    const inKind = (text: string): string => text.replaceAll(/^ {2}soon: .*\n/gm, '').replaceAll(/[0-9a-f]{64}/g, '<hash>').replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>').replaceAll(/-?\d+ days( ago)?/g, '<days>').replaceAll('in <days>', '<days>').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>');
    for (const { commands, shown } of blocks) {
      const script = commands.replaceAll('/tmp/', `${folder}/`).replaceAll('npm run -s onestory --', `${process.execPath} --disable-warning=ExperimentalWarning src/cli.ts`);
      const { code, err, ...printed } = await run('bash', ['-euo', 'pipefail', '-c', script], env);
      const out = printed.out.replaceAll(`${folder}/`, '/tmp/');
      expect([commands, code, inKind(err)]).toEqual([commands, 0, '']);
      if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, readFileSync(file, 'utf8').replace(`${commands}\`\`\`\n\n\`\`\`text\n${shown}`, () => `${commands}\`\`\`\n\n\`\`\`text\n${out}`));
      else expect(inKind(out)).toBe(inKind(shown));
    }
  });

  it.each<[string, string[], Partial<CliContext>, RegExp]>([
    ['nobody says who asks', ['list'], {}, /\[token-not-given\][^]*--as governance-lead/],
    ['a token that is none', ['list'], { token: 'nothing' }, /\[token-invalid\]/],
    ['a persona who may not', ['list', '--as', 'ward-doctor'], {}, /\[governance-role-required\]/],
    ['no gateway there', ['list', '--base', 'http://127.0.0.1:1', '--as', 'governance-lead'], {}, /\[gateway-not-running\]/],
    ['an unknown version', ['activate', 'bicp-oversight', '9.9', '--as', 'governance-lead'], {}, /\[agreement-unknown\]/],
    ['a draft nobody signed', ['activate', 'draft-safeguarding', '0.1', '--as', 'governance-lead'], {}, /No clause of agreement draft-safeguarding[^]*not signed by Birmingham City Council[^]*\[agreement-not-signed\]/],
    ['a party of another', ['sign', 'draft-safeguarding', '0.1', '--as-party', 'https://fhir.bicp.example/Id/ons-code|E08000025', '--signatory', 'T Wilk', '--as', 'governance-lead'], {}, /\[agreement-party-of-another\]/],
    ['another text than the one registered', ['sign', 'draft-safeguarding', '0.1', '--file', 'agreements/bicp-oversight.yaml', '--as-party', 'https://fhir.bicp.example/Id/ons-code|E08000025', '--signatory', 'M Kelly', '--as', 'privacy-officer-bcc'], {}, /the file was edited after[^]*\[agreement-edited\]/],
    ['a version that is final', ['terminate', 'lapsed-winter-pressures', '1.0', '--as', 'governance-lead'], {}, /\[agreement-over\]/],
  ])('refused with its reason: %s', async (name, args, more, reason) => {
    const { code, out, err } = await agreement(args, { ...here, ...more });
    expect([code, out]).toEqual([name === 'no gateway there' ? 2 : 1, '']);
    expect(err).toMatch(reason);
  });

  it('takes ONESTORY_TOKEN, and prints the register as JSON', async () => {
    const { code, out } = await program(['list', '--json'], { ...env, ONESTORY_TOKEN: await gateway.token('governance-lead') });
    expect(code).toBe(0);
    expect((JSON.parse(out) as { agreements: unknown[] }).agreements.length).toBeGreaterThanOrEqual(4);
  });
});
