import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { sourceDissent } from '../../src/fhir/sharing-labels.ts';
import { keepApart, mergeCitizens } from '../../src/flow/linkage/merge-citizens.ts';
import { relabelRows } from '../../src/flow/intake/relabel-rows.ts';
import { splitCitizen, undoDecision } from '../../src/flow/linkage/split-citizen.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { findLiveAccess, openEmergencyAccess } from '../../src/store/sharing/emergency-access.ts';
import { askForReviews } from '../../src/store/sharing/emergency-reviews.ts';
import { citizensNow } from '../../src/store/linkage/link-decisions.ts';
import { loadHiddenLocations } from '../../src/store/record/record-writer.ts';
import { databases, freshPostgres } from '../databases.ts';
import { untilBlocked } from '../patience.ts';
import { by, openMergeWorld, type MergeWorld } from './merge-world.ts';

type Live = { id: string; effect: string; live: boolean };

describe.each(databases)('citizens made one and taken apart, on $kind', ({ kind, open }) => {
  let database: Database;
  let world: MergeWorld;
  beforeAll(async () => {
    database = await open();
    world = await openMergeWorld(database);
  });
  afterAll(() => database.close());

  const merge = (from: string, into: string): Promise<string> =>
    database.transaction(async (connection) => (await mergeCitizens(connection, world.context, { from, into, decision: by })).decision);
  const undo = (decision: string): Promise<string> => database.transaction(async (connection) => (await undoDecision(connection, world.context, { decision, by })).decision);
  const split = (citizen: string, persons: string[]): Promise<string> =>
    database.transaction(async (connection) => (await splitCitizen(connection, world.context, { citizen, persons, decision: by })).citizen);
  const now = (id: string): Promise<string | undefined> => database.transaction(async (connection) => (await citizensNow(connection, [id]))[0]);
  const rulesOf = (citizen: string): Promise<Live[]> => database.query<Live>(
    'select id, effect, live @> statement_timestamp() as live from choice_rule where citizen_id = $1 order by effect, id', [citizen]);
  const codeOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'done', (error: unknown) => (error as { problems: { code: string }[] }).problems[0]?.code);

  it('after any history of merges, new rows and undoing everything, each row is where it was first put, and nothing is lost', async () => {
    const act = fc.oneof(
      fc.record({ act: fc.constant('merge' as const), a: fc.nat(3), b: fc.nat(3) }),
      fc.record({ act: fc.constant('undo' as const), a: fc.nat(9) }),
      fc.record({ act: fc.constant('write' as const), a: fc.nat(3), again: fc.boolean() }),
      fc.record({ act: fc.constant('about' as const), a: fc.nat(3) }),
    );
    await fc.assert(fc.asyncProperty(fc.array(act, { minLength: 4, maxLength: 14 }), fc.infiniteStream(fc.nat(9)), async (acts, order) => {
      const people = [await world.makePerson(), await world.makePerson(), await world.makePerson(), await world.makePerson()];
      const origins = new Map(people.map(({ person, citizen }) => [person, citizen]));
      const decisions: string[] = [];
      const own = people.map(() => [] as string[]);
      for (const each of acts) {
        const { person = '', citizen = '' } = people[each.act === 'undo' ? 0 : each.a] ?? {};
        if (each.act === 'merge') {
          const into = people[each.b]?.citizen ?? '';
          if ((await now(citizen)) !== (await now(into))) decisions.push(await merge(citizen, into));
        } else if (each.act === 'undo') {
          const [decision] = decisions.splice(each.a % Math.max(decisions.length, 1), 1);
          if (decision !== undefined) await undo(decision);
        } else if (each.act === 'write') {
          const mine = own[each.a] ?? [];
          const id = await world.write(person, each.again ? mine[0] : undefined);
          origins.set(id, citizen);
          mine.push(id);
        } else {
          const home = await now(citizen) ?? '';
          origins.set(await world.writeAbout(citizen), home);
        }
        await checkWhole(people.map((made) => made.citizen));
      }
      while (decisions.length > 0) for (const decision of decisions.splice(order.next().value % decisions.length, 1)) await undo(decision);
      const found = await database.query<{ id: string; citizen_id: string }>('select id, citizen_id from citizen_row where id = any ($1::uuid[])', [[...origins.keys()]]);
      expect(new Map(found.map((row) => [row.id, row.citizen_id]))).toEqual(origins);
      await checkWhole(people.map((made) => made.citizen));
      expect(await database.query('select 1 from citizen_alias where citizen_id = any ($1::uuid[])', [people.map(({ citizen }) => citizen)])).toEqual([]);
    }), { numRuns: kind === 'pglite' ? 12 : 8 });
  });

  /** Versions without a gap, the current one naming its citizen; parts, evidence, people and keys beside their rows; the tally right. */
  async function checkWhole(citizens: string[]): Promise<void> {
    const [wrong] = await database.query<Record<string, number>>(
      `select (select count(*)::int from citizen_row r where r.citizen_id = any ($1::uuid[]) and r.version <> (select count(*) from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id)) as gaps,
        (select count(*)::int from citizen_row r join citizen_version v using (citizen_id, id, version) where r.citizen_id = any ($1::uuid[])
          and (v.body not like '%"reference":"Patient/' || r.citizen_id || '"%' or v.body not like '%"versionId":"' || r.version || '"%' or v.body not like '%.10}')) as bodies,
        (select count(*)::int from citizen_version v where v.citizen_id = any ($1::uuid[]) and not exists (select from citizen_fragment f where f.citizen_id = v.citizen_id and f.id = v.id and f.version = v.version)) as parts,
        (select count(*)::int from citizen_row r where r.citizen_id = any ($1::uuid[]) and not exists (select from relationship x where x.citizen_id = r.citizen_id and x.id = r.id)) as evidence,
        (select count(*)::int from source_person p where p.citizen_id = any ($1::uuid[]) and not exists (select from person_key k where k.citizen_id = p.citizen_id and k.id = p.id)) as keys,
        (select count(*)::int from citizen_row r where r.citizen_id = any ($1::uuid[]) and exists (select from citizen_alias a where a.citizen_id = r.citizen_id)) as ghosts,
        (select coalesce(sum(k.n), 0)::int from citizen_tally t, unnest(t.n) k(n) where t.citizen_id = any ($1::uuid[])) - (select count(*)::int * 2 from citizen_row where citizen_id = any ($1::uuid[])) as tally`, [citizens]);
    expect(wrong).toEqual({ gaps: 0, bodies: 0, parts: 0, evidence: 0, keys: 0, ghosts: 0, tally: 0 });
  }

  it('take along what was said of their records, and bring it back', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    const [row, other] = [await world.write(a.person), await world.write(a.person)].sort();
    const task = randomUUID();
    await database.query(`insert into confirmation values ($1, $2, 1, now(), 'o', 'p', 'n')`, [a.citizen, row]);
    await database.query(`insert into correction values ($1, $2, 'CarePlan', 1, 'title', 'o', 'x', $3, $3)`, [a.citizen, row, task]);
    await database.query(`insert into disagreement values ($1, 'o', 'address', $2, $3)`, [a.citizen, a.person, task]);
    await database.query(`insert into awaited_reply values ($1, $2, 'o', now(), null)`, [a.citizen, row]);
    await database.query(`insert into event_decision (citizen_id, id, first_id, second_id, verdict, reason, person, person_name, organisation, role) values ($1, $2, $3, $4, 'same', 'r', 'p', 'n', 'o', 'nurse')`,
      [a.citizen, task, row, other]);
    const said = (citizen: string): Promise<unknown> => database.query(
      `select (select count(*)::int from confirmation c join citizen_row r using (citizen_id, id, version) where citizen_id = $1) as confirmed, (select count(*)::int from disagreement where citizen_id = $1) as disagreed,
        (select count(*)::int from correction c join citizen_row r using (citizen_id, id, version) where citizen_id = $1) as open, (select count(*)::int from awaited_reply where citizen_id = $1) as awaited,
        (select count(*)::int from event_decision where citizen_id = $1) as decided`, [citizen]);
    const [all, none] = [[{ confirmed: 1, disagreed: 1, open: 1, awaited: 1, decided: 1 }], [{ confirmed: 0, disagreed: 0, open: 0, awaited: 0, decided: 0 }]];
    expect([await said(a.citizen), await said(b.citizen)]).toEqual([all, none]);
    const decision = await merge(a.citizen, b.citizen);
    expect([await said(a.citizen), await said(b.citizen)]).toEqual([none, all]);
    await undo(decision);
    expect([await said(a.citizen), await said(b.citizen)]).toEqual([all, none]);
  });

  it('stand for one another through chains, and never in a circle', async () => {
    const [a, b, c] = [await world.makePerson(), await world.makePerson(), await world.makePerson()];
    await merge(a.citizen, b.citizen);
    const second = await merge(b.citizen, c.citizen);
    expect([await now(a.citizen), await now(b.citizen), await now(c.citizen)]).toEqual([c.citizen, c.citizen, c.citizen]);
    expect(await codeOf(merge(c.citizen, a.citizen))).toBe('merge-same-citizen');
    await undo(second);
    expect([await now(a.citizen), await now(b.citizen), await now(c.citizen)]).toEqual([b.citizen, b.citizen, c.citizen]);
    expect(await codeOf(undo(second))).toBe('link-decision-undone');
  });

  it('are refused where nobody is meant, somebody else or all', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    expect(await codeOf(merge(randomUUID(), a.citizen))).toBe('link-person-unknown');
    expect(await codeOf(split(a.citizen, [b.person]))).toBe('split-person-elsewhere');
    expect(await codeOf(split(a.citizen, [a.person]))).toBe('split-nobody-stays');
    expect(await codeOf(undo(randomUUID()))).toBe('link-decision-unknown');
  });

  it('hold the stricter choice, until something is decided for both; apart again, what was denied meanwhile is denied for both', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    const [denial, permit, later, last] = [await world.writeAbout(a.citizen), await world.writeAbout(b.citizen), randomUUID(), randomUUID()];
    await world.choose(a.citizen, denial, 'deny', new Date('2023-01-01'));
    await world.choose(b.citizen, permit, 'permit', new Date('2024-01-01'));
    const decision = await merge(a.citizen, b.citizen);
    expect((await rulesOf(b.citizen)).map(({ effect, live }) => [effect, live])).toEqual([['deny', true], ['permit', true]]);
    await world.choose(b.citizen, later, 'permit', new Date('2025-01-01'));
    expect((await rulesOf(b.citizen)).filter(({ live }) => live).map(({ id }) => id)).toEqual([later]);
    await world.choose(b.citizen, last, 'deny', new Date('2025-06-01'), { categories: ['plan'] });
    await undo(decision);
    expect((await rulesOf(a.citizen)).filter(({ live }) => live).map(({ effect }) => effect)).toContain('deny');
    expect((await rulesOf(a.citizen)).find(({ id }) => id === last)).toMatchObject({ effect: 'deny', live: true });
    expect((await rulesOf(b.citizen)).filter(({ live }) => live).map(({ id }) => id)).toEqual([last]);
    await world.choose(a.citizen, randomUUID(), 'permit', new Date('2025-07-01'));
    expect((await rulesOf(a.citizen)).filter(({ live }) => live).map(({ effect }) => effect)).toEqual(['permit']);
  });

  it('taken apart who was never joined by a decision go to a new citizen, and stay there when joined and parted again', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    await merge(a.citizen, b.citizen);
    await database.query('update source_person set home = $1 where id = $2', [b.citizen, a.person]);
    await database.query('update link_decision set undone_by = id where from_id = $1', [a.citizen]);
    const row = await world.write(a.person);
    const fresh = await split(b.citizen, [a.person]);
    expect([a.citizen, b.citizen]).not.toContain(fresh);
    expect(await world.citizenOf(row)).toBe(fresh);
    await merge(fresh, b.citizen);
    expect(await split(b.citizen, [a.person])).toBe(fresh);
  });

  it('are as strict as their strictest part: what a partner was told not to share of one it shares of neither', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    const row = await world.write(b.person);
    await database.transaction((connection) => relabelRows(connection, world.context, [{ row: { ...a, id: a.person, classId: world.classId }, labels: [sourceDissent] }]));
    await world.context.classes.refresh();
    await merge(a.citizen, b.citizen);
    const found = await database.query<{ id: string; labels: string[]; body: string }>(
      `select r.id, c.labels, v.body from citizen_row r join sharing_class c using (class_id) join citizen_version v using (citizen_id, id, version) where r.citizen_id = $1`, [b.citizen]);
    expect(found.map(({ id }) => id).sort()).toEqual([a.person, b.person, row].sort());
    for (const { labels, body } of found) expect([labels, body]).toEqual([[sourceDissent], expect.stringContaining(sourceDissent)]);
  });

  it('take emergency access and its reviews along, and give them back', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    const access = { citizen: a.citizen, id: randomUUID(), organisation: 'org', person: 'p', personName: 'P', role: 'doctor' as const, reason: 'test', explanation: 'test', reference: randomUUID() };
    await database.transaction(async (connection) => {
      await openEmergencyAccess(connection, access, 60);
      await askForReviews(connection, access, [{ organisation: 'org', task: randomUUID() }]);
    });
    const found = async (): Promise<unknown[]> => [await findLiveAccess(database, access) !== null, await findLiveAccess(database, { ...access, citizen: b.citizen }) !== null,
      (await database.query<{ citizen_id: string }>('select citizen_id from emergency_review where id = $1', [access.id])).map(({ citizen_id }) => citizen_id)];
    expect(await found()).toEqual([true, false, [a.citizen]]);
    const decision = await merge(a.citizen, b.citizen);
    expect(await found()).toEqual([false, true, [b.citizen]]);
    await undo(decision);
    expect(await found()).toEqual([true, false, [a.citizen]]);
  });

  it('kept apart are told apart until that is taken back', async () => {
    const [a, b] = [await world.makePerson(), await world.makePerson()];
    const apart = (): Promise<string> => database.transaction(async (connection) => (await keepApart(connection, world.context, { a: a.person, b: b.person, decision: by })).decision);
    const byRule = (): Promise<unknown> => codeOf(database.transaction((connection) => mergeCitizens(connection, { ...world.context, grade: () => { throw new Error('not asked'); } },
      { from: a.citizen, into: b.citizen, decision: { rule: 'test' } })));
    const decision = await apart();
    expect(await byRule()).toBe('merge-doubtful');
    await undo(decision);
    expect(await database.query('select 1 from person_apart where id = $1', [a.person])).toEqual([]);
    await apart();
    await merge(a.citizen, b.citizen);
    expect(await codeOf(apart())).toBe('apart-same-citizen');
  });
});

describe('a merge while somebody else writes about the same person', () => {
  it('lets the other begin again, so that nothing is left under an id that stands for another', async () => {
    const url = await freshPostgres();
    const [one, other] = [await openPostgres(url, 2), await openPostgres(url, 2)];
    try {
      const world = await openMergeWorld(one);
      const [a, b] = [await world.makePerson(), await world.makePerson()];
      const merged = Promise.withResolvers<undefined>();
      const mayCommit = Promise.withResolvers<undefined>();
      const merging = one.transaction(async (connection) => {
        await mergeCitizens(connection, world.context, { from: a.citizen, into: b.citizen, decision: by });
        merged.resolve(undefined);
        await mayCommit.promise;
      });
      await merged.promise;
      const writing = other.transaction((connection) => loadHiddenLocations(connection, [a.citizen])).then(() => 'wrote', (error: unknown) => String(error));
      await untilBlocked(one);
      mayCommit.resolve(undefined);
      await merging;
      expect(await writing).toMatch(/begun again/);
      expect(await other.transaction((connection) => loadHiddenLocations(connection, [b.citizen]))).toEqual(new Set());
    } finally {
      await one.close();
      await other.close();
    }
  });
});
