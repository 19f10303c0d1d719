import fc from 'fast-check';
import { databases } from '../databases.ts';
import type { Database } from '../../src/store/database.ts';
import { message, segment } from '../intake/adt.ts';
import { compareRecords, readFinalRecord } from './final-record.ts';
import { openWorks, type Works } from './open-works.ts';
import { copySecrets, untilIdle } from './run-with-kills.ts';

const visit = (more: Record<number, string>): Record<number, string> => ({ 44: '20240301081000', ...more });
const person = (street: string): Record<number, string> => ({ 11: `${street}^^BIRMINGHAM^^B14 7QE` });

/** One stay from registration to a change of address years after, in the order it happened. */
const messages = {
  registered: message({ event: 'A28', id: 'M01', at: '20240301075000', pid: person('1 OLD STREET'), pv1: null }),
  admitted: message({ event: 'A01', id: 'M02', at: '20240301081000', pid: person('1 OLD STREET'), pv1: visit({}) }),
  moved: message({ event: 'A02', id: 'M03', at: '20240302093000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15', 6: 'RRK^W12^B4^RRK15' }) }),
  fit: message({ event: 'A08', id: 'M04', at: '20240304100000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15' }), more: [segment('ZU1', { 22: 'Y', 24: '20240304093000' })] }),
  discharged: message({ event: 'A03', id: 'M05', at: '20240305150000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15', 36: '19', 45: '20240305150000' }) }),
  corrected: message({ event: 'A08', id: 'M06', at: '20240306110000', pid: person('2 NEW STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15', 10: '430', 45: '20240305150000' }) }),
  older: message({ event: 'A31', id: 'M07', at: '20240303120000', pid: person('1B OLD STREET'), pv1: null }),
  newest: message({ event: 'A31', id: 'M08', at: '20250601120000', pid: person('3 NEWEST STREET'), pv1: null }),
};
type Name = keyof typeof messages;
const inOrder = Object.keys(messages) as Name[];
const late = (name: Name): Name[] => [...inOrder.filter((each) => each !== name), name];

const orders: Record<string, Name[]> = {
  'the other way round': inOrder.toReversed(),
  'A03 before A01': ['discharged', ...inOrder.filter((each) => each !== 'discharged')],
  'A08 after A03': ['registered', 'admitted', 'moved', 'discharged', 'fit', 'corrected', 'older', 'newest'],
  'a late, older A31': late('older'),
  'the admission last': late('admitted'),
  'the registration last': late('registered'),
};

/** What was once said to be sensitive stays so: the first word is stricter than the last. */
const sensitive = {
  'S1 admitted to psychiatry, address hidden': message({ event: 'A01', id: 'S1', at: '20240301081000', pid: person('1 OLD STREET'), pv1: visit({ 10: '710' }), more: [segment('ZU8', { 4: '2' })] }),
  'S2 corrected to medicine': message({ event: 'A08', id: 'S2', at: '20240302081000', pid: person('1 OLD STREET'), pv1: visit({ 10: '300' }) }),
  'S3 no longer hidden': message({ event: 'A31', id: 'S3', at: '20240303081000', pid: person('2 NEW STREET'), pv1: null, more: [segment('ZU8', { 4: '0' })] }),
};

describe.each(databases)('the messages of one visit, sent one by one, on $kind', ({ kind, open }) => {
  let expected: Map<string, string>;
  let first: Works;

  /** Every message worked off before the next is sent, so that the order of arrival is the order of work. */
  async function arrive(works: Works, order: readonly Name[]): Promise<Map<string, string>> {
    for (const name of order) {
      await works.post('uhb-adt', '', messages[name]);
      works.services.worker.wake();
      await untilIdle(works.database);
    }
    return readFinalRecord(works.database);
  }

  async function arriveElsewhere(order: readonly Name[]): Promise<string[]> {
    const database = await open();
    await copySecrets(first.database, database);
    const works = await openWorks(database);
    try {
      return compareRecords(await arrive(works, order), expected);
    } finally {
      await works.close();
    }
  }

  beforeAll(async () => {
    first = await openWorks(await open());
    expected = await arrive(first, inOrder);
  }, 90_000);
  afterAll(() => first.close());

  it('say who, where and until when', () => {
    const everything = [...expected.values()].join('\n');
    expect(everything).toContain('3 NEWEST STREET');
    expect([...expected.keys()].filter((key) => key.startsWith('Encounter/'))).toHaveLength(1);
    expect(everything).toContain('"status":"finished"');
  });

  it.each(Object.entries(orders))('give the same record: %s', async (_, order) => {
    expect(await arriveElsewhere(order)).toEqual([]);
  }, 60_000);

  it('give the same record in any order', async () => {
    const numRuns = kind === 'pglite' ? 2 : 5;
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), async (order) => {
      expect(await arriveElsewhere(order)).toEqual([]);
    }), { numRuns, seed: 2018 });
  }, 120_000);
});

describe.each(databases)('messages of which the earlier is stricter, sent one by one, on $kind', ({ open }) => {
  const names = Object.keys(sensitive) as (keyof typeof sensitive)[];

  async function arriveOn(database: Database, order: readonly (keyof typeof sensitive)[]): Promise<Map<string, string>> {
    const works = await openWorks(database);
    try {
      for (const name of order) {
        await works.post('uhb-adt', '', sensitive[name]);
        works.services.worker.wake();
        await untilIdle(database);
      }
      return await readFinalRecord(database);
    } finally {
      await works.services.close();
    }
  }

  it('leave the record as strict in any order', async () => {
    const first = await open();
    const opened = [first];
    try {
      const expected = await arriveOn(first, names);
      expect([...expected.values()].filter((value) => value.includes('LOCIS')).length).toBeGreaterThan(0);
      expect([...expected.entries()].find(([key]) => key.startsWith('Encounter/'))?.[1]).toContain('PSY');
      const [admitted, corrected, shown] = names;
      for (const order of [names.toReversed(), [corrected!, admitted!, shown!], [shown!, admitted!, corrected!]]) {
        const database = await open();
        opened.push(database);
        await copySecrets(first, database);
        expect(compareRecords(await arriveOn(database, order), expected)).toEqual([]);
      }
    } finally {
      for (const database of opened) await database.close();
    }
  }, 90_000);
});
