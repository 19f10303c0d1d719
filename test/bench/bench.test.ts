import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', '..', 'bench', 'main.ts');

/** Every measure, and whether its line compares it with its counterpart. */
const measures: readonly [name: string, unit: string, compared: boolean][] = [
  ['read.passthrough', 'requests/s', false], ['read.onestory', 'requests/s', true],
  ['everything.passthrough', 'requests/s', false], ['everything.onestory', 'requests/s', true],
  ['search.worklist.passthrough', 'requests/s', false], ['search.worklist.onestory', 'requests/s', true],
  ['audit.off', 'requests/s', false], ['audit.on', 'requests/s', true],
  ['intake.raw_insert', 'records/s', false], ['intake.hl7', 'records/s', true], ['intake.hl7_single', 'records/s', true], ['intake.mllp', 'records/s', true], ['intake.csv', 'rows/s', true], ['intake.memory', 'MB', false],
  ['viewer.bare', 'ms', false], ['viewer.start', 'ms', true], ['viewer.first', 'ms', true], ['viewer.answer', 'ms', false], ['viewer.person', 'ms', true],
  ...['first', 'person', 'refer', 'break-glass', 'referrals', 'discharge', 'who-looked', 'log-proof', 'choices', 'agreements', 'cases', 'emergency', 'links', 'feeds', 'reports', 'explain', 'find-number', 'find-name'].map((name): [string, string, boolean] => [`screens.${name}`, 'ms', false]),
  ['mapping.onestory', 'records/s', true], ['mapping.medplum', 'records/s', false], ['mapping.peak.hundredth', 'MB', false], ['mapping.peak', 'MB', true],
  ['intake-memory.first', 'MB', false], ['intake-memory.last', 'MB', true], ['intake-memory.held.first', 'MB', false], ['intake-memory.held.last', 'MB', true], ['intake-memory.rate', 'rows/s', false], ['intake-memory.cpu', 'ms/row', false],
  ['replay.records', 'records', false], ['replay.shadow', 'records/s', false], ['replay.swap', 'records/s', false], ['replay.memory', 'MB', false], ['replay.held', 'MB', false],
  ...['audit-log', 'audit-log.large'].flatMap((name): [string, string, boolean][] => [[`${name}.append`, 'entries/s', false], [`${name}.append.p99`, 'ms', false], [`${name}.proofs`, 'proofs/s', false], [`${name}.proof.p99`, 'ms', false]]),
  ['audit-log.large.hashes', 'bytes/entry', false],
  ...['read', 'search-token', 'search-date', 'search-name', 'search-chained', 'everything', 'create', 'update', 'transaction'].flatMap((kind) => ['c1', 'c16', 'c64', 'two'].flatMap((at): [string, string, boolean][] => [
    [`api.${kind}.${at}`, 'requests/s', at !== 'two'], ...['p50', 'p95', 'p99'].map((share): [string, string, boolean] => [`api.${kind}.${at}.${share}`, 'ms', false]), [`api.${kind}.${at}.cpu`, 'ms/request', false],
  ])),
  ['export.listed', 'rows/s', false], ['export.passthrough', 'rows/s', false], ['export.onestory', 'rows/s', true], ['export.memory', 'MB', true], ['export.held', 'MB', true],
];

/** All of them by `npm run check:bench`; in the suite those that start least. */
const inSuite = ['mapping'];
const tried = process.env['ONESTORY_BENCH'] === 'all' ? measures : measures.filter(([name]) => inSuite.includes(name.split('.')[0] ?? ''));

it(`${tried.length} of ${measures.length} measures run, and print one line with a value, its unit and its ratio and nothing else`, async () => {
  const tiny = ['--citizens', '8', '--intake-citizens', '5', '--mapping-records', '500', '--seconds', '0.1', '--warm-up-seconds', '0.05', '--rounds', '1', '--connections', '2', '--replay-people', '10', '--memory-rows', '200', '--leaves', '3000', '--export-rows', '500'];
  const asked = [...new Set(tried.map(([name]) => name.split('.')[0] ?? ''))];
  const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...asked, ...tiny], { timeout: 240_000 });
  const lines = stdout.trimEnd().split('\n').map((line) => line.split(/ +/));
  expect(lines.map(([name, value, unit, ratio]) => [name, Number(value) > 0, unit, Number(ratio) > 0])).toEqual(tried.map(([name, unit, compared]) => [name, true, unit, compared]));
});

it('a measure nobody knows is refused with those there are', async () => {
  const refused = await run(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'reed']).catch((error: { stderr: string; stdout: string }) => error);
  expect([refused.stdout, refused.stderr]).toEqual(['', expect.stringMatching(/reed.*read, everything, search, audit, intake, viewer, screens, mapping/)]);
});
