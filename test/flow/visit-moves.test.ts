import fc from 'fast-check';
import { databases } from '../databases.ts';
import { compareRecords, readFinalRecord } from '../faults/final-record.ts';
import { forgetEverybody, openWorks, type Works } from '../faults/open-works.ts';
import { message, segment, type MessageFacts } from '../intake/adt.ts';
import { editableMappings, integrationOf, request, untilReplay, type EditableMappings } from './replay-works.ts';

const analyst = integrationOf();
const visit = (number: string, more: Record<number, string> = {}): Record<number, string> => ({ 2: 'I', 3: 'RRK^W12^B4^RRK15', 10: '300', 19: `${number}^^^RRK`, 44: '20240301081000', ...more });
const one = { 5: 'MERGER^ALMA^^^^^L', 7: '19380211', 8: '2' };
const another = { 5: 'OTHER^ERIC^^^^^L', 7: '19550101', 8: '1' };
const pid = (key: string, who: Record<number, string> = one, more: Record<number, string> = {}): Record<number, string> => ({ 3: `${key}^^^RRK`, ...who, ...more });
const at = (hour: number): string => `20240301${String(hour).padStart(2, '0')}0000`;
const prior = (key: string, number: string, account = ''): string => segment('MRG', { 1: `${key}^^^RRK`, 3: account, 5: number });

/** What happened, by name, in the order it happened. */
type Story = Record<string, MessageFacts>;
const known = (key: string, who: Record<number, string>, hour: number): MessageFacts => ({ event: 'A28', at: at(hour), pid: pid(key, who), pv1: null });

/** A stay that began under one number of the person and goes on under the one that stays. */
const merged: Story = {
  registered: known('L1', one, 1), kept: known('K1', one, 2),
  admitted: { event: 'A01', at: at(3), pid: pid('L1'), pv1: visit('V1', { 14: '19' }) },
  joined: { event: 'A40', at: at(4), pid: pid('K1'), pv1: null, more: ['MRG|L1^^^RRK'] },
  moved: { event: 'A02', at: at(5), pid: pid('K1'), pv1: { ...visit('V1', { 3: 'RRK^W14^B1^RRK15' }), 44: '' } },
  corrected: { event: 'A08', at: at(6), pid: pid('L1'), pv1: { ...visit('V1', { 3: '', 10: '430' }), 44: '' } },
};
/** A stay that was written down for somebody else. */
const given: Story = {
  registered: known('L1', one, 1), kept: known('K1', another, 2),
  admitted: { event: 'A01', at: at(3), pid: pid('L1'), pv1: visit('V1', { 14: '19' }), more: [segment('ZU1', { 15: '20240229', 16: '20240228' })] },
  given: { event: 'A45', at: at(4), pid: pid('K1', another), pv1: visit('V1'), more: [prior('L1', 'V1')] },
  moved: { event: 'A02', at: at(5), pid: pid('K1', another), pv1: { ...visit('V1', { 3: 'OPAL^FRAILTY^CH1^RRK15' }), 44: '' } },
  stale: { event: 'A08', at: at(6), pid: pid('L1'), pv1: { ...visit('V1', { 3: '', 10: '430' }), 44: '' } },
};
const renumbered: Story = {
  registered: known('K1', one, 1),
  admitted: { event: 'A01', at: at(3), pid: pid('K1'), pv1: visit('V1', { 14: '19' }) },
  numbered: { event: 'A50', at: at(4), pid: pid('K1'), pv1: visit('V2'), more: [prior('K1', 'V1')] },
  moved: { event: 'A02', at: at(5), pid: pid('K1'), pv1: { ...visit('V2', { 3: 'RRK^W14^B1^RRK15' }), 44: '' } },
  stale: { event: 'A08', at: at(6), pid: pid('K1'), pv1: { ...visit('V1', { 3: '', 10: '430' }), 44: '' } },
};
const twice: Story = {
  ...renumbered, numbered: { event: 'A42', at: at(4), pid: pid('K1'), pv1: visit('V2'), more: [prior('K1', 'V1')] },
  again: { event: 'A01', at: at(3), pid: pid('K1'), pv1: visit('V2', { 8: 'G1^REFERRER' }) },
};
/** Both stays of an account go, also the one told late; the stay of another account stays. */
const account: Story = {
  registered: known('L1', one, 1), kept: known('K1', another, 2),
  first: { event: 'A01', at: at(3), pid: pid('L1', one, { 18: 'ACC1' }), pv1: visit('V1') },
  other: { event: 'A01', at: at(3), pid: pid('L1', one, { 18: 'ACC2' }), pv1: visit('V9') },
  given: { event: 'A44', at: at(4), pid: pid('K1', another), pv1: null, more: [prior('L1', '', 'ACC1')] },
  second: { event: 'A01', at: at(5), pid: pid('L1', one, { 18: 'ACC1' }), pv1: visit('V3') },
  moved: { event: 'A02', at: at(6), pid: pid('K1', another), pv1: { ...visit('V1', { 3: 'RRK^W14^B1^RRK15' }), 44: '' } },
};
/** Given away, numbered anew, and merged with another key of whom it went to. */
const chained: Story = {
  ...given,
  numbered: { event: 'A50', at: at(7), pid: pid('K1', another), pv1: visit('V2'), more: [prior('K1', 'V1')] },
  elder: known('M1', another, 2),
  joined: { event: 'A40', at: at(8), pid: pid('M1', another), pv1: null, more: ['MRG|K1^^^RRK'] },
  fit: { event: 'A08', at: at(9), pid: pid('M1', another), pv1: { ...visit('V2', { 3: '' }), 44: '' }, more: [segment('ZU1', { 22: 'Y', 24: '20240301090000' })] },
};
const stories: Record<string, { story: Story; visits: Record<string, string> }> = {
  'A40: a stay that goes on under the number that stays': { story: merged, visits: { V1: 'L1' } },
  'A45: a stay that was somebody else\'s': { story: given, visits: { V1: 'K1' } },
  'A50: another number': { story: renumbered, visits: { V2: 'K1' } },
  'A42: one stay under two numbers': { story: twice, visits: { V2: 'K1' } },
  'A44: an account': { story: account, visits: { V1: 'K1', V3: 'K1', V9: 'L1' } },
  'A45, A50 and A40 after each other': { story: chained, visits: { V2: 'K1' } },
};

describe.each(databases)('visits under several names, on $kind', ({ open }) => {
  let maps: EditableMappings;
  let works: Works;
  const start = async (): Promise<void> => { works = await openWorks(await open(), { mappings: maps.folder, pollMs: 5 }); };
  beforeAll(async () => {
    maps = editableMappings();
    await start();
  }, 120_000);
  afterAll(() => works.close());

  /** Every message worked off before the next is sent. */
  async function arrive(messages: readonly (readonly [string, MessageFacts])[]): Promise<Map<string, string>> {
    await works.database.query(forgetEverybody);
    await send(...messages);
    return living();
  }
  async function send(...messages: readonly (readonly [string, MessageFacts])[]): Promise<void> {
    for (const [id, facts] of messages) {
      await works.post('uhb-adt', '', message({ ...facts, id }));
      works.services.worker.wake();
      await works.services.worker.idle();
    }
  }
  /** The record as it stands, without what has ended in some orders and never was in others. */
  async function living(): Promise<Map<string, string>> {
    const ended = new Set((await works.database.query<{ key: string }>("select type || '/' || id as key from citizen_row where deleted")).map(({ key }) => key));
    return new Map([...await readFinalRecord(works.database)].filter(([key]) => !ended.has(key) && key !== 'citizen/unnamed'));
  }
  const rows = async (): Promise<Record<string, string>> => Object.fromEntries((await works.database.query<{ id: string; state: string; codes: string[] }>(
    `select message_id as id, state, array(select e ->> 'code' from jsonb_array_elements(problems) e where e ->> 'severity' is null) as codes from intake_row`)).map(({ id, state, codes }) => [id, [state, ...codes].join(' ')]));
  /** Visits by number, with the key of whose they are. */
  const whose = async (): Promise<Record<string, string>> => Object.fromEntries((await works.database.query<{ number: string; key: string }>(
    `select v.body::jsonb -> 'identifier' -> 0 ->> 'value' as number, p.person_key as key from citizen_row r join citizen_version v using (citizen_id, id, version)
       left join source_person p on p.id = r.origin and p.citizen_id = r.citizen_id where r.type = 'Encounter' and not r.deleted order by 1`)).map(({ number, key }) => [number, key]));
  const encounters = (): Promise<{ id: string; version: number; deleted: boolean; labels: string[]; body: string }[]> => works.database.query(
    `select r.id, r.version, r.deleted, c.labels, v.body from citizen_row r join citizen_version v using (citizen_id, id, version) join sharing_class c using (class_id) where r.type = 'Encounter' order by r.id`);

  describe.each(Object.entries(stories))('%s', (_, { story, visits }) => {
    const told = Object.entries(story);

    it('ends the same in any order, with everything said', async () => {
      const expected = await arrive(told);
      expect(await whose()).toEqual(visits);
      expect(new Set(Object.values(await rows()))).toEqual(new Set(['stored']));
      const [first] = [...expected].filter(([key, value]) => key.startsWith('Encounter/') && value.includes('W14') || value.includes('FRAILTY'));
      expect(first?.[1]).toContain('W12');
      await fc.assert(fc.asyncProperty(fc.shuffledSubarray(told, { minLength: told.length }), async (order) => {
        expect(compareRecords(await arrive(order), expected)).toEqual([]);
      }), { numRuns: 6, seed: 2018 });
    }, 120_000);
  });
});
