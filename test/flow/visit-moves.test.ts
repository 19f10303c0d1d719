import fc from 'fast-check';
import { databases } from '../databases.ts';
import { compareRecords, readFinalRecord } from '../faults/final-record.ts';
import { forgetEverybody, openWorks, type Works } from '../faults/open-works.ts';
import { message, segment, type MessageFacts } from '../intake/adt.ts';
import { editableMappings, integrationOf, request, untilReplay, type EditableMappings } from './replay-works.ts';
import { at, pid, prior, visit, visitStories } from './visit-stories.ts';

const analyst = integrationOf();
const told = Object.values(visitStories).map(({ story }) => Object.values(story));
const visits: Record<string, string> = Object.assign({}, ...Object.values(visitStories).map((story) => story.visits));
const alma = { 5: 'MERGER^ALMA^^^^^L', 7: '19380211', 8: '2' };
const eric = { 5: 'OTHER^ERIC^^^^^L', 7: '19550101', 8: '1' };
const nora = { 5: 'THIRD^NORA^^^^^L', 7: '19610606', 8: '2' };

describe.each(databases)('visits under several names, on $kind', ({ open }) => {
  let maps: EditableMappings;
  let works: Works;
  beforeAll(async () => {
    maps = editableMappings();
    works = await openWorks(await open(), { mappings: maps.folder });
  }, 120_000);
  afterAll(() => works.close());

  async function post(text: string): Promise<void> {
    await works.post('uhb-adt', '', text);
    works.services.worker.wake();
    await works.services.worker.idle();
  }
  const send = async (...messages: readonly MessageFacts[]): Promise<void> => {
    for (const each of messages) await post(message(each));
  };
  /** The messages of all stories, each in its order: the first of every story together, then the second, … */
  async function arrive(stories: readonly (readonly MessageFacts[])[]): Promise<Map<string, string>> {
    await works.database.query(forgetEverybody);
    for (let turn = 0; stories.some((story) => turn < story.length); turn += 1) await post(stories.flatMap((story) => story[turn] ?? []).map((each) => message(each)).join(''));
    return standing();
  }
  /** The record as it stands, without what has ended in some orders and never was in others. */
  async function standing(): Promise<Map<string, string>> {
    const ended = new Set((await works.database.query<{ key: string }>("select type || '/' || id as key from citizen_row where deleted")).map(({ key }) => key));
    return new Map([...await readFinalRecord(works.database)].filter(([key]) => !ended.has(key) && key !== 'citizen/unnamed'));
  }
  const outcomes = async (): Promise<Record<string, string>> => Object.fromEntries((await works.database.query<{ id: string; state: string; codes: string[] }>(
    `select message_id as id, state, array(select e ->> 'code' from jsonb_array_elements(problems) e where e ->> 'severity' is null) as codes from intake_row`))
    .map(({ id, state, codes }) => [id, [state, ...codes].join(' ')]));
  interface Encounter { number: string; key: string; version: number; deleted: boolean; labels: string[]; source: string; body: string }
  /** Visits with the key of whose they are. */
  const encounters = (): Promise<Encounter[]> => works.database.query(
    `select v.body::jsonb -> 'identifier' -> 0 ->> 'value' as number, p.person_key as key, r.version, r.deleted, c.labels, v.body::jsonb -> 'meta' ->> 'source' as source, v.body
     from citizen_row r join citizen_version v using (citizen_id, id, version) join sharing_class c using (class_id)
       left join source_person p on p.id = r.origin and p.citizen_id = r.citizen_id where r.type = 'Encounter' order by r.deleted, 1`);
  const whose = async (): Promise<Record<string, string>> => Object.fromEntries((await encounters()).filter(({ deleted }) => !deleted).map(({ number, key }) => [number, key]));
  const decisions = (): Promise<{ kind: string; undone: boolean }[]> => works.database.query("select kind, undone_by is not null as undone from link_decision where kind = 'visit' order by n");

  describe('however their messages are ordered', () => {
    let expected: Map<string, string>;
    beforeAll(async () => { expected = await arrive(told); }, 120_000);

    it('say everything that was said of them, of whom they are in the end', async () => {
      expect(await whose()).toEqual(visits);
      expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['stored']));
      const moved = (await encounters()).filter(({ body }) => body.includes('FRAILTY'));
      expect(moved.map(({ body }) => body.includes('W12'))).toEqual([true, true, true, true, true, true]);
    });

    it('a replay finds nothing to change, and one that changes every visit keeps whose it is and what was said', async () => {
      maps.edit('hl7v2-adt/visit.map', (text) => text.replace('visit -> encounter.identifier as id then VisitId(feed, visit, id);', "visit -> encounter.identifier as id, encounter.language = 'en' then VisitId(feed, visit, id);"));
      const { database } = works;
      await works.services.close();
      works = await openWorks(database, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
      await works.services.feedWork.replay.start(analyst, 'uhb-adt', request);
      const report = await untilReplay(works.services, 'uhb-adt', 'ready');
      expect(report.differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual([['resource', 'Encounter', 'added language', Object.keys(visits).length]]);
      await works.services.feedWork.replay.approve(analyst, 'uhb-adt', report.candidate, request);
      await untilReplay(works.services, 'uhb-adt', 'done');
      const after = await standing();
      const unmarked = (record: Map<string, string>): Map<string, string> => new Map([...record].map(([key, value]) => [key, value.replace('"language":"en",', '').replaceAll(/sha256:[0-9a-f]{64}/g, '')]));
      expect(compareRecords(unmarked(after), unmarked(expected))).toEqual([]);
      expect([...after.values()].filter((value) => value.includes('"language":"en"'))).toHaveLength(Object.keys(visits).length);
      expected = await arrive(told);
    }, 120_000);

    it.each<[string, (story: readonly MessageFacts[]) => readonly MessageFacts[]]>([
      ['the other way round', (story) => story.toReversed()],
      ['what moves them first', (story) => [...story.filter(({ more = [] }) => more.some((line) => line.startsWith('MRG'))), ...story.filter(({ more = [] }) => !more.some((line) => line.startsWith('MRG')))]],
    ])('they end the same: %s', async (_, order) => {
      expect(compareRecords(await arrive(told.map(order)), expected)).toEqual([]);
    }, 120_000);

    it('they end the same in any order', async () => {
      const orders = fc.tuple(...told.map((story) => fc.shuffledSubarray([...story], { minLength: story.length })));
      await fc.assert(fc.asyncProperty(orders, async (stories) => {
        expect(compareRecords(await arrive(stories), expected)).toEqual([]);
      }), { numRuns: Number(process.env['ONESTORY_ORDERS'] ?? 3), seed: 2018 });
    }, 600_000);

    it('they end the same when all arrive at once', async () => {
      for (const stories of [told, told.map((story) => story.toReversed())]) {
        await works.database.query(forgetEverybody);
        await post(stories.flat().map((each) => message(each)).join(''));
        expect(compareRecords(await standing(), expected)).toEqual([]);
      }
    }, 120_000);
  });

  describe('one by one', () => {
    beforeEach(async () => {
      await works.database.query(forgetEverybody);
      await send({ id: 'L', event: 'A28', pid: pid('L1', alma), pv1: null }, { id: 'K', event: 'A28', pid: pid('K1', eric), pv1: null }, { id: 'X', event: 'A28', pid: pid('X1', nora), pv1: null });
    }, 60_000);
    const admitted = (key: string, who: Record<number, string>, number: string, more: Record<number, string> = {}): MessageFacts => ({ id: `in-${number}`, event: 'A01', at: at(3), pid: pid(key, who), pv1: visit(number, more) });
    const give = (id: string, from: string, to: string, who: Record<number, string>, number = 'V1', now = number): MessageFacts => ({ id, event: 'A45', at: at(4), pid: pid(to, who), pv1: visit(now), more: [prior(from, number)] });

    it('goes over as a new version that names the message, with what came before, and the trail says so', async () => {
      await send(admitted('L1', alma, 'V1'));
      const [before] = await encounters();
      await send(give('go', 'L1', 'K1', eric));
      const [after] = await encounters();
      expect([before?.version, after?.version, after?.key]).toEqual([1, 2, 'K1']);
      expect(await works.database.query('select message_id as id from intake_row where record_id = any ($1) order by record_id', [[before, after].map((each) => /#(\d+)\//.exec(each?.source ?? '')?.[1])])).toEqual([{ id: 'in-V1' }, { id: 'go' }]);
      const versions = await works.database.query<{ n: number }>("select count(distinct v.body::jsonb -> 'subject' ->> 'reference')::int as n from citizen_row r join citizen_version v using (citizen_id, id) where r.type = 'Encounter' and v.body like '%subject%'");
      expect(versions).toEqual([{ n: 2 }]);
      expect(await works.database.query("select count(*)::int as n from audit_entry where entry like '%link-visit%' and cardinality(citizen_ids) = 2 and seq > (select max(seq) - 5 from audit_entry)")).toEqual([{ n: 1 }]);
    }, 60_000);

    it('a number that ends leaves the new one as strict as it was, and its own history', async () => {
      await send(admitted('L1', alma, 'V1', { 10: '710' }), { id: 'no', event: 'A08', at: at(5), pid: pid('L1', alma), pv1: visit('V1') }, { id: 'nr', event: 'A50', at: at(6), pid: pid('L1', alma), pv1: visit('V2'), more: [prior('L1', 'V1')] });
      expect((await encounters()).map(({ number, deleted, labels }) => [number, deleted, labels])).toEqual([['V2', false, ['PSY']], [null, true, ['PSY']]]);
    }, 60_000);

    it('goes back by the message that says so, which takes the first one back', async () => {
      await send(admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric), { id: 'seen', event: 'A08', at: at(5), pid: pid('K1', eric), pv1: visit('V1', { 10: '430' }) }, { ...give('back', 'K1', 'L1', alma), at: at(6) });
      expect(await whose()).toEqual({ V1: 'L1' });
      expect((await encounters())[0]?.body).toContain('"430"');
      expect(await decisions()).toEqual([{ kind: 'visit', undone: true }, { kind: 'visit', undone: false }]);
      await send({ id: 'on', event: 'A02', at: at(7), pid: pid('L1', alma), pv1: visit('V1', { 3: 'RRK^W99^B1^RRK15' }) }, { id: 'late', event: 'A08', at: at(8), pid: pid('K1', eric), pv1: visit('V1', { 3: '', 10: '300' }) });
      expect(await whose()).toEqual({ V1: 'L1' });
      expect((await encounters())[0]?.body).toContain('W99');
      expect(Object.values(await outcomes()).filter((outcome) => !['stored', 'unchanged'].includes(outcome))).toEqual([]);
    }, 60_000);

    it.each<[string, MessageFacts[], Record<string, string>]>([
      ['of somebody else', [admitted('X1', nora, 'V1'), give('go', 'L1', 'K1', eric)], { go: 'quarantined visit-of-another-person' }],
      ['onto a number of somebody else', [admitted('X1', nora, 'V2'), admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric, 'V1', 'V2')], { go: 'quarantined visit-of-another-person' }],
      ['onto another number of whose it was', [admitted('L1', alma, 'V2'), admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric, 'V1', 'V2')], { go: 'quarantined visit-of-another-person' }],
      ['that went elsewhere before', [admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric), give('gone', 'L1', 'X1', nora)], { go: 'stored', gone: 'quarantined visit-moved-before' }],
      ['that nobody told of', [give('go', 'L1', 'K1', eric)], { go: 'awaiting-merge visit-move-unknown' }],
      ['to somebody nobody told of', [admitted('L1', alma, 'V1'), give('go', 'L1', 'NEW1', eric)], { go: 'awaiting-merge visit-move-person-unknown' }],
      ['of an account nobody told of', [admitted('L1', alma, 'V1'), { id: 'go', event: 'A44', pid: pid('K1', eric), pv1: null, more: [prior('L1', '', 'ACC')] }], { go: 'awaiting-merge visit-move-unknown' }],
      ['to where it is', [admitted('L1', alma, 'V1'), give('go', 'L1', 'L1', alma)], { go: 'unchanged' }],
      ['said twice', [admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric), give('two', 'L1', 'K1', eric)], { go: 'stored', two: 'unchanged' }],
    ])('a visit %s', async (_, messages, expected) => {
      await send(...messages);
      expect(await outcomes()).toMatchObject(expected);
    }, 60_000);

    it('what was refused or waits is taken up by itself when it can be done', async () => {
      await send(give('late', 'L1', 'K1', eric, 'V7'), { ...give('wrong', 'K1', 'X1', nora), at: at(6) }, admitted('L1', alma, 'V1'), { ...give('wrong', 'K1', 'X1', nora), id: 'then', at: at(7) });
      expect(await outcomes()).toMatchObject({ late: 'awaiting-merge visit-move-unknown', wrong: expect.not.stringContaining('stored'), then: 'quarantined visit-of-another-person' });
      await send(give('go', 'L1', 'K1', eric), admitted('L1', alma, 'V7'));
      expect(await outcomes()).toMatchObject({ late: 'stored', then: expect.stringMatching(/stored|unchanged/), go: 'stored' });
      expect(await whose()).toEqual({ V1: 'X1', V7: 'K1' });
    }, 60_000);

    it.each<[string, MessageFacts, MessageFacts]>([
      ['an objection', { id: 'obj', event: 'A31', at: at(2), pid: pid('L1', alma), pv1: null, more: ['ZU8||2'] }, { id: 'obj2', event: 'A31', at: at(2), pid: pid('K1', eric), pv1: null, more: ['ZU8||2'] }],
      ['a hidden location', { id: 'obj', event: 'A31', at: at(2), pid: pid('L1', alma), pv1: null, more: [segment('ZU8', { 4: '2' })] }, { id: 'obj2', event: 'A31', at: at(2), pid: pid('K1', eric), pv1: null, more: [segment('ZU8', { 4: '2' })] }],
    ])('does not lose %s: it waits until it would not', async (_, said, same) => {
      await send(said, admitted('L1', alma, 'V1'), give('go', 'L1', 'K1', eric));
      expect(await outcomes()).toMatchObject({ go: 'awaiting-merge visit-move-less-protected' });
      expect(await whose()).toEqual({ V1: 'L1' });
      await send(same);
      await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: 'visit-move-less-protected', field: null, file: null }, request);
      await works.services.worker.idle();
      expect(await whose()).toEqual({ V1: 'K1' });
    }, 60_000);
  });
});
