import type { Database } from '../../src/store/database.ts';
import { databases } from '../databases.ts';
import { compareSharing, describeDifference, type SharingDifference } from './compare-sharing.ts';

/** The run of `npm run check:sharing`, shorter, on worlds other than the next test's. */
describe.each(databases)('random sharing, on $kind', ({ open }) => {
  const run = async (cases: number, seed: number, spoil: (database: Database) => Promise<unknown> = () => Promise.resolve()): Promise<{ compared: number; difference: SharingDifference | null; seeds: number[] }> => {
    const seeds: number[] = [];
    const outcome = await compareSharing({
      cases, seed, citizens: 6, requesters: 24, report: (next) => { seeds.push(next); },
      open: async () => {
        const database = await open();
        await spoil(database);
        return { database, drop: () => database.close() };
      },
    });
    return { ...outcome, seeds };
  };

  it('is decided alike by door and reference in 5,000 cases of several worlds', async () => {
    const { compared, difference, seeds } = await run(9_000, 101);
    expect(difference === null ? '' : describeDifference(difference)).toBe('');
    expect(compared).toBeGreaterThanOrEqual(9_000);
    expect(seeds).toEqual([102, 103]);
  });

  it('would be told apart when the door forgets that relationships end, by the smallest case there is', async () => {
    const { difference } = await run(9_000, 101, async (database) => {
      const [view] = await database.query<{ sql: string }>(`select pg_get_viewdef('readable_row'::regclass) as sql`);
      const mistaken = (view?.sql ?? '').replaceAll('(x.until > statement_timestamp())', 'true');
      expect(mistaken).not.toBe(view?.sql);
      await database.query(`create or replace view readable_row as ${mistaken}`);
    });
    if (difference === null) throw new Error('no difference was found');
    expect(difference.permitted).toBe(false);
    expect(difference.ask.agreements.map(({ agreement: { clauses } }) => clauses.length)).toEqual([1]);
    expect([difference.row.citizen.relationships.length, difference.row.citizen.choices, difference.row.citizen.emergencies]).toEqual([1, [], []]);
    const told = describeDifference(difference);
    expect(told).toContain(`Seed ${difference.seed}: the door (readable_row) shows what the reference denies.`);
    expect(told).toMatch(/The reference says: Clause .* asks for a live .*, and the gateway knows of none\./);
    expect(JSON.parse(told.split('\n').at(-1) ?? '')).toMatchObject({ seed: difference.seed, permitted: false });
  });
});
