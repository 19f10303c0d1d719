import fc from 'fast-check';
import { databases } from '../databases.ts';
import { message, segment } from '../intake/adt.ts';
import { compareRecords, readFinalRecord } from './final-record.ts';
import { forgetEverybody, openWorks, type Works } from './open-works.ts';

const visit = (more: Record<number, string>): Record<number, string> => ({ 44: '20240301081000', ...more });
const person = (street: string): Record<number, string> => ({ 11: `${street}^^BIRMINGHAM^^B14 7QE` });

/** One stay from registration to a change of address years after, in the order it happened. */
const messages = {
  registered: message({ event: 'A28', id: 'M01', at: '20240301075000', pid: person('1 OLD STREET'), pv1: null }),
  admitted: message({ event: 'A01', id: 'M02', at: '20240301081000', pid: person('1 OLD STREET'), pv1: visit({}) }),
  moved: message({ event: 'A02', id: 'M03', at: '20240302093000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15', 6: 'RRK^W12^B4^RRK15' }) }),
  mistaken: message({ event: 'A02', id: 'M09', at: '20240302120000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'OPAL^FRAILTY^CH1^RRK15' }) }),
  takenBack: message({ event: 'A12', id: 'M10', at: '20240302130000', of: '20240302120000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15' }) }),
  onLeave: message({ event: 'A21', id: 'M11', at: '20240303080000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15' }) }),
  returned: message({ event: 'A22', id: 'M12', at: '20240303180000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15' }) }),
  sentHome: message({ event: 'A03', id: 'M13', at: '20240303190000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15', 37: '54', 45: '20240303190000' }) }),
  stayed: message({ event: 'A13', id: 'M14', at: '20240303193000', of: '20240303190000', pid: person('1 OLD STREET'), pv1: visit({ 3: 'RRK^W15^B1^RRK15' }) }),
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
  'A08 after A03': [...inOrder.filter((each) => each !== 'fit' && each !== 'corrected'), 'fit', 'corrected'],
  'a late, older A31': late('older'),
  'the admission last': late('admitted'),
  'what was taken back after it was': ['takenBack', 'stayed', ...inOrder.filter((each) => !['takenBack', 'stayed'].includes(each))],
  'the registration last': late('registered'),
};

/** What was once said to be sensitive stays so: the first word is stricter than the last. */
const sensitive = {
  'S1 admitted to psychiatry, address hidden': message({ event: 'A01', id: 'S1', at: '20240301081000', pid: person('1 OLD STREET'), pv1: visit({ 10: '710' }), more: [segment('ZU8', { 4: '2' })] }),
  'S2 corrected to medicine': message({ event: 'A08', id: 'S2', at: '20240302081000', pid: person('1 OLD STREET'), pv1: visit({ 10: '300' }) }),
  'S3 no longer hidden': message({ event: 'A31', id: 'S3', at: '20240303081000', pid: person('2 NEW STREET'), pv1: null, more: [segment('ZU8', { 4: '0' })] }),
};

/** Every message worked off before the next is sent, so that the order of arrival is the order of work. */
async function arrive(works: Works, messagesInOrder: readonly string[]): Promise<Map<string, string>> {
  await works.database.query(forgetEverybody);
  for (const each of messagesInOrder) {
    await works.post('uhb-adt', '', each);
    await works.services.worker.idle();
  }
  return readFinalRecord(works.database);
}

describe.each(databases)('messages about one person, sent one by one, on $kind', ({ kind, open }) => {
  let works: Works;
  beforeAll(async () => { works = await openWorks(await open()); });
  afterAll(() => works.close());

  describe('of one visit', () => {
    let expected: Map<string, string>;
    beforeAll(async () => { expected = await arrive(works, Object.values(messages)); });

    it('say who, where and until when', () => {
      const everything = [...expected.values()].join('\n');
      expect(everything).toContain('3 NEWEST STREET');
      expect([...expected.keys()].filter((key) => key.startsWith('Encounter/'))).toHaveLength(1);
      expect(everything).toContain('"status":"finished"');
      expect(everything).toContain('"status":"onleave"');
      expect([...expected].filter(([key]) => key.startsWith('EpisodeOfCare/')).map(([, value]) => value.includes('entered-in-error'))).toEqual([true]);
      expect(everything).not.toContain('"code":"54"');
    });

    // what the map makes of each message, of which a second engine would tell nothing more
    if (kind === 'postgresql') {
      it('would be another record without any one of them', async () => {
        for (const missing of ['admitted', 'moved', 'mistaken', 'takenBack', 'onLeave', 'stayed', 'discharged', 'corrected', 'newest'] as const) {
          expect(compareRecords(await arrive(works, inOrder.filter((name) => name !== missing).map((name) => messages[name])), expected)).not.toEqual([]);
        }
      });
    }

    it.each(Object.entries(orders))('give the same record: %s', async (_, order) => {
      expect(compareRecords(await arrive(works, order.map((name) => messages[name])), expected)).toEqual([]);
    });

    it('give the same record in any order', async () => {
      await fc.assert(fc.asyncProperty(fc.shuffledSubarray(inOrder, { minLength: inOrder.length }), async (order) => {
        expect(compareRecords(await arrive(works, order.map((name) => messages[name])), expected)).toEqual([]);
      }), { numRuns: kind === 'pglite' ? 1 : 3 });
    });
  });

  it('of which the earlier is stricter leave the record as strict in any order', async () => {
    const [admitted, corrected, shown] = Object.values(sensitive);
    const expected = await arrive(works, [admitted!, corrected!, shown!]);
    expect([...expected.values()].filter((value) => value.includes('LOCIS')).length).toBeGreaterThan(0);
    expect([...expected.entries()].find(([key]) => key.startsWith('Encounter/'))?.[1]).toContain('PSY');
    for (const order of [[shown!, corrected!, admitted!], [corrected!, admitted!, shown!], [shown!, admitted!, corrected!]]) {
      expect(compareRecords(await arrive(works, order), expected)).toEqual([]);
    }
  });
});
