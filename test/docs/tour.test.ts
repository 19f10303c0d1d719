import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../postgres-setup.ts';
import { inKind, sameInKind, tourBlocks, withOutputs } from './tour-blocks.ts';

/**
 * The README's first tour, as a newcomer would type it: a gateway started as `npm start` does, then every command in one
 * shell, in order. UPDATE_DOCS=1 writes what they print into the README: read every difference before you keep it.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = join(root, 'README.md');
const readme = readFileSync(file, 'utf8');
const update = process.env['UPDATE_DOCS'] === '1';
const blocks = tourBlocks(readme);
const startBlock = /(?<=^```text start\n)[^]*?(?=^```$)/m;
const separator = '\u001e';

const tools = ['curl', 'bash'].filter((tool) => spawnSync(tool, ['--version']).error !== undefined);
const tour = tools.length === 0 ? describe : describe.skip;
if (tools.length > 0) process.stdout.write(`The README's tour is skipped: this machine has no ${tools.join(', ')}.\n`);

tour('the README\'s first tour', () => {
  let folder = '';
  let gateway: ChildProcess | null = null;
  let box = '';
  let outputs: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-tour-'));
    const others = Object.entries(process.env).filter(([name]) => !/^(ONESTORY_|npm_)|^(DATABASE_URL|BASE_URL|HOST|OIDC_.*|DEMO|LOG_LEVEL)$/.test(name));
    const env = { ...Object.fromEntries(others), PORT: String(await freePort()), DATA_DIR: join(folder, 'data') };
    gateway = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
    box = await untilStarted(gateway);
    const script = join(folder, 'tour.sh');
    writeFileSync(script, ['set -euo pipefail', ...blocks.flatMap(({ commands }) => [commands.replaceAll('npm run -s onestory --', `${process.execPath} --disable-warning=ExperimentalWarning src/cli.ts`), `printf '${separator}'`])].join('\n'));
    outputs = (await run('bash', [script], { cwd: root, env })).split(separator);
    if (update) writeFileSync(file, withOutputs(readFileSync(file, 'utf8'), outputs).replace(startBlock, () => asByDefault(box, env.DATA_DIR)));
  });

  afterAll(async () => {
    if (gateway !== null && gateway.exitCode === null) {
      const gone = new Promise((resolve) => gateway?.once('exit', resolve));
      gateway.kill('SIGTERM');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('begins with what a start prints', () => {
    if (update) return;
    expect(inKind(asByDefault(box, join(folder, 'data')))).toBe(inKind(startBlock.exec(readme)?.[0] ?? ''));
  });

  it('shows something for nearly every command', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(12);
    expect(blocks.filter(({ shown }) => shown === null).length).toBeLessThanOrEqual(2);
  });

  it.each(blocks.map((block, i) => ({ ...block, i })))('line $line prints what the README shows', ({ shown, i }) => {
    const printed = outputs[i];
    expect(printed).toBeDefined();
    if (update) return;
    const trimmed = (printed ?? '').replace(/^\n/, '');
    if (!sameInKind(shown ?? '', trimmed)) expect(inKind(trimmed)).toBe(inKind(shown ?? ''));
  });

  it('tells the story it promises', () => {
    const said = outputs.join('\n');
    expect(said).toMatch(/E08000025 .*\n {2}RRK .*\n {2}RYW /);
    expect(said).toContain('suppressed [withheld]');
    expect(said).toContain('The person has objected to their record being shared.');
    expect(said).toMatch(/rule 4, \d+ of them: Clause \d\.\d of/);
    expect(said).toMatch(/Task completed: received 3, stored 3,/);
    expect(said).toMatch(/\[csv-ragged-row\][^]*\[csv-column-missing\][^]*\[feed-of-another-client\]/);
  });
});

/** The box of a gateway on the default port and folder. */
function asByDefault(box: string, dataDir: string): string {
  return box.replaceAll(`DATA_DIR=${dataDir} `, '').replaceAll(/ --base \S+(?=\))/g, '').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080');
}

function untilStarted(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      if (/Ctrl-C stops it\.\n.*\n/.test(text)) resolve(text);
    });
    child.once('exit', (code) => reject(new Error(`the gateway ended with ${code ?? 'a signal'}:\n${text}`)));
  });
}

function run(command: string, args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString('utf8'); });
    child.stderr.on('data', (chunk: Buffer) => { errors += chunk.toString('utf8'); });
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve(output) : reject(new Error(`the tour ended with ${code ?? 'a signal'}: ${errors}\n${output}`))));
  });
}
