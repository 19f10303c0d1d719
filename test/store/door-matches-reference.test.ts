import { visible } from '../../src/store/schema/visible.ts';
import type { Database } from '../../src/store/database.ts';
import { databases } from '../databases.ts';
import { makeDoorWorld, referencePermits, type DoorAsk, type DoorRow, type DoorWorld } from './door-world.ts';

const sizes: Record<Database['kind'], { citizens: number; requesters: number; seed: number; atLeast: number }> = {
  pglite: { citizens: 12, requesters: 30, seed: 7, atLeast: 1_000 },
  postgresql: { citizens: 24, requesters: 60, seed: 11, atLeast: 5_000 },
};

/** The predicate of the door with one thing left out, as somebody might leave it out. */
const mistakes: [left: string, { predicate?: (sql: string) => string; grant?: (sql: string) => string }][] = [
  ['the objection', { predicate: (sql) => sql.replace("c.effect = 'deny'", 'false') }],
  ['when an objection ends', { predicate: (sql) => sql.replaceAll('and c.valid_until > statement_timestamp()', '') }],
  ['when an objection begins', { predicate: (sql) => sql.replaceAll('and c.valid_from <= statement_timestamp()', '') }],
  ['that a custodian reads its own whatever was chosen', { predicate: (sql) => sql.replace(/^\((r\.class_id = any [^ ]* .*?\[\]\)) or \(\n\s+\(/s, '((\n($1 or ') }],
  ['that a relationship is needed', { predicate: (sql) => sql.replace(/limit 1\) is true/, 'limit 1) is not false') }],
  ['whose relationship it is', { predicate: (sql) => sql.replace('x.organisation = (select organisation from current_grant)', 'true') }],
  ['about whom the relationship is', { predicate: (sql) => sql.replace('x.citizen_id = r.citizen_id', 'true') }],
  ['the kind of relationship', { predicate: (sql) => sql.replace('+ x.kind)', '+ 1)') }],
  ['when a relationship ends', { predicate: (sql) => sql.replace('x.until > statement_timestamp()', 'true') }],
  ['explicit consent', { predicate: (sql) => sql.replace(/(explicit from current_grant\)::int\[\]\)) and \(select true from choice_rule.*?limit 1\) is true/s, '$1') }],
  ['the generation', { grant: (sql) => sql.replace('g.generation = p.generation', 'true') }],
  ['until when the grant holds', { grant: (sql) => sql.replace('g.valid_until > statement_timestamp()', 'true') }],
];

describe.each(databases)('the door and the reference decision, on $kind', ({ kind, open }) => {
  const { atLeast, ...size } = sizes[kind];
  let database: Database;
  let world: DoorWorld;
  beforeAll(async () => {
    database = await open();
    world = await makeDoorWorld(database, size);
  });
  afterAll(() => database.close());

  const idsAsReader = async ({ grant }: DoorAsk, view: string): Promise<Set<string>> =>
    new Set((await database.serve<{ id: string }>('reader', grant.key, { name: '', text: `select id from ${view} where citizen_id is not null`, values: [] })).map(({ id }) => id));

  /** Rows on which what was seen and what is permitted differ. */
  function differences(ask: DoorAsk, seen: ReadonlySet<string>, classOf = (row: DoorRow) => row.sharingClass): unknown[] {
    return world.rows.filter((row) => seen.has(row.id) !== referencePermits(world, ask, row, classOf(row)))
      .map((row) => ({ requester: ask.requester, row, kind: ask.grant.rules.get(classOf(row).id)?.kind, seen: seen.has(row.id) }));
  }

  it(`agree on ${size.citizens * 60 * size.requesters} cases, in every view that shows a row`, async () => {
    expect(world.rows.length * world.asks.length).toBeGreaterThanOrEqual(atLeast);
    for (const ask of world.asks) {
      for (const view of ['readable_row', 'readable_resource', 'readable_version']) expect(differences(ask, await idsAsReader(ask, view))).toEqual([]);
      expect(differences(ask, await idsAsReader(ask, 'readable_fragment'), (row) => row.fragmentClass)).toEqual([]);
    }
  });

  it('agree on what is counted as withheld: every row, and every part of a visible row, that the reference denies', async () => {
    for (const ask of world.asks) {
      const rows = await database.serve<{ citizen_id: string; class_id: number; count: number }>('accountant', ask.grant.key,
        { name: '', text: 'select citizen_id, class_id, count from withheld', values: [] });
      const counted = new Map(rows.map((row) => [`${row.citizen_id} ${row.class_id}`, row.count]));
      expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(withheldByReference(ask)));
    }
  });

  function withheldByReference(ask: DoorAsk): Map<string, number> {
    const counts = new Map<string, number>();
    if (!ask.holds) return counts;
    for (const row of world.rows.filter(({ deleted }) => !deleted)) {
      const sees = referencePermits(world, ask, row);
      const kept = sees ? (referencePermits(world, ask, row, row.fragmentClass) ? undefined : row.fragmentClass) : row.sharingClass;
      if (kept) counts.set(`${row.citizen.id} ${kept.id}`, (counts.get(`${row.citizen.id} ${kept.id}`) ?? 0) + 1);
    }
    return counts;
  }

  it('are compared on worlds in which grants hold and do not, and every kind of rule opens something and keeps something back', () => {
    expect(new Set(world.asks.map(({ holds }) => holds))).toEqual(new Set([true, false]));
    const met = new Set(world.asks.filter(({ holds }) => holds).flatMap((ask) => world.rows.map((row) =>
      `${ask.grant.rules.get(row.sharingClass.id)?.kind} ${referencePermits(world, ask, row) ? 'permit' : 'deny'}`)));
    expect([...met].sort()).toEqual(['explicit deny', 'none deny', 'open deny', 'open permit', 'oversight permit', 'own permit', 'related deny', 'related permit']);
  });

  /** The same comparison with the door's own predicate, or a mistaken one, in a schema of its own. */
  async function differencesWith(schema: string, { predicate = (sql) => sql, grant = (sql) => sql }: (typeof mistakes)[number][1]): Promise<number> {
    const [view] = await database.query<{ sql: string }>(`select pg_get_viewdef('current_grant'::regclass) as sql`);
    const changed = { predicate: predicate(visible('r')), grant: grant(view?.sql ?? '') };
    await database.query(`create schema ${schema}`);
    await database.query(`create view ${schema}.current_grant as ${changed.grant}`);
    await database.query(`create view ${schema}.readable_row as select r.id from citizen_row r where ${changed.predicate.replaceAll('from current_grant', `from ${schema}.current_grant`)}`);
    let found = 0;
    for (const ask of world.asks) {
      const seen = await database.transaction(async (connection) => {
        await connection.query("select set_config('onestory.grant', $1, true)", [ask.grant.key]);
        return new Set((await connection.query<{ id: string }>(`select id from ${schema}.readable_row`)).rows.map(({ id }) => id));
      });
      found += differences(ask, seen).length;
    }
    return found;
  }

  it('would be told apart: the comparison finds nothing on a copy of the predicate, and something on each mistaken one', async () => {
    expect(await differencesWith('copied', {})).toBe(0);
    const missed: string[] = [];
    for (const [i, [left, mistake]] of mistakes.entries()) {
      if ((await differencesWith(`mistaken_${i}`, mistake)) === 0) missed.push(left);
    }
    expect(missed).toEqual([]);
  });
});
