import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Every rule of the house is seen to bite: small trees that break it, checked by the real command. */
const root = join(import.meta.dirname, '..');
let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'onestory-arch-'));
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
});
afterEach(() => { rmSync(tree, { recursive: true, force: true }); });

function check(files: Record<string, string>): { status: number | null; out: string } {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'bin', 'arch.mjs')], { cwd: tree, encoding: 'utf8' });
  return { status, out: `${stdout}${stderr}` };
}

const uses = (path: string): string => `import { thing } from '${path}';\nexport const other = thing;\n`;
const usesType = (path: string): string => `import type { Thing } from '${path}';\nexport const other: Thing = 1;\n`;
const usesPackage = (name: string): string => `import * as it from '${name}';\nexport const other = it;\n`;
const thing = 'export const thing = 1;\nexport type Thing = number;\n';

/** What the offenders import. */
const targets = {
  'src/store/b.ts': thing, 'src/store/database.ts': thing, 'src/flow/b.ts': thing, 'src/edge/b.ts': thing, 'src/fhir/b.ts': thing, 'src/viewer/b.ts': thing, 'src/services.ts': thing,
  'src/main.ts': thing, 'test/b.ts': thing,
  'src/flow/h.ts': 'import { here } from \'./g.ts\';\nexport const there = here;\n',
};

const offenders: [rule: string, file: string, text: string][] = [
  ['steps-do-not-call-steps', 'src/consent/a.ts', uses('../store/b.ts')],
  ['steps-know-only-fhir', 'src/mapping/a.ts', uses('../flow/b.ts')],
  ['steps-know-only-fhir', 'src/store/a.ts', uses('../services.ts')],
  ['fhir-knows-nobody', 'src/fhir/a.ts', usesType('../store/b.ts')],
  ['flow-below-edge', 'src/flow/a.ts', uses('../edge/b.ts')],
  ['edge-only-calls-flow', 'src/edge/http/a.ts', uses('../../store/b.ts')],
  ['edge-only-calls-flow', 'src/edge/a.ts', uses('../services.ts')],
  ['demo-is-a-leaf', 'src/demo/a.ts', uses('../fhir/b.ts')],
  ['viewer-is-a-client', 'src/viewer/a.ts', uses('../fhir/b.ts')],
  ['nobody-imports-the-viewer', 'src/edge/c.ts', usesType('../viewer/b.ts')],
  ['entry-points-are-ends', 'src/app.ts', uses('./main.ts')],
  ['src-does-not-import-tests', 'src/flow/c.ts', uses('../../test/b.ts')],
  ['sql-only-in-store', 'src/flow/d.ts', usesPackage('pg')],
  ['sql-only-in-store', 'src/flow/e.ts', usesPackage('@electric-sql/pglite')],
  ['one-file-connects', 'src/store/c.ts', usesPackage('pg')],
  ['one-place-opens', 'src/flow/j.ts', uses('../store/database.ts')],
  ['express-only-at-the-edge', 'src/flow/f.ts', usesPackage('express')],
  ['express-only-at-the-edge', 'src/edge/cli/a.ts', usesPackage('helmet')],
  ['issuer-only-at-the-edge', 'src/consent/c.ts', usesPackage('jose')],
  ['ajv-only-where-shapes-are-checked', 'src/edge/d.ts', usesPackage('ajv')],
  ['no-cycles', 'src/flow/g.ts', 'import { there } from \'./h.ts\';\nexport const here = there;\n'],
  ['no-orphans', 'src/audit/a.ts', thing],
  ['resolvable', 'src/flow/i.ts', uses('./nowhere.ts')],
];

it('an import against the direction is reported under its rule', () => {
  const { status, out } = check({ ...targets, ...Object.fromEntries(offenders.map(([, file, text]) => [file, text])) });
  const reported = out.split('\n');
  const missed = offenders.filter(([rule, file]) => !reported.some((line) => line.startsWith(`${rule}: ${file} `)));
  expect(missed.map(([rule, file]) => `${rule}: ${file}`)).toEqual([]);
  expect(status).toBe(1);
});

it('types may cross between steps, and edge, flow, step and vocabulary may follow in this order', () => {
  const { status, out } = check({
    'src/consent/a.ts': usesType('../store/b.ts'), 'src/store/b.ts': 'export { thing, type Thing } from \'../fhir/b.ts\';\n', 'src/fhir/b.ts': thing,
    'src/flow/b.ts': 'export { thing } from \'../store/b.ts\';\n', 'src/edge/a.ts': uses('../flow/b.ts'),
  });
  expect([status, out.trim().split('\n')]).toEqual([0, [expect.stringMatching(/^5 modules, 4 imports, 0 against the rules$/)]]);
});

it('a tree it cannot see in full is not called clean', () => {
  // A folder dependency-cruiser leaves out stands for a TypeScript it cannot use.
  const { status, out } = check({ 'src/flow/a.ts': uses('./b.ts'), 'src/flow/b.ts': thing, 'src/node_modules/c.ts': thing });
  expect([status, out]).toEqual([1, expect.stringMatching(/^too-few-modules: 2 seen, 3 files/m)]);
});
