import { existsSync, readFileSync } from 'node:fs';

/** Names of suites in the table of test/citizens.ts, as `folder/suite`. */
function suitesNamed(): string[] {
  const rows = readFileSync('test/citizens.ts', 'utf8').split('\n').filter((line) => /^ \* \| [^|]+ \| [^|]+ \|$/.test(line)).slice(2);
  return rows.flatMap((row) => row.split('|')[2]?.split(',').map((name) => name.trim()) ?? []);
}

test('every suite that stands for a trap of real records is there', () => {
  const named = suitesNamed();
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !existsSync(`test/${name}.test.ts`))).toEqual([]);
});
