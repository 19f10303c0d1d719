import { randomUUID } from 'node:crypto';
import { neverErased } from '../../src/audit/retention.ts';
import { tombstoneOf } from '../../src/flow/audit/redact-entry.ts';
import { sealEntries } from '../../src/flow/audit/seal-entries.ts';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { openAuditTrail } from '../../src/store/audit/audit-trail.ts';
import type { Database } from '../../src/store/database.ts';
import { readFreshness, readVolume } from '../../src/store/intake/feed-freshness.ts';
import { finishRecords } from '../../src/store/intake/intake-queue.ts';
import { endLapsedHolds, eraseBytes, eraseCases, eraseLooks, findDueBytes, findDueCases, findDueLooks, redactEntry } from '../../src/store/audit/retention.ts';
import { copyLegalHolds, endLegalHold, saveLegalHold } from '../../src/store/audit/legal-holds.ts';
import { requeueWaiting } from '../../src/store/intake/source-records.ts';
import { entryOf } from '../audit/log-of.ts';
import { databases } from '../databases.ts';

const [old, recent] = ['1990-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
const before = new Date('2000-01-01T00:00:00Z');
const people = { ofPeople: true, never: neverErased };
const [alice, abdul, hospital] = [randomUUID(), randomUUID(), 'urn:x|hospital'];

async function write(database: Database, at: string, about: { citizen?: string; organisation?: string; interaction?: string }): Promise<void> {
  const { citizen: _, ...entry } = entryOf(1, { id: randomUUID(), at, interaction: about.interaction ?? 'read' });
  await openAuditTrail(database, sealEntries).append({ ...entry, ...(about.citizen !== undefined && { citizen: about.citizen }), who: { client: 'viewer', organisation: about.organisation ?? 'urn:x|other' } });
}

async function hold(database: Database, of: { citizen?: string; organisation?: string; until?: string }): Promise<string> {
  const id = randomUUID();
  await saveLegalHold(database, { id, citizen: of.citizen ?? null, organisation: of.organisation ?? null, until: of.until ?? null, reason: 'A claim', placedFor: 'urn:x|icb', placedBy: 'lead', placedName: 'Lead', placedAt: new Date() });
  return id;
}
const end = (database: Database, id: string): Promise<boolean> => endLegalHold(database, id, { at: new Date(), by: 'lead', name: 'Lead', reason: 'Over' });

describe.each(databases)('what is due to be erased, on $kind', ({ open }) => {
  let database: Database;
  beforeAll(async () => { database = await open(); });
  afterAll(() => database.close());
  const due = (limit = 100, rule = 'people') => findDueLooks(database, { rule, before, limit }, people);

  it('is what is old, of the sort asked for, not held and not what others rest on', async () => {
    for (const about of [{ citizen: alice }, { citizen: abdul, organisation: hospital }, {}, { citizen: alice, interaction: 'legal-hold-place' }, { interaction: 'audit-redact' }]) await write(database, old, about);
    await write(database, recent, { citizen: alice });
    expect(await due()).toEqual({ numbers: [1, 2], held: 0, upto: null });
    expect((await findDueLooks(database, { rule: 'others', before, limit: 100 }, { ...people, ofPeople: false })).numbers).toEqual([3]);
  });

  it('is not what a hold on the citizen, under any id, or on the organisation keeps', async () => {
    const formerly = randomUUID();
    await database.query('insert into citizen_alias (citizen_id, now_id) values ($1, $2)', [formerly, alice]);
    const first = await hold(database, { citizen: formerly });
    expect(await due()).toMatchObject({ numbers: [2], held: 1 });
    const second = await hold(database, { organisation: hospital });
    expect(await due()).toMatchObject({ numbers: [], held: 2 });
    const third = await hold(database, { citizen: alice, organisation: hospital }); // of hers what the hospital asked
    expect([await end(database, first), await end(database, first), await end(database, second)]).toEqual([true, false, true]);
    expect(await due()).toMatchObject({ numbers: [1, 2], held: 0 });
    await end(database, third);
  });

  it('is looked at once, slice by slice, and from the first again when a hold has ended or lapsed', async () => {
    const lasting = await hold(database, { citizen: alice });
    await hold(database, { citizen: abdul, until: '2001-01-01' });
    const slice = await due(2);
    expect(slice).toMatchObject({ numbers: [2], held: 1, upto: { seq: 2 } }); // a day that is over holds nothing
    await eraseLooks(database, [], { rule: 'people', recordedBy: randomUUID(), tombstone: '', upto: slice.upto });
    expect((await due()).held).toBe(0);
    await endLapsedHolds(database);
    expect(await due()).toMatchObject({ numbers: [2], held: 1 });
    await end(database, lasting);
  });

  it('is not erased where a hold came while the erasure was written down, nor by one of its own', async () => {
    const slice = await due();
    const late = await hold(database, { citizen: alice });
    expect(slice.numbers).toEqual([1, 2]);
    const erasure = { rule: 'people', recordedBy: randomUUID(), tombstone: '{}' };
    expect([await redactEntry(database, 1, erasure), await eraseLooks(database, [1], { ...erasure, upto: null })]).toEqual(['held', 0]);
    expect(await database.query('select salt is not null as kept from audit_entry where seq = 1')).toEqual([{ kept: true }]);
    expect(await database.query('select 1 from audit_redaction')).toEqual([]);
    await end(database, late);
  });

  it('is erased as one entry would be, with its number, instant and commitment left', async () => {
    const [{ ids } = { ids: [] }] = await database.query<{ ids: string[] }>('select array_agg(id order by seq) as ids from audit_entry where seq <= 3');
    const oddOf = (entries: string[], signal: string): Promise<unknown> => database.query(
      `insert into odd_look (citizen_id, keeper, organisation, person, person_name, role, signal, about, facts, points, first_at, last_at, last_day, entries) values ($1, 'k', 'o', 'p', 'P', 'r', $2, '', '{}', 1, now(), now(), now(), $3)`, [alice, signal, entries]);
    await oddOf(ids.slice(0, 2), 'own-record');
    await oddOf(ids.slice(1), 'prominent');
    const [kept] = await database.query('select id, at, commitment, tree from audit_entry where seq = 2');
    await eraseLooks(database, [1, 2], { rule: 'people', recordedBy: randomUUID(), tombstone: canonicalJson(tombstoneOf('{id}', '{at}')), upto: null });
    const [stored] = await database.query<Record<string, unknown>>('select id, at, commitment, tree, salt, citizen_ids, organisation, custodians, agent, entry from audit_entry where seq = 2');
    expect(stored).toMatchObject({ ...kept, salt: null, citizen_ids: [], organisation: null, custodians: [], agent: 'redacted' });
    expect(stored?.['entry']).toBe(canonicalJson(tombstoneOf(String(stored?.['id']), old)));
    expect((await due()).numbers).toEqual([]);
    expect(await database.query('select signal, entries from odd_look')).toEqual([{ signal: 'prominent', entries: ids.slice(2) }]); // what was odd rests on entries that say something
  });

  it('and a hold placed before two people became one follows both when they are parted', async () => {
    const [before, parted] = [randomUUID(), randomUUID()];
    await database.query('insert into citizen_alias (citizen_id, now_id) values ($1, $2)', [before, abdul]);
    const id = await hold(database, { citizen: before });
    await database.transaction((connection) => copyLegalHolds(connection, { from: abdul, into: parted }));
    expect(await database.query('select 1 from legal_hold where citizen_id = $1 and id = $2 and ended_at is null', [parted, id])).toHaveLength(1);
    await end(database, id);
  });

  it('and cases that were closed long ago, with what became of them, but for people and organisations under a hold', async () => {
    const closed = async (keeper: string, citizen: string): Promise<string> => {
      const id = randomUUID();
      await database.query(`insert into access_case (id, reference, keeper, organisation, person, person_name, role, opened_at, last_odd_at, rule, score, signals, state, outcome, closed_at, events)
        values ($1::uuid, $1::text, $2, 'urn:x|other', $1::text, 'P', 'r', now(), now(), 'r', 1, '{}', 'closed', 'unclear', $3, 1)`, [id, keeper, old]);
      await database.query(`insert into access_case_event (case_id, n, at, kind) values ($1, 1, now(), 'opened')`, [id]);
      await database.query(`insert into odd_look (citizen_id, keeper, organisation, person, person_name, role, signal, about, facts, points, first_at, last_at, last_day, entries, case_id, settled) values ($1, $2, 'o', 'p', 'P', 'r', 'colleague', '', '{}', 1, now(), now(), now(), '{}', $3, true)`, [citizen, keeper, id]);
      return id;
    };
    const [ofAlice, ofAbdul, ofHospital] = [await closed('urn:x|k', alice), await closed('urn:x|k', abdul), await closed(hospital, abdul)];
    await database.query(`update access_case set closed_at = now() where id = $1`, [await closed('urn:x|k', alice)]);
    const holds = [await hold(database, { citizen: alice }), await hold(database, { organisation: hospital })];
    const found = await findDueCases(database, before, 10);
    expect([found.cases.map(({ id }) => id), found.held]).toEqual([[ofAbdul], 2]);
    const erasure = { rule: 'closed', recordedBy: randomUUID() };
    expect(await eraseCases(database, [ofAlice, ofAbdul], erasure)).toBe(1);
    const left = async (table: string, column = 'case_id'): Promise<number> => (await database.query(`select 1 from ${table} where ${column} = $1`, [ofAbdul])).length;
    expect([await left('access_case', 'id'), await left('access_case_event'), await left('odd_look'), await left('case_erasure')]).toEqual([0, 0, 0, 1]);
    await expect(database.query('delete from access_case_event')).rejects.toThrow('append only');
    for (const id of holds) await end(database, id);
    expect(await eraseCases(database, [ofAlice, ofHospital], erasure)).toBe(2);
  });

  it('and files are due when they are worked off, and not of people or organisations under a hold', async () => {
    const file = async (feed: string, at: string, state: string, person: string): Promise<number> => {
      const [row] = await database.query<{ id: string }>(
        `insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state) values ($1, '', sha256($2::text::bytea), 'x', 1, $3, 'c', $4, $5) returning record_id as id`, [feed, randomUUID(), at, randomUUID(), state]);
      await database.query(`insert into intake_row (record_id, row_no, line, feed, part, person_key, content, state) values ($1, 1, 1, $2, '', $3, 'x', 'quarantined')`, [row?.id, feed, person]);
      return Number(row?.id);
    };
    const [first, second, open, third] = [await file('f1', old, 'done', 'a'), await file('f2', old, 'done', 'b'), await file('f1', old, 'split', 'a'), await file('f3', old, 'done', 'a')];
    await file('f1', recent, 'done', 'a');
    const owners = new Map([['urn:x|other', ['f1', 'f3']], [hospital, ['f2']]]);
    const files = (limit = 100) => findDueBytes(database, { rule: 'files', before, limit }, owners);
    expect(await files()).toEqual({ numbers: [first, second, third], held: 0, upto: null });
    await database.query(`insert into source_person (citizen_id, id, feed, person_key, rule, facts) values ($1, $2, 'f1', 'a', 'r', '{}')`, [alice, randomUUID()]);
    const [person, organisation] = [await hold(database, { citizen: alice }), await hold(database, { organisation: hospital })];
    expect(await files()).toEqual({ numbers: [], held: 3, upto: null }); // f3 is another feed of who says who she is
    await database.query('delete from source_record where record_id = $1', [third]);
    await end(database, person);
    expect(await files()).toEqual({ numbers: [first], held: 1, upto: null });
    expect(await eraseBytes(database, [first, second], { rule: 'files', upto: null }, owners)).toBe(1); // the other came under a hold since it was found due
    expect(await database.query('select octet_length(content) as bytes, size from source_record where record_id = any ($1) order by record_id', [[first, open]])).toEqual([{ bytes: 0, size: 1 }, { bytes: 1, size: 1 }]);
    expect((await files()).numbers).toEqual([]);
    await end(database, organisation);
    await database.query(`update intake_row set state = 'awaiting-merge' where record_id = any ($1)`, [[first, second]]);
    expect(await files()).toMatchObject({ numbers: [], held: 0 }); // what waits is needed
    await database.transaction((connection) => requeueWaiting(connection, null));
    expect(await database.query('select record_id::int as id, state from intake_row where record_id = any ($1) order by 1', [[first, second]])).toEqual([{ id: first, state: 'awaiting-merge' }, { id: second, state: 'pending' }]); // of the first nothing is left to try again
    const { upto } = await files(2);
    await eraseBytes(database, [], { rule: 'files', upto }, owners);
    expect((await files()).numbers).toEqual([]);
    await database.query(`update intake_row set state = 'stored' where record_id = $1`, [second]);
    await database.transaction((connection) => finishRecords(connection, [second]));
    expect((await files()).numbers).toEqual([second]); // settled after all that came with it was looked at
  });
});

describe.each(databases)('how fresh a feed is, on $kind', ({ open }) => {
  it('is what came in a day beside the middle of four weeks, each record counted once', async () => {
    const database = await open();
    const came = (feed: string, state: string, hoursAgo: number, states: readonly string[]): Promise<unknown> => database.query(
      `with s as (insert into source_record (feed, part, sha256, content, size, received_at, client, task_id, state, received_rows)
         values ($1, '', sha256($2::text::bytea), 'x', 1, now() - make_interval(hours => $3), 'c', $4, $5, cardinality($6::text[])) returning record_id)
       insert into intake_row (record_id, row_no, line, feed, part, person_key, state) select record_id, n, n, $1, '', 'a', state from s, unnest($6::text[]) with ordinality as r(state, n)`, [feed, randomUUID(), hoursAgo, randomUUID(), state, states]);
    try {
      for (let day = 1; day <= 10; day += 1) await came('steady', 'done', day * 24 + 2, Array.from({ length: day }, () => 'stored'));
      await came('steady', 'done', 2, ['stored', 'quarantined', 'rejected', 'stored']);
      await came('steady', 'split', 1, ['pending']);
      await came('young', 'done', 30, ['stored']);
      const [steady, unheard, young] = await readFreshness(database, ['steady', 'unheard', 'young']);
      expect(steady).toMatchObject({ feed: 'steady', rowsOfDay: 5, wrongOfDay: 2, usualRows: 5.5 });
      expect([Math.round((steady?.lagSeconds ?? 0) / 3600), Math.round((Date.now() - (steady?.lastGood?.getTime() ?? 0)) / 3_600_000)]).toEqual([1, 2]);
      expect([unheard, young?.usualRows]).toEqual([{ feed: 'unheard', lastGood: null, lagSeconds: 0, rowsOfDay: 0, wrongOfDay: 0, usualRows: null }, null]);
      expect((await readFreshness(database, ['steady']))[0]?.usualRows).toBe(5.5);
      const volume = await readVolume(database, 'steady');
      expect([volume.length > 7, volume.every(({ rows }) => rows > 0), volume.map(({ day }) => day)]).toEqual([true, true, volume.map(({ day }) => day).sort()]);
    } finally {
      await database.close();
    }
  });
});
