import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { outcomes, writeMatrixAgreements } from '../flow/matrix-outcomes.ts';
import { oversightPaths, paths, type Cell, type Path } from '../flow/matrix-paths.ts';
import { misplacedRoutes } from '../flow/matrix-routes.ts';
import { openMatrixSystem, systemPaths, type MatrixSystem } from '../flow/matrix-systems.ts';
import { routeTable } from '../flow/route-table.ts';
import { decidingRule, layOutMatrix, send, type MatrixCitizen } from '../flow/matrix-world.ts';
import { describeMatrix, type MatrixRow } from './describe-matrix.ts';

/** docs/sharing-matrix.md says what a real gateway answers. UPDATE_DOCS=1 writes it anew. */

const file = join(import.meta.dirname, '../../docs/sharing-matrix.md');
const folder = mkdtempSync(join(tmpdir(), 'onestory-matrix-'));
let gateway: Gateway;
let citizens: MatrixCitizen[];
let system: MatrixSystem;
const rows: MatrixRow[] = [];

beforeAll(async () => {
  gateway = await startGateway(await openPostgres(await freshPostgres()), { agreements: writeMatrixAgreements(join(folder, 'agreements')), environment: () => ({ ONESTORY_HOOK_HOSTS: '127.0.0.1' }) });
  citizens = await layOutMatrix(gateway);
  system = await openMatrixSystem(gateway);
});
afterAll(async () => {
  await gateway.close();
  await system.receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(path: Path, about: MatrixCitizen): Promise<Cell> {
  if (about.outcome.stale) await gateway.database.query('update policy_generation set generation = generation + 1');
  return path.ask(gateway, about);
}

/** What must come out once the reference has decided, unless the way is closed to the caller whatever the record holds. */
function expected({ name, refuses }: Path, { outcome: { who } }: MatrixCitizen, { effect }: { effect: string }): Cell {
  if (refuses?.(who)) return 'refused';
  return oversightPaths.includes(name) || effect === 'permit' ? 'shown' : 'hidden';
}

it.each(outcomes)('$name: every way says the same, and what the reference decides', async ({ key, rule, says, ends }) => {
  const about = citizens.find(({ outcome }) => outcome.key === key);
  if (!about) throw new Error('nobody for this outcome');
  if (ends !== undefined) {
    expect(await ask(paths[0] as Path, about)).toBe('shown');
    expect((await send(gateway, 'governance-lead', 'POST', `/governance/agreements/${ends}/1.0/terminate`, '{}', 'application/json')).status).toBe(200);
  }
  const decided = await decidingRule(gateway, about);
  expect([decided.rule, decided.sentence]).toEqual([rule, expect.stringMatching(says)]);
  const ofSystem: Record<string, Cell> = {};
  for (const { name, ask: askAsSystem } of about.outcome.who === 'community-nurse' && !about.outcome.emergency ? systemPaths : []) {
    if (about.outcome.stale) await gateway.database.query('update policy_generation set generation = generation + 1');
    ofSystem[name] = await askAsSystem(system, about);
  }
  expect(ofSystem).toEqual(Object.fromEntries(Object.keys(ofSystem).map((name) => [name, decided.effect === 'permit' ? 'shown' : 'hidden'])));
  const cells: Cell[] = []; // the last way changes something: emergency access
  const told: Record<string, Cell> = {};
  for (const path of paths) {
    const cell = await ask(path, about);
    cells.push(cell);
    told[path.name] = expected(path, about, path === paths.at(-1) ? await decidingRule(gateway, about) : decided);
  }
  expect(Object.fromEntries(paths.map(({ name }, i) => [name, cells[i]]))).toEqual(told);
  rows.push({ key, rule, cells, systemCells: Object.values(ofSystem) });
});

it('has something shown and something hidden on every way that is open, by every rule', () => {
  const open = paths.filter(({ refuses }) => refuses === undefined);
  const met = open.map(({ name }) => [name, [...new Set(rows.map(({ cells }) => cells[paths.findIndex((path) => path.name === name)]))].sort()]);
  expect(met).toEqual(open.map(({ name }) => [name, ['hidden', 'shown']]));
  expect([...new Set(rows.map(({ rule }) => rule))].sort()).toEqual([1, 2, 3, 4, 5, 6]);
});

it('has a column for every route of the app, or a reason why not', () => {
  const [routes, columns] = [routeTable(gateway.app), [...new Set([...paths, ...systemPaths].map(({ name }) => name))]];
  expect(misplacedRoutes(routes, columns)).toEqual([]);
  expect(misplacedRoutes([...routes, 'GET /fhir/Patient/:id/$unheard-of'], [...columns, 'unheard-of'])).toEqual(['GET /fhir/Patient/:id/$unheard-of has neither a column nor a reason', 'unheard-of asks no route']);
});

it('docs/sharing-matrix.md is up to date (UPDATE_DOCS=1 writes it)', () => {
  const made = describeMatrix(rows);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, made);
  expect(existsSync(file) ? readFileSync(file, 'utf8') : '').toBe(made);
});
