import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const main = join(import.meta.dirname, '..', '..', 'bench', 'main.ts');

const compared = ['read', 'everything', 'worklist', 'count'].flatMap((name) => [`sharing.${name}.tables`, `sharing.${name}.door`]);
const related = ['read', 'everything', 'worklist', 'count'].flatMap((name) => [`sharing.${name}.free`, `sharing.${name}.related`]);
const timed = ['read', 'everything', 'identifier', 'emergency'].flatMap((name) => ['denied', 'absent', 'difference', 'noise', 'p'].map((what) => `sharing.${name}.${what}`));

describe('the sharing benchmark, in little', () => {
  let folder: string;
  let lines: string[][];
  let plans: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-plans-'));
    const file = join(folder, 'plans.md');
    const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'sharing', '--citizens', '600', '--samples', '4', '--plans', file], { timeout: 240_000 });
    lines = stdout.trimEnd().split('\n').map((line) => line.split(/ {2,}/));
    plans = readFileSync(file, 'utf8');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('prints every figure once, and a verdict wherever there is a goal', () => {
    const names = lines.map(([name]) => name);
    expect(names).toEqual([
      'sharing.teamlist.p95.60', 'sharing.teamlist.p95.600', 'sharing.citylist.p95.60', 'sharing.citylist.p95.600', ...compared, ...related, ...timed,
      'sharing.whatif', 'sharing.whatif.million', 'sharing.ended.stale', 'sharing.ended.usual', 'sharing.ended.first',
    ]);
    const judged = lines.flatMap(([name = '', ...rest]) => (/goal (?:value|ratio) [<>]= [\d.]+: (?:met|missed)$/.test(rest.join(' ')) ? [name] : []));
    expect(judged).toEqual(names.filter((name) => /600$|\.door$|\.difference$|\.p$|\.million$|\.stale$/.test(name ?? '')));
  });

  it('finds no answer under an agreement that has ended', () => {
    expect(lines.find(([name]) => name === 'sharing.ended.stale')?.[1]).toMatch(/^0\.00 answers/);
  });

  it('writes the plans of the hottest queries: an index each, and no walk through a table of rows', () => {
    expect([...plans.matchAll(/^## .*$/gm)]).toHaveLength(5);
    expect(plans).not.toMatch(/Seq Scan on citizen_(?:row|version)\b/);
    for (const index of ['citizen_row_id', 'citizen_version_pkey', 'citizen_row_tokens', 'citizen_tally_pkey', 'choice_rule_pkey']) expect(plans).toContain(index);
  });
});
