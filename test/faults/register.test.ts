import { openPostgres } from '../../src/store/database.ts';
import { freshPostgres } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { checkRegister, type RegisterStep } from './check-register.ts';
import { runRegister } from './run-register.ts';

describe('16 clients on two gateways of one record', () => {
  let gateways: Gateway[] = [];
  beforeAll(async () => {
    const url = await freshPostgres();
    gateways = [await startGateway(await openPostgres(url), { citizens: 1 })];
    gateways.push(await startGateway(await openPostgres(url)));
  });
  afterAll(async () => { for (const gateway of gateways) await gateway.close(); });

  it('lose no update: what they were told is one order of all that happened', async () => {
    const run = await runRegister(gateways, { who: 'uhb-integration', clients: 16, registers: 3, ms: 90_000, enough: 40 });
    expect(run.violations).toEqual([]);
    expect(run.written).toBeGreaterThan(5);
    expect(run.refused).toBeGreaterThan(0);
  });
});

describe('the check', () => {
  const read = (began: number, ended: number, version: number, value = `v${version}`): RegisterStep => ({ register: 'r', began, ended, did: { kind: 'read', version, value } });
  const wrote = (began: number, ended: number, version: number, more: { value?: string; from?: number; together?: string } = {}): RegisterStep =>
    ({ register: 'r', began, ended, did: { kind: 'written', version, value: `v${version}`, from: version - 1, together: null, ...more } });
  const history = new Map([['r', ['v1', 'v2', 'v3']]]);
  const fine = [read(0, 1, 1), wrote(2, 4, 2), read(3, 5, 1), read(5, 6, 2), wrote(7, 8, 3), read(9, 10, 3)];

  it('finds nothing where all is in order', () => { expect(checkRegister(fine, history)).toEqual([]); });
  it.each<[string, RegisterStep[], string]>([
    ['a lost update', [...fine, wrote(11, 12, 3, { value: 'lost' })], 'r: version 3 was told to be lost and is v3'],
    ['two writers of one version', [...fine, wrote(7, 8, 3)], 'r: version 3 (v3) was written by 2 clients'],
    ['a version nobody wrote', fine.filter(({ did }) => did.kind !== 'written' || did.version !== 3), 'r: version 3 (v3) was written by 0 clients'],
    ['an old read', [...fine, read(11, 12, 2)], 'r: version 2 after version 3 had been told'],
    ['a version before one that had ended', [read(0, 1, 3), wrote(2, 3, 2), wrote(4, 5, 3)], 'r: version 2 after version 3 had been told'],
    ['a write from an older version', [...fine.slice(0, -2), wrote(7, 8, 3, { from: 1 })], 'r: version 3 was written from version 1'],
    ['a refused value that is there', [...fine, { register: 'r', began: 11, ended: 12, did: { kind: 'refused', value: 'v2', from: 2 } }], 'r: v2 was refused and is there'],
    ['half a transaction', [...fine.slice(0, -2), wrote(7, 8, 3, { together: 't' })], 't: one of two writes of a transaction'],
  ])('finds %s', (_, steps, expected) => {
    expect(checkRegister(steps, history)).toContain(expected);
  });
});
