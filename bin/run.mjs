#!/usr/bin/env node
// Runs a script of this project on the Node it pins, installing what the lockfile names first if it is missing.
// This file itself must run on Node 18: it may be the first thing a newcomer's machine executes.
//
//   node bin/run.mjs [--viewer] <script> [arguments]
//
// --viewer: the script serves the viewer, which is built first if its sources changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** After this long, a turn nobody has put their name to was given up. */
const unwrittenTurnMs = 5000;

/** Every package of package-lock.json is there in the version the lock names; optional ones may be missing. */
function isInstalled() {
  if (!existsSync(pinnedNode)) return false;
  const wanted = readPackages(join(root, 'package-lock.json'));
  const present = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

/** `npm ci` with its chatter kept back; what it says on failure is shown. */
function install() {
  process.stderr.write('Installing the packages named in package-lock.json …\n');
  const options = ['ci', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, ...options]] : ['npm', options];
  return run(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: command === 'npm' && process.platform === 'win32' });
}

/** Two installs at once would delete each other's files: the second waits, and finds the work done. */
async function installOnce() {
  const turn = join(tmpdir(), `onestory-install-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  while (!takeTurn(turn)) await new Promise((resolve) => setTimeout(resolve, 200));
  process.once('exit', () => rmSync(turn, { force: true }));
  const code = isInstalled() ? 0 : await install();
  rmSync(turn, { force: true });
  return code;
}

/** False while another living process has its turn; a turn whose process is gone is cleared for the next try. */
function takeTurn(turn) {
  try {
    writeFileSync(turn, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') return true;
  }
  try {
    const pid = Number(readFileSync(turn, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    else if (Date.now() - statSync(turn).mtimeMs > unwrittenTurnMs) rmSync(turn, { force: true });
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(turn, { force: true });
  }
  return false;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const onceWithinMs = 1000;
const parentCheckMs = 250;

/** The exit code of a child, which is told once of every signal this process is sent. */
function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, options);
    const told = new Map();
    const tell = (signal) => {
      // A terminal's Ctrl-C reaches the child by itself, and npm repeats what its whole group was sent already.
      if (signal === 'SIGINT' && process.stdin.isTTY) return;
      if (Date.now() - (told.get(signal) ?? 0) < onceWithinMs) return;
      told.set(signal, Date.now());
      child.kill(signal);
    };
    for (const signal of signals) process.on(signal, tell);
    const watch = watchParent(() => tell('SIGTERM'));
    const finish = (code) => {
      for (const signal of signals) process.off(signal, tell);
      clearInterval(watch);
      resolve(code);
    };
    child.on('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.code ?? error.message}\n`);
      finish(127);
    });
    child.on('exit', (code, signal) => finish(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** An npm that is killed outright tells nobody; what it started should not outlive it. */
function watchParent(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) onGone();
  }, parentCheckMs).unref();
}

const viewer = process.argv[2] === '--viewer';
const [script, ...args] = process.argv.slice(viewer ? 3 : 2);
if (script === undefined) {
  process.stderr.write('Usage: node bin/run.mjs [--viewer] <script> [arguments]\n');
  process.exit(64);
}
if (!isInstalled()) {
  const code = await installOnce();
  if (code !== 0 || !existsSync(pinnedNode)) {
    process.stderr.write(code === 0 ? 'The pinned Node was not installed: npm must be allowed to run install scripts (ignore-scripts=false).\n' : 'Installing failed; the lines above say why.\n');
    process.exit(code === 0 ? 1 : code);
  }
}
if (viewer) {
  const code = await run(pinnedNode, [join(root, 'bin', 'build-viewer.mjs')], { stdio: 'inherit' });
  if (code !== 0) process.exit(code);
}
// what Node made of the sources is kept beside the packages: a command starts in half the time
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'compiled'), ...process.env };
process.exit(await run(pinnedNode, ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'inherit', env: environment }));
