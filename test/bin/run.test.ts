import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A project of its own with the real run.mjs, a lockfile, and an npm that notes what it is asked and installs a Node. */
const root = join(import.meta.dirname, '..', '..');
let project: string;

const lock = (version: string) => ({ packages: { '': { name: 'x' }, 'node_modules/node': { version, integrity: 'sha512-x' }, 'node_modules/other-system': { version: '1.0.0', optional: true } } });

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'onestory-run-'));
  mkdirSync(join(project, 'bin'));
  mkdirSync(join(project, 'tools'));
  cpSync(join(root, 'bin', 'run.mjs'), join(project, 'bin', 'run.mjs'));
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify(lock('1.0.0')));
  writeFileSync(join(project, 'script.mjs'), 'console.log(JSON.stringify(process.argv.slice(2)));\n');
  // Stands for npm: a package registry is beyond a test.
  writeFileSync(join(project, 'tools', 'npm'), `#!/bin/sh
echo "$@" > asked
echo "added 1 package"
[ -n "$NPM_FAILS" ] && { echo "npm error no network" >&2; exit 7; }
mkdir -p node_modules/node/bin
ln -sf "${process.execPath}" node_modules/node/bin/node
cp package-lock.json node_modules/.package-lock.json
`);
  chmodSync(join(project, 'tools', 'npm'), 0o755);
});
afterEach(() => { rmSync(project, { recursive: true, force: true }); });

function install(version: string): void {
  mkdirSync(join(project, 'node_modules', 'node', 'bin'), { recursive: true });
  symlinkSync(process.execPath, join(project, 'node_modules', 'node', 'bin', 'node'));
  const { 'node_modules/other-system': _absent, ...present } = lock(version).packages;
  writeFileSync(join(project, 'node_modules', '.package-lock.json'), JSON.stringify({ packages: present }));
}

interface Outcome { code: number | null; out: string; err: string }

async function run(args: string[], env: Record<string, string> = {}, whileRunning?: (pid: number, out: () => string) => Promise<void>): Promise<Outcome> {
  const child = spawn(process.execPath, ['bin/run.mjs', ...args], { cwd: project, env: { PATH: `${join(project, 'tools')}:${process.env['PATH'] ?? ''}`, ...env } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (part: Buffer) => { said.out += part.toString(); });
  child.stderr.on('data', (part: Buffer) => { said.err += part.toString(); });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  await whileRunning?.(child.pid ?? 0, () => said.out);
  return { code: await closed, ...said };
}

const npmWasAsked = (): boolean => existsSync(join(project, 'asked'));

it('nothing installed: says one line, installs from the lockfile, then runs the script with its arguments', async () => {
  const { code, out, err } = await run(['script.mjs', 'a', '--b', 'c d']);
  expect([code, out]).toEqual([0, '["a","--b","c d"]\n']);
  expect(err.split('\n')).toHaveLength(2);
  expect(err).toMatch(/^Installing/);
  expect(readFileSync(join(project, 'asked'), 'utf8')).toMatch(/^ci .*--loglevel=error/);
});

it('everything installed: says nothing and asks npm nothing, though another system\'s packages are missing', async () => {
  install('1.0.0');
  expect(await run(['script.mjs'])).toEqual({ code: 0, out: '[]\n', err: '' });
  expect(npmWasAsked()).toBe(false);
});

it('several at once install once, one after the other', async () => {
  writeFileSync(join(project, 'tools', 'npm'), readFileSync(join(project, 'tools', 'npm'), 'utf8').replace('echo "$@" > asked', 'echo "$@" >> asked; sleep 0.5'));
  const outcomes = await Promise.all([1, 2, 3].map((number) => run(['script.mjs', String(number)])));
  expect(outcomes.map(({ code, out }) => [code, out])).toEqual([1, 2, 3].map((number) => [0, `["${number}"]\n`]));
  expect(readFileSync(join(project, 'asked'), 'utf8').trim().split('\n')).toHaveLength(1);
});

it('another version than the lockfile names: installs', async () => {
  install('0.9.0');
  expect((await run(['script.mjs'])).code).toBe(0);
  expect(npmWasAsked()).toBe(true);
});

it('the pinned Node missing: installs', async () => {
  install('1.0.0');
  rmSync(join(project, 'node_modules', 'node'), { recursive: true });
  expect((await run(['script.mjs'])).code).toBe(0);
  expect(npmWasAsked()).toBe(true);
});

it('an install that fails shows why and runs nothing', async () => {
  const { code, out, err } = await run(['script.mjs'], { NPM_FAILS: '1' });
  expect([code, out]).toEqual([7, '']);
  expect(err).toMatch(/npm error no network[^]*Installing failed/);
});

it.each([0, 1, 42])('the script\'s exit code is the exit code: %i', async (code) => {
  install('1.0.0');
  writeFileSync(join(project, 'script.mjs'), `process.exit(${code});\n`);
  expect((await run(['script.mjs'])).code).toBe(code);
});

it.each<NodeJS.Signals>(['SIGINT', 'SIGTERM'])('%s reaches the script, which may finish in its own time', async (signal) => {
  install('1.0.0');
  writeFileSync(join(project, 'script.mjs'), `process.on('${signal}', () => { setTimeout(() => { console.log('finished'); process.exit(3); }, 100); });
setInterval(() => {}, 1000);
console.log('ready');
`);
  const { code, out } = await run(['script.mjs'], {}, async (pid, said) => {
    while (!said().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
    process.kill(pid, signal);
  });
  expect([code, out]).toEqual([3, 'ready\nfinished\n']);
});

it('a signal that comes twice at once, from a terminal or npm, is told once', async () => {
  install('1.0.0');
  writeFileSync(join(project, 'script.mjs'), `import { existsSync } from 'node:fs';
let times = 0;
process.on('SIGTERM', () => { times += 1; console.log('told'); });
setInterval(() => { if (existsSync('enough')) { console.log(times); process.exit(0); } }, 100);
console.log('ready');
`);
  const twice = async (): Promise<{ out: string; ms: number }> => {
    let first = 0;
    rmSync(join(project, 'enough'), { force: true });
    const { out } = await run(['script.mjs'], {}, async (pid, said) => {
      while (!said().includes('ready')) await new Promise((resolve) => setTimeout(resolve, 10));
      first = Date.now();
      process.kill(pid, 'SIGTERM');
      while (!said().includes('told')) await new Promise((resolve) => setTimeout(resolve, 5));
      process.kill(pid, 'SIGTERM');
      writeFileSync(join(project, 'enough'), '');
    });
    return { out, ms: Date.now() - first };
  };
  let told = await twice();
  while (told.ms >= 1_000) told = await twice(); // what comes a second later is told again: on a busy machine it may
  expect(told.out).toBe('ready\ntold\n1\n');
});

it('an npm that is killed outright does not leave the script behind', async () => {
  install('1.0.0');
  writeFileSync(join(project, 'script.mjs'), `import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => { writeFileSync('stopped', ''); process.exit(0); });
setInterval(() => {}, 1000);
writeFileSync('ready', '');
`);
  const npm = spawn('sh', ['-c', `"${process.execPath}" bin/run.mjs script.mjs; true`], { cwd: project, stdio: 'ignore', env: { PATH: process.env['PATH'] ?? '', npm_lifecycle_event: 'start' } });
  const appears = async (file: string): Promise<void> => {
    while (!existsSync(join(project, file))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await appears('ready');
  npm.kill('SIGKILL');
  await appears('stopped');
});

it('experimental features warn nobody', async () => {
  install('1.0.0');
  writeFileSync(join(project, 'script.mjs'), 'process.emitWarning(\'new\', \'ExperimentalWarning\');\n');
  expect((await run(['script.mjs'])).err).toBe('');
});

it('without a script it says how it is used', async () => {
  const { code, err } = await run([]);
  expect(code).toBe(64);
  expect(err).toMatch(/^Usage/);
});
