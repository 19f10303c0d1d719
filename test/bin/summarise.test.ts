import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Summary { passed: number; failed: number; lines: string[] }
type Summarise = (checks: { title: string; passed: boolean }[], jest: unknown, jestPassed: boolean) => Summary;

let summarise: Summarise;
beforeAll(async () => {
  ({ summarise } = (await import(pathToFileURL(join(import.meta.dirname, '../../bin/summarise.mjs')).href)) as { summarise: Summarise });
});

const file = (name: string, states: Record<string, string>, status = 'passed') => ({ name, status, assertionResults: Object.entries(states).map(([fullName, state]) => ({ fullName, status: state })) });
const good = [{ title: 'Types', passed: true }, { title: 'Lint', passed: true }];

it.each<[string, Parameters<Summarise>, string[]]>([
  ['all is well', [good, { testResults: [file('a', { one: 'passed', two: 'passed' })] }, true], ['4 passed, 0 failed']],
  ['a test fails', [good, { testResults: [file('a', { one: 'failed', two: 'passed' }, 'failed')] }, false], ['failed: one', '3 passed, 1 failed']],
  ['a check fails', [[{ title: 'Types', passed: false }], { testResults: [file('a', { one: 'passed' })] }, true], ['failed: Types', '1 passed, 1 failed']],
  ['a file cannot run', [good, { testResults: [file('a', {}, 'failed')] }, false], ['failed: a', '2 passed, 1 failed']],
  ['a test is skipped', [good, { testResults: [file('a', { 'one (no network)': 'pending', two: 'todo' })] }, true], ['skipped: one (no network)', 'skipped: two', '2 passed, 0 failed, 2 skipped']],
  ['jest dies without a report', [good, null, false], ['failed: jest did not finish well', '2 passed, 1 failed']],
  ['jest is discontent although every test passed', [[], { testResults: [file('a', { one: 'passed' })] }, false], ['failed: jest did not finish well', '1 passed, 1 failed']],
  ['a check fails and jest dies', [[{ title: 'Types', passed: false }], null, false], ['failed: Types', 'failed: jest did not finish well', '0 passed, 2 failed']],
])('the last lines when %s', (_title, args, lines) => {
  expect(summarise(...args).lines).toEqual(lines);
});
