// Everything that must hold: types, lint, import direction, then the tests. The last line says `N passed, N failed`.
// Arguments go to jest, which then runs alone: `npm test -- test/consent`.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summarise } from './summarise.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const jestArguments = process.argv.slice(2);

const checks = jestArguments.length > 0 ? [] : [
  ['Types', ['bin/typecheck.mjs']],
  ['Lint', ['bin/lint.mjs']],
  ['Import direction', ['bin/arch.mjs']],
];

/** A larger nursery: most of what a test makes is let go at once, and is then never copied. In megabytes. */
const node = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=64'];

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...node, ...args], { stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('exit', (code) => resolve(code === 0));
  });
}

function section(title) {
  process.stdout.write(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}\n`);
}

/** The same, with what it says kept together: the checks run beside each other. */
function runQuietly(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...node, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('close', (code) => resolve({ passed: code === 0, said: Buffer.concat(said) }));
  });
}

// They run beside the tests, and what they say is told when they are done.
const checking = Promise.all(checks.map(async ([title, args]) => {
  const { passed, said } = await runQuietly(args);
  section(title);
  process.stdout.write(said);
  return { title, passed };
}));

// Two more than there are cores: a part of the time suites wait for processes, sockets and clocks.
section('Tests');
const folder = mkdtempSync(join(tmpdir(), 'onestory-test-'));
const report = join(folder, 'jest.json');
process.env.NODE_COMPILE_CACHE = join(folder, 'compiled'); // what one process of the run compiled, the others read
const jestPassed = await run([
  '--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci', `--maxWorkers=${Math.min(availableParallelism() + 2, 4)}`, '--json', `--outputFile=${report}`, ...jestArguments,
]);
let jest = null;
try {
  jest = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  process.stdout.write('jest left no report: it did not run to its end.\n');
}
rmSync(folder, { recursive: true, force: true });

const outcomes = await checking;
const summary = summarise(outcomes, jest, jestPassed);
section('Summary');
process.stdout.write(`${summary.lines.join('\n')}\n`);
process.exitCode = summary.failed > 0 ? 1 : 0;
