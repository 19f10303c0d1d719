import { visible } from '../../src/store/schema/visible.ts';
import type { Database } from '../../src/store/database.ts';
import { databases } from '../databases.ts';
import { makeDoorWorld, referencePermits, type DoorAsk, type DoorRow, type DoorWorld } from './door-world.ts';

const sizes: Record<Database['kind'], { citizens: number; requesters: number; seed: number; atLeast: number }> = {
  pglite: { citizens: 14, requesters: 60, seed: 7, atLeast: 1_000 },
  postgresql: { citizens: 20, requesters: 60, seed: 11, atLeast: 5_000 },
};

/** The predicate of the door with one thing left out, as somebody might leave it out. */
const mistakes: [left: string, { predicate?: (sql: string) => string; grant?: (sql: string) => string }][] = [
  ['what a choice denies', { predicate: (sql) => sql.replace("when 'denies' then false", '') }],
  ['the objection', { predicate: (sql) => sql.replace(/when 'objects' then .*? else true end/s, 'else true end') }],
  ['when a choice ends', { predicate: (sql) => sql.replaceAll('and c.valid_until > statement_timestamp()', '') }],
  ['when a choice begins', { predicate: (sql) => sql.replaceAll('and c.valid_from <= statement_timestamp()', '') }],
  ['whom a choice is about', { predicate: (sql) => sql.replaceAll('(select organisation from current_grant) = any (c.organisations)', 'true') }],
  ['in which role', { predicate: (sql) => sql.replaceAll('(select role from current_grant) = any (c.roles)', 'true') }],
  ['for which purpose', { predicate: (sql) => sql.replaceAll('(select purpose from current_grant) = any (c.purposes)', 'true') }],
  ['what sort of information a choice is about', { predicate: (sql) => sql.replaceAll('s.category = any (c.categories)', 'true') }],
  ['which labels', { predicate: (sql) => sql.replaceAll('s.labels && c.labels', 'true') }],
  ['whose information', { predicate: (sql) => sql.replaceAll('s.custodian = any (c.custodians)', 'true') }],
  ['that the more specific choice decides', { predicate: (sql) => sql.replaceAll('order by c.specificity desc, c.effect', 'order by c.effect') }],
  ['that deny beats permit', { predicate: (sql) => sql.replaceAll('order by c.specificity desc, c.effect', 'order by c.specificity desc, c.effect desc') }],
  ['that a custodian reads its own whatever was chosen', { predicate: (sql) => sql.replace(/^\((r\.class_id = any [^ ]* .*?\[\]\)) or \(\n\s+\(/s, '((\n($1 or ') }],
  ['that a relationship is needed', { predicate: (sql) => sql.replace(/limit 1\) is true/, 'limit 1) is not false') }],
  ['whose relationship it is', { predicate: (sql) => sql.replace('x.organisation = (select organisation from current_grant)', 'true') }],
  ['about whom the relationship is', { predicate: (sql) => sql.replace('x.citizen_id = r.citizen_id', 'true') }],
  ['the kind of relationship', { predicate: (sql) => sql.replace('+ x.kind)', '+ 1)') }],
  ['when a relationship ends', { predicate: (sql) => sql.replace('x.until > statement_timestamp()', 'true') }],
  ['explicit consent', { predicate: (sql) => sql.replace(/ and \(select case when c\.effect = 'permit' [^;]*? is not distinct from 'permits'\)/s, ')') }],
  ['whose emergency access it is', { predicate: (sql) => sql.replaceAll('and e.person = (select person from current_grant)', '') }],
  ['for which organisation', { predicate: (sql) => sql.replaceAll('and e.organisation = (select organisation from current_grant)', '') }],
  ['when emergency access ends', { predicate: (sql) => sql.replaceAll('and e.until > statement_timestamp()', '') }],
  ['that emergency access begins', { predicate: (sql) => sql.replaceAll('and e.from_at <= statement_timestamp()', '') }],
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

  it('agree on what is looked at by id: the row, its part kept apart, and what was kept back of its citizen', async () => {
    const rows = world.rows.filter((_, i) => i % 4 === 0);
    for (const ask of world.asks) {
      const looked = await database.serve<{ ask: number; fresh: boolean; named: string | null; kept: [number, number][] | null; id: string | null; fragments: unknown }>('reader', null, {
        name: '', text: 'select ask, fresh, named, kept, id, fragments from look_at_rows($1, $2, $3) order by ask',
        values: [rows.map(() => ask.grant.key), rows.map(() => 'EpisodeOfCare'), rows.map(({ id }) => id)],
      });
      const withheld = withheldByReference(ask);
      expect(looked).toEqual(rows.map((row, i) => {
        const sees = !row.deleted && referencePermits(world, ask, row);
        return {
          ask: i + 1, fresh: ask.holds, named: ask.holds ? row.citizen.id : null, kept: keptOf(looked[i]?.kept, withheld, row.citizen.id),
          id: sees ? row.id : null, fragments: sees && referencePermits(world, ask, row, row.fragmentClass) ? [['/address', '[]']] : null,
        };
      }));
    }
  });

  /** The list as it came when it says what the reference counts, in any order and in any parts; else what it should say. */
  function keptOf(said: readonly [number, number][] | null | undefined, withheld: ReadonlyMap<string, number>, citizen: string): unknown {
    const wanted = new Map([...withheld].flatMap(([key, n]): [number, number][] => (key.startsWith(`${citizen} `) ? [[Number(key.slice(citizen.length + 1)), n]] : [])));
    const sums = new Map<number, number>();
    for (const [classId, n] of said ?? []) sums.set(classId, (sums.get(classId) ?? 0) + n);
    const same = sums.size === wanted.size && [...wanted].every(([classId, n]) => sums.get(classId) === n);
    return same ? said : [...wanted];
  }

  it('agree on what is looked at of a citizen', async () => {
    const citizens = new Map(world.rows.map(({ citizen }) => [citizen.id, world.rows.filter((row) => row.citizen === citizen)]));
    for (const ask of world.asks) {
      for (const [citizen, rows] of citizens) {
        const looked = await database.serve<{ id: string | null; fresh: boolean }>('reader', null, {
          name: '', text: `select id, fresh from look_at_everything($1, $2, '', $3, 1000)`, values: [ask.grant.key, citizen, '00000000-0000-0000-0000-000000000000'],
        });
        expect(new Set(looked.flatMap(({ id }) => id ?? []))).toEqual(new Set(rows.filter((row) => !row.deleted && referencePermits(world, ask, row)).map(({ id }) => id)));
        expect(looked.every(({ fresh }) => fresh === ask.holds)).toBe(true);
      }
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
    expect([...met].sort()).toEqual(['explicit deny', 'explicit permit', 'none deny', 'open deny', 'open permit', 'oversight permit', 'own permit', 'related deny', 'related permit']);
  });

  /** The same comparison with the door's own predicate, or a mistaken one, in a schema of its own. */
  async function differencesWith(schema: string, { predicate = (sql) => sql, grant = (sql) => sql }: (typeof mistakes)[number][1], enough = Infinity): Promise<number> {
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
      if (found >= enough) break;
    }
    return found;
  }

  it('would be told apart: the comparison finds nothing on a copy of the predicate, and something on each mistaken one', async () => {
    expect(await differencesWith('copied', {})).toBe(0);
    const missed: string[] = [];
    for (const [i, [left, mistake]] of mistakes.entries()) {
      if ((await differencesWith(`mistaken_${i}`, mistake, 1)) === 0) missed.push(left);
    }
    expect(missed).toEqual([]);
  });
});
