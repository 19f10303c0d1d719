import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingEvidence, ratingOf, readAssurance, type Assurance } from '../../../src/edge/cli/evidence/assurance.ts';
import { billOfMaterials, type Lockfile } from '../../../src/edge/cli/evidence/bill-of-materials.ts';
import { evidenceCommand } from '../../../src/edge/cli/evidence.ts';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway } from '../../gateway.ts';
import { root, runCommand } from './run-command.ts';

const assurance = readAssurance(root);
const [hazard] = assurance.hazards.hazards;
const withTests = (tests: { file: string; test: string }[]): Assurance => ({ ...assurance, attacks: { version: 'x', note: '', attacks: [{ id: 'A1', area: 'a', attack: 'b', expected: 'c', tests }] } });

describe('what is claimed', () => {
  it('rests on tests that are there, and every risk is one of the table', () => {
    expect(missingEvidence(root, assurance)).toEqual([]);
    expect(assurance.hazards.hazards.length).toBeGreaterThan(10);
    const numbers = (of: readonly { ref?: number }[]): number[] => of.flatMap(({ ref }) => ref ?? []);
    expect([numbers(assurance.attacks.attacks), numbers(assurance.faults.faults)]).toEqual([Array.from({ length: 124 }, (_, i) => i + 1), Array.from({ length: 35 }, (_, i) => i + 1)]);
  });

  it('is nothing when the test is gone, when the words are not a title, or when none is named', () => {
    const gone = { file: 'test/edge/cli/evidence.test.ts', test: 'a test that nobody '.concat('wrote') };
    expect(missingEvidence(root, withTests([gone]))).toEqual([`A1 rests on a test that is not there: ${gone.file} "${gone.test}"`]);
    expect(missingEvidence(root, withTests([{ file: 'test/gone.test.ts', test: 'is there' }]))).toHaveLength(1);
    expect(missingEvidence(root, withTests([{ file: 'test/edge/cli/evidence.test.ts', test: 'import { createHash }' }]))).toHaveLength(1);
    expect(missingEvidence(root, withTests([]))).toEqual(['A1 names no test']);
    expect(missingEvidence(root, { ...assurance, attacks: { version: 'x', note: '', attacks: [{ id: 'A1', area: 'a', attack: 'b', notTried: ' ' }] } })).toEqual(['A1 does not say why it is not tried']);
    expect(missingEvidence(root, { ...assurance, hazards: { ...assurance.hazards, hazards: hazard ? [{ ...hazard, after: { severity: 'none', likelihood: 'low' }, controls: [] }] : [] } })).toEqual(['H01 has no control', 'H01 has a risk that is in no table: none, low']);
  });

  it('is not what a test says that is commented out or does not run', () => {
    const folder = mkdtempSync(join(tmpdir(), 'onestory-claims-'));
    const missing = (text: string): number => {
      writeFileSync(join(folder, 'some.test.ts'), text);
      return missingEvidence(folder, { ...withTests([{ file: 'some.test.ts', test: 'a good claim' }]), hazards: { ...assurance.hazards, hazards: [] }, faults: { version: 'x', note: '', faults: [] } }).length;
    };
    for (const good of ["it('a good claim', () => {});", "  ])('a good claim', () => {});", "  { name: 'a good claim', x: 1 },", "  ['of age', 1], ['a good claim', 2],", "// told elsewhere\nit('a good claim');"]) expect([good, missing(good)]).toEqual([good, 0]);
    for (const bad of ["// it('a good claim', () => {});", "/*\nit('a good claim');\n*/", "it.skip('a good claim');", "describe.skip('x', () => {\nit('a good claim');\n});", "it.only('another');\nit('a good claim');", "xit('a good claim');", "expect('a good claim');"]) expect([bad, missing(bad)]).toEqual([bad, 1]);
    rmSync(folder, { recursive: true });
  });

  it('makes no hazard worse than it was, and every one better or as good', () => {
    for (const { before, after } of assurance.hazards.hazards) expect(ratingOf(assurance.hazards, after) ?? 9).toBeLessThanOrEqual(ratingOf(assurance.hazards, before) ?? 0);
  });
});

it('the bill of materials names every package of the lockfile once, with its version, licence and hash', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
  const bom = billOfMaterials(lock, new Date('2026-11-22T09:00:00Z')) as { components: { name: string; version: string; purl: string; scope: string; hashes?: { alg: string; content: string }[] }[] };
  expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', metadata: { component: { name: 'onestory' } } });
  const named = new Set(Object.entries(lock.packages).flatMap(([path, { version, link }]) => (path === '' || link ? [] : [`${path.slice(path.lastIndexOf('node_modules/') + 13)} ${version}`])));
  expect(new Set(bom.components.map(({ name, version }) => `${name} ${version}`))).toEqual(named);
  expect(bom.components).toHaveLength(named.size);
  expect(bom.components.find(({ name }) => name === 'pg')).toMatchObject({ scope: 'required', purl: expect.stringMatching(/^pkg:npm\/pg@8\./) as string, hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) as string }] });
  expect(bom.components.find(({ name }) => name === '@medplum/core')?.purl).toMatch(/^pkg:npm\/%40medplum\/core@/);
  expect(JSON.stringify(bom)).not.toMatch(/https?:/);
});

describe('onestory evidence', () => {
  it('makes a folder whose page names every file with its hash, with the agreements in force and the newest checkpoint', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'onestory-evidence-'));
    const { version } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lockfile;
    const gateway = await startGateway(await openEmptyPglite(), { version });
    const out = join(folder, 'pack');
    const run = (as: string, where = out) => runCommand(evidenceCommand, ['--out', where, '--as', as], { baseUrl: gateway.url, dataDir: gateway.dataDir });
    try {
      expect((await runCommand(evidenceCommand, ['--out', out, '--as', 'governance-lead'], { baseUrl: gateway.url, dataDir: gateway.dataDir, rootDir: folder })).problems).toMatchObject([{ code: 'evidence-incomplete', expected: expect.stringContaining('assurance/attacks.json, ') as string }]);
      expect((await run('ward-doctor')).problems).toMatchObject([{ code: 'governance-role-required' }]);
      expect(readdirSync(folder)).toEqual([]); // refused: nothing is left
      await gateway.get('/fhir/Organization', 'ward-doctor');
      const { problems, out: said } = await run('governance-lead');
      expect([problems, said]).toEqual([[], expect.stringMatching(/^\d+ files\. Begin at .*index\.html\.\n$/)]);
      const index = readFileSync(join(out, 'index.html'), 'utf8');
      const files = readdirSync(out).filter((name) => name !== 'index.html');
      for (const name of files) expect(index).toMatch(new RegExp(`href="${name.replaceAll('.', '\\.')}"[^]*${createHash('sha256').update(readFileSync(join(out, name))).digest('hex')}`));
      expect(files).toEqual(expect.arrayContaining(['agreement-bicp-oversight-1.0.yaml', 'attacks.html', 'checkpoint.txt', 'faults.html', 'faults.md', 'hazards.html', 'known-gaps.md', 'rules-hold-back.json', 'rules-retention.json', 'rules-subject-access.json', 'sbom.cdx.json', 'sharing-matrix.md', 'versions.json']));
      expect(readFileSync(join(out, 'checkpoint.txt'), 'utf8').split('\n')[0]).toBe(`${new URL(gateway.url).host}/audit`);
      expect((JSON.parse(readFileSync(join(out, 'rules-subject-access.json'), 'utf8')) as { rules: unknown[] }).rules.length).toBeGreaterThan(1);
      expect(readFileSync(join(out, 'hazards.html'), 'utf8')).toContain('nobody is attached by a number alone');
      expect((await run('governance-lead')).problems).toMatchObject([{ code: 'file-exists' }]);
    } finally {
      await gateway.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
