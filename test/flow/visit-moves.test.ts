import fc from 'fast-check';
import { databases } from '../databases.ts';
import { compareRecords, readFinalRecord } from '../faults/final-record.ts';
import { forgetEverybody, openWorks, type Works } from '../faults/open-works.ts';
import { message, segment, type MessageFacts } from '../intake/adt.ts';
import { until } from '../patience.ts';
import { editableMappings, integrationOf, request, untilReplay, type EditableMappings } from './replay-works.ts';
import { at, parted, pid, prior, visit, visitStories } from './visit-stories.ts';

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
  });
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
  interface Encounter { id: string; number: string; key: string; version: number; deleted: boolean; labels: string[]; source: string; body: string }
  /** Visits with the key of whose they are. */
  const encounters = (): Promise<Encounter[]> => works.database.query(
    `select r.id, v.body::jsonb -> 'identifier' -> 0 ->> 'value' as number, p.person_key as key, r.version, r.deleted, c.labels, v.body::jsonb -> 'meta' ->> 'source' as source, v.body
     from citizen_row r join citizen_version v using (citizen_id, id, version) join sharing_class c using (class_id)
       left join source_person p on p.id = r.origin and p.citizen_id = r.citizen_id where r.type = 'Encounter' order by r.deleted, number`);
  const whose = async (): Promise<Record<string, string>> => Object.fromEntries((await encounters()).filter(({ deleted }) => !deleted).map(({ number, key }) => [number, key]));

  describe('however their messages are ordered', () => {
    let expected: Map<string, string>;
    beforeAll(async () => { expected = await arrive(told); });

    it('say everything that was said of them, of whom they are in the end', async () => {
      expect(await whose()).toEqual(visits);
      expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['stored']));
      const moved = (await encounters()).filter(({ body }) => body.includes('FRAILTY'));
      expect(moved.map(({ body }) => body.includes('W12'))).toEqual([true, true, true, true, true, true]);
    });

    it('they end the same the other way round', async () => {
      expect(compareRecords(await arrive(told.map((story) => story.toReversed())), expected)).toEqual([]);
    });

    it('they end the same in any order', async () => {
      const orders = fc.tuple(...told.map((story) => fc.shuffledSubarray([...story], { minLength: story.length })));
      await fc.assert(fc.asyncProperty(orders, async (stories) => {
        expect(compareRecords(await arrive(stories), expected)).toEqual([]);
      }), { numRuns: Number(process.env['ONESTORY_ORDERS'] ?? 1) });
    }, 3_600_000);

    it('they end the same when all arrive at once', async () => {
      await works.database.query(forgetEverybody);
      await post(told.flat().map((each) => message(each)).join(''));
      expect(compareRecords(await standing(), expected)).toEqual([]);
    });

    it('a replay finds nothing to change, and one that changes every visit keeps whose it is and what was said', async () => {
      maps.edit('hl7v2-adt/visit.map', (text) => text.replace('visit -> encounter.identifier as id then VisitId(feed, visit, id);', "visit -> encounter.identifier as id, encounter.language = 'en' then VisitId(feed, visit, id);"));
      for (const each of parted) await send(each);
      const before = await standing();
      const { database } = works;
      await works.services.close();
      works = await openWorks(database, { mappings: maps.folder, replayTogether: { people: 1, rows: 1 } });
      await works.services.feedWork.replay.start(analyst, 'uhb-adt', request);
      const report = await untilReplay(works.services, 'uhb-adt', 'ready');
      expect(report.differences.map(({ kind, subject, place, count }) => [kind, subject, place, count])).toEqual([['resource', 'Encounter', 'added language', Object.keys(visits).length + 2]]);
      await works.services.feedWork.replay.approve(analyst, 'uhb-adt', report.candidate, request);
      await untilReplay(works.services, 'uhb-adt', 'done');
      const after = await standing();
      const unmarked = (record: Map<string, string>): Map<string, string> => new Map([...record].map(([key, value]) => [key, value.replace('"language":"en",', '').replaceAll(/sha256:[0-9a-f]{64}/g, '')]));
      expect(compareRecords(unmarked(after), unmarked(before))).toEqual([]);
      expect([...after.values()].filter((value) => value.includes('"language":"en"'))).toHaveLength(Object.keys(visits).length + 2);
    });
  });

  describe('each by itself', () => {
    type Who = Record<number, string>;
    const admitted = (key: string, who: Who, number: string, more: Record<number, string> = {}): MessageFacts => ({ id: `in-${number}`, event: 'A01', at: at(3), pid: pid(key, who), pv1: visit(number, more) });
    const give = (id: string, from: string, to: string, who: Who, number: string, now = number): MessageFacts => ({ id, event: 'A45', at: at(4), pid: pid(to, who), pv1: visit(now), more: [prior(from, number)] });
    const doubts: Record<string, { messages: MessageFacts[]; outcome: string }> = {
      'of somebody else': { messages: [admitted('X1', nora, 'V1'), give('go1', 'L1', 'K1', eric, 'V1')], outcome: 'quarantined visit-of-another-person' },
      'onto a number of somebody else': { messages: [admitted('X1', nora, 'V20'), admitted('L1', alma, 'V2'), give('go2', 'L1', 'K1', eric, 'V2', 'V20')], outcome: 'quarantined visit-of-another-person' },
      'onto another number of whose it was': { messages: [admitted('L1', alma, 'V30'), admitted('L1', alma, 'V3'), give('go3', 'L1', 'K1', eric, 'V3', 'V30')], outcome: 'quarantined visit-of-another-person' },
      'that went elsewhere before': { messages: [admitted('L1', alma, 'V4'), give('on4', 'L1', 'K1', eric, 'V4'), give('go4', 'L1', 'X1', nora, 'V4')], outcome: 'quarantined visit-moved-before' },
      'that nobody told of': { messages: [give('go5', 'L1', 'K1', eric, 'V5')], outcome: 'awaiting-merge visit-move-unknown' },
      'to somebody nobody told of': { messages: [admitted('L1', alma, 'V6'), give('go6', 'L1', 'NEW1', eric, 'V6')], outcome: 'awaiting-merge visit-move-person-unknown' },
      'of an account nobody told of': { messages: [admitted('L1', alma, 'V7'), { id: 'go7', event: 'A44', at: at(4), pid: pid('K1', eric), pv1: null, more: [prior('L1', '', 'ACC')] }], outcome: 'awaiting-merge visit-move-unknown' },
      'to where it is': { messages: [admitted('L1', alma, 'V8'), give('go8', 'L1', 'L1', alma, 'V8')], outcome: 'unchanged' },
      'said twice': { messages: [admitted('L1', alma, 'V9'), give('on9', 'L1', 'K1', eric, 'V9'), give('go9', 'L1', 'K1', eric, 'V9')], outcome: 'unchanged' },
    };
    const others: Record<string, Who> = Object.fromEntries(['ADA', 'BEN', 'CIS', 'DEV', 'EVA', 'FAY', 'GUS', 'HAL', 'IVY'].map((name, n) => [name, { 5: `${name}SON^${name}^^^^^L`, 7: `19470${n + 1}0${n + 1}`, 8: '9' }]));
    const who = (name: string): [string, Who] => [name, others[name] ?? {}];
    beforeAll(async () => {
      const everybody = [['L1', alma], ['K1', eric], ['X1', nora], ...Object.entries(others)] as [string, Who][];
      await works.database.query(forgetEverybody);
      await post(everybody.map(([key, person]) => message({ id: `of-${key}`, event: 'A28', at: at(1), pid: pid(key, person), pv1: null })).join(''));
      for (let turn = 0; turn < 3; turn += 1) await post(Object.values(doubts).flatMap(({ messages }) => messages[turn] ?? []).map((each) => message(each)).join(''));
    });
    const ofVisit = async (...numbers: string[]): Promise<Encounter[]> => (await encounters()).filter(({ number }) => numbers.includes(number));

    it.each(Object.keys(doubts).map((name) => [name]))('a visit %s', async (name) => {
      const { messages = [], outcome } = doubts[name] ?? {};
      expect((await outcomes())[messages.at(-1)?.id ?? '']).toBe(outcome);
    });

    it('goes over as a new version that names the message, with what came before, and the trail says so', async () => {
      await send(admitted(...who('ADA'), 'V51'));
      const [before] = await ofVisit('V51');
      await send(give('go51', 'ADA', ...who('BEN'), 'V51'));
      const [after] = await ofVisit('V51');
      expect([before?.version, before?.key, after?.version, after?.key]).toEqual([1, 'ADA', 2, 'BEN']);
      expect(await works.database.query('select message_id as id from intake_row where record_id = any ($1) order by record_id', [[before, after].map((each) => /#(\d+)\//.exec(each?.source ?? '')?.[1])])).toEqual([{ id: 'in-V51' }, { id: 'go51' }]);
      expect(await works.database.query(
        `select v.version, p.person_key as key from citizen_row r join citizen_version v using (citizen_id, id) left join source_person p on 'Patient/' || p.citizen_id = v.body::jsonb -> 'subject' ->> 'reference'
         where r.id = $1 order by 1`, [after?.id])).toEqual([{ version: 1, key: 'ADA' }, { version: 2, key: 'BEN' }]);
      const decided = "select id, cardinality(citizen_ids) as n from audit_entry where id = (select id from link_decision where kind = 'visit' order by n desc limit 1)";
      await until(async () => (await works.database.query(decided)).length > 0, 'the word of it in the trail'); // told after it is done
      expect(await works.database.query(decided)).toMatchObject([{ n: 2 }]);
    });

    it('a number that ends leaves the new one as strict as it was', async () => {
      await send(admitted(...who('ADA'), 'V61', { 10: '710' }), { id: 'now61', event: 'A08', at: at(5), pid: pid(...who('ADA')), pv1: visit('V61') }, { id: 'nr61', event: 'A50', at: at(6), pid: pid(...who('ADA')), pv1: visit('V62'), more: [prior('ADA', 'V61')] });
      expect((await ofVisit('V61', 'V62')).map(({ number, labels }) => [number, labels])).toEqual([['V62', ['PSY']]]);
      expect((await encounters()).filter(({ deleted, labels }) => deleted && labels.includes('PSY'))).toHaveLength(1);
    });

    it('goes back by the message that says so, which takes the first one back, and late messages go there too', async () => {
      await send(admitted(...who('CIS'), 'V71'), give('go71', 'CIS', ...who('DEV'), 'V71'), { id: 'seen71', event: 'A08', at: at(5), pid: pid(...who('DEV')), pv1: visit('V71', { 10: '430' }) }, { ...give('back71', 'DEV', ...who('CIS'), 'V71'), at: at(6) });
      expect(await works.database.query("select undone_by is not null as undone from link_decision where kind = 'visit' order by n desc limit 2")).toEqual([{ undone: false }, { undone: true }]);
      await send({ id: 'late71', event: 'A02', at: at(7), pid: pid(...who('DEV')), pv1: visit('V71', { 3: 'RRK^W99^B1^RRK15', 10: '' }) });
      const [stay] = await ofVisit('V71');
      expect([stay?.key, stay?.body.includes('"430"'), stay?.body.includes('W99')]).toEqual(['CIS', true, true]);
    });

    it('at whoever\'s location is hidden no version tells a place, earlier ones included', async () => {
      await send({ id: 'says-IVY', event: 'A31', at: at(2), pid: pid(...who('IVY')), pv1: null, more: [segment('ZU8', { 4: '2' })] }, admitted(...who('CIS'), 'V99'));
      const bodies = async (): Promise<boolean[]> => (await works.database.query<{ body: string }>('select body from citizen_version where id = $1 order by version', [(await ofVisit('V99'))[0]?.id])).map(({ body }) => body.includes('W12'));
      expect(await bodies()).toEqual([true]);
      await send(give('go99', 'CIS', ...who('IVY'), 'V99'));
      expect(await bodies()).toEqual([false, false]);
    });

    it('keeps what was said of it under a number it was one with by mistake, also what is said late', async () => {
      for (const each of parted) await send(each);
      expect(Object.entries(await outcomes()).filter(([id, outcome]) => id.startsWith('U-') && outcome !== 'stored')).toEqual([]);
      expect((await ofVisit('UV1', 'UV2')).map(({ number, key, body }) => [number, key, ...['FRAILTY', '"710"', '"430"'].map((word) => body.includes(word))]))
        .toEqual([['UV1', 'UL', true, true, false], ['UV2', 'UK', false, false, true]]);
      expect(await works.database.query("select count(distinct citizen_id)::int as citizens, count(distinct origin)::int as origins from citizen_row where id::text in (select id::text from citizen_row r join citizen_version v using (citizen_id, id, version) where v.body like '%UV1%')")).toEqual([{ citizens: 1, origins: 1 }]);
      await send({ id: 'back91', event: 'A45', at: at(8), pid: parted[1]?.pid ?? {}, pv1: visit('UV1', { 3: '' }), more: [prior('UL', 'UV1')] });
      expect((await ofVisit('UV1')).map(({ key, body }) => [key, body.includes('FRAILTY')])).toEqual([['UK', true]]);
      expect(await works.database.query("select undone_by is null as stands from link_decision where kind = 'split' order by n desc limit 1")).toEqual([{ stands: true }]);
    });

    it('what was refused or waits is taken up by itself when it can be done', async () => {
      await send(give('late81', 'EVA', ...who('FAY'), 'V81'), admitted(...who('EVA'), 'V82'), give('on82', 'FAY', ...who('ADA'), 'V82'));
      expect(await outcomes()).toMatchObject({ late81: 'awaiting-merge visit-move-unknown', on82: 'quarantined visit-of-another-person' });
      await send(give('go82', 'EVA', ...who('FAY'), 'V82'), admitted(...who('EVA'), 'V81'));
      expect(await outcomes()).toMatchObject({ late81: 'stored', go82: 'stored', on82: 'stored' });
      expect((await ofVisit('V81', 'V82')).map(({ number, key }) => [number, key])).toEqual([['V81', 'FAY'], ['V82', 'ADA']]);
    });

    it.each<[string, string, string, string]>([['an objection', 'BEN', 'DEV', 'ZU8||2'], ['a hidden location', 'GUS', 'HAL', segment('ZU8', { 4: '2' })]])('does not lose %s: it waits until it would not', async (_, from, to, said) => {
      const says = (name: string): MessageFacts => ({ id: `says-${name}`, event: 'A31', at: at(2), pid: pid(...who(name)), pv1: null, more: [said] });
      await send(says(from), admitted(...who(from), `V9${from}`), give(`go-${from}`, from, ...who(to), `V9${from}`));
      expect((await outcomes())[`go-${from}`]).toBe('awaiting-merge visit-move-less-protected');
      expect((await ofVisit(`V9${from}`)).map(({ key }) => key)).toEqual([from]);
      await send(says(to));
      await works.services.feedWork.requeue(analyst, 'uhb-adt', { code: 'visit-move-less-protected', field: null, file: null }, request);
      await works.services.worker.idle();
      expect((await ofVisit(`V9${from}`)).map(({ key }) => key)).toEqual([to]);
    });
  });
});
