import { choiceTexts } from '../../src/store/schema/choice-functions.ts';
import { itself, visible } from '../../src/store/schema/visible.ts';
import type { Database } from '../../src/store/database.ts';
import { databases } from '../databases.ts';
import { doorWays, forgetting, wayDiffers } from './door-ways.ts';
import { explainOpened, namesFrom } from '../../src/consent/explain.ts';
import { openedBy } from '../../src/consent/opened-by.ts';
import type { HeldFacts } from '../../src/store/door/door.ts';
import { relationshipOf } from '../../src/store/door/grants.ts';
import { makeDoorWorld, referenceDecision, referencePermits, referencePermitsPart, type DoorAsk, type DoorWorld } from './door-world.ts';

const sizes: Record<Database['kind'], { citizens: number; requesters: number; seed: number; atLeast: number }> = {
  pglite: { citizens: 22, requesters: 48, seed: 13, atLeast: 1_000 },
  postgresql: { citizens: 24, requesters: 48, seed: 13, atLeast: 5_000 },
};

/** The predicate of the door with one thing left out, as somebody might leave it out. */
const mistakes: [left: string, { predicate?: (sql: string) => string; grant?: (sql: string) => string }][] = [
  ['what a choice denies', { predicate: (sql) => sql.replace("else false end end)", 'else true end end)') }],
  ['the objection', { predicate: (sql) => sql.replace(/when 'objects' then .*? else false end/s, "when 'objects' then true else false end") }],
  ['that emergency access passes an objection', { predicate: (sql) => sql.replace(/when 'objects' then .*? else false end/s, 'else false end') }],
  ['when a choice counts', { predicate: (sql) => sql.replaceAll('and c.live @> statement_timestamp()', '') }],
  ['whom a choice is about', { predicate: (sql) => sql.replaceAll('g.organisation = any (c.organisations)', 'true') }],
  ['in which role', { predicate: (sql) => sql.replaceAll('g.role = any (c.roles)', 'true') }],
  ['for which purpose', { predicate: (sql) => sql.replaceAll('g.purpose = any (c.purposes)', 'true') }],
  ['what sort of information a choice is about', { predicate: (sql) => sql.replaceAll('s.category = any (c.categories)', 'true') }],
  ['which labels', { predicate: (sql) => sql.replaceAll('s.labels && c.labels', 'true') }],
  ['whose information', { predicate: (sql) => sql.replaceAll('s.custodian = any (c.custodians)', 'true') }],
  ['the type of a record', { predicate: (sql) => sql.replaceAll('r.type = any (c.types)', 'true') }],
  ['which record it is', { predicate: (sql) => sql.replaceAll('r.id = any (c.ids)', 'true') }],
  ['the codes of a record', { predicate: (sql) => sql.replaceAll('r.tokens && c.tokens', 'true') }],
  ['until when the time of a denial is', { predicate: (sql) => sql.replaceAll(/< c\.dates_until/g, "< 'infinity'") }],
  ['from when the time of a denial is', { predicate: (sql) => sql.replaceAll(/> c\.dates_from/g, "> '-infinity'") }],
  ['until when the time of a permission is', { predicate: (sql) => sql.replaceAll(/<= c\.dates_until/g, "<= 'infinity'") }],
  ['from when the time of a permission is', { predicate: (sql) => sql.replaceAll(/>= c\.dates_from/g, ">= '-infinity'") }],
  ['that a denial reaches what touches its time', { predicate: (sql) => sql.replaceAll("case c.effect\n          when 'deny' then", "case c.effect\n          when 'none' then") }],
  ['that a permission reaches only what lies within its time', { predicate: (sql) => sql.replaceAll("case c.effect\n          when 'deny' then", "case 'deny'\n          when 'deny' then") }],
  ['what is about single records', { predicate: (sql) => sql.replaceAll('(not c.by_record or ', '(true or ') }],
  ['that an exception overrides what it lies within', { predicate: (sql) => sql.replaceAll('(p.id = a.id and a.n = any (p.overrides))', 'false') }],
  ['that an exception overrides only what it lies within', { predicate: (sql) => sql.replaceAll('and a.n = any (p.overrides)', "and p.effect = 'permit'") }],
  ['that an exception is one to its own Consent', { predicate: (sql) => sql.replaceAll('p.id = a.id and', '') }],
  ['that an opt-out gives way', { predicate: (sql) => sql.replaceAll('a.opt_out and p.effect', 'false and p.effect') }],
  ['that only an opt-out gives way', { predicate: (sql) => sql.replaceAll('a.opt_out and p.effect', 'p.effect') }],
  ['that this names the purpose', { predicate: (sql) => sql.replaceAll('and p.purposes is not null', '') }],
  ['that this names the organisation', { predicate: (sql) => sql.replaceAll('and p.organisations is not null', '') }],
  ['that deny beats permit', { predicate: (sql) => sql.replaceAll('select min(case', 'select max(case') }],
  ['that a custodian reads its own whatever was chosen', { predicate: (sql) => sql.replace(/\(\((\(case when r\.class_id between .*? end\)) and [^]*? is distinct from 'declines' end\) or \(\n\s+\(/, '((\n($1 or ') }],
  ['that an opt-out holds towards the custodian', { predicate: (sql) => sql.replace(/ is distinct from 'declines' end/, ' is null or true end') }],
  ['that no other choice does', { predicate: (sql) => sql.replace(/ is distinct from 'declines' end/, " is not distinct from 'permits' end") }],
  ['that a relationship is needed', { predicate: (sql) => sql.replace(/limit 1\) is true/, 'limit 1) is not false') }],
  ['whose relationship it is', { predicate: (sql) => sql.replace('x.organisation = g.organisation', 'true') }],
  ['about whom the relationship is', { predicate: (sql) => sql.replace('x.citizen_id = r.citizen_id', 'true') }],
  ['the kind of relationship', { predicate: (sql) => sql.replaceAll('+ x.kind)', '+ 1)') }],
  ['when a relationship ends', { predicate: (sql) => sql.replace('x.until > statement_timestamp()', 'true') }],
  ['explicit consent', { predicate: (sql) => sql.replace(/ and \(with a as [^;]*? is not distinct from 'permits'\)/s, ')') }],
  ['whose emergency access it is', { predicate: (sql) => sql.replaceAll('and e.person = g.person', '') }],
  ['for which organisation', { predicate: (sql) => sql.replaceAll('and e.organisation = g.organisation', '') }],
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
  function differences(ask: DoorAsk, seen: ReadonlySet<string>, permits = referencePermits as typeof referencePermitsPart): unknown[] {
    return world.rows.filter((row) => seen.has(row.id) !== permits(world, ask, row))
      .map((row) => ({ requester: ask.requester, row: { ...row, names: row.names?.id }, kind: ask.grant.rules.get(row.sharingClass.id)?.kind, seen: seen.has(row.id) }));
  }

  it(`agree on ${size.citizens * 60 * size.requesters} cases, in every view that shows a row`, async () => {
    expect(world.rows.length * world.asks.length).toBeGreaterThanOrEqual(atLeast);
    for (const ask of world.asks) {
      for (const view of ['readable_row', 'readable_resource', '(select * from readable_version where current) v']) expect(differences(ask, await idsAsReader(ask, view))).toEqual([]);
      expect(differences(ask, await idsAsReader(ask, 'readable_fragment'), referencePermitsPart)).toEqual([]);
    }
  });

  it.each(doorWays.map((way, turn) => ({ ...way, turn })))('agree on what is shown by $name, which would be told apart without its predicate', async (way) => {
    for (const [i, ask] of world.asks.entries()) if (i % 4 === way.turn % 4) expect(await wayDiffers(database, world, ask, way)).toEqual([]);
    let found = 0;
    await forgetting(database, way, async () => {
      for (const ask of world.asks) if (found === 0) found += (await wayDiffers(database, world, ask, way)).length;
    });
    expect(found).toBeGreaterThan(0);
  });

  it('would be told apart where look-ups are told something else about what was chosen', async () => {
    const [listed] = doorWays.filter(({ name }) => name === 'look_at_listed');
    if (!listed) throw new Error('no such way');
    let found = 0;
    await forgetting(database, { name: 'choice_effect', predicate: choiceTexts['choice_effect'] ?? '' }, async () => {
      for (const ask of world.asks) if (found === 0) found += (await wayDiffers(database, world, ask, listed)).length;
    });
    expect(found).toBeGreaterThan(0);
  });

  it('agree on why: the clause whose relationship or consent held, and the Consent', async () => {
    const reasons = new Set<string>();
    const differing: unknown[] = [];
    for (const ask of world.asks.filter(({ holds }) => holds)) {
      const names = namesFrom(ask.agreements);
      const read = await database.serve<{ id: string; held: HeldFacts | null; emergency: string | null; deleted: boolean }>('reader', ask.grant.key, { name: '', text: 'select id, held, emergency, deleted from readable_resource where citizen_id is not null order by id', values: [] });
      const listed = await database.serve('reader', null, { name: '', text: 'select id, held from look_at_listed($1, $2) where citizen is not null order by id', values: [ask.grant.key, read.map(({ id }) => id)] });
      expect(listed).toEqual(read.flatMap(({ id, held, deleted }) => (deleted ? [] : [{ id, held }])));
      const rows = new Map(world.rows.map((row) => [row.id, row]));
      for (const { id, held, emergency } of read) {
        const row = rows.get(id);
        const rule = row && ask.grant.rules.get(row.sharingClass.id);
        if (!row || !rule || rule.kind === 'none') throw new Error('a row nobody laid out');
        const opened = openedBy(rule, { kinds: held?.kinds.flatMap(relationshipOf) ?? [], permits: held?.permits?.replace('Consent/', '') ?? null, emergency: emergency !== null });
        const reference = referenceDecision(world, ask, row);
        const told = opened && explainOpened(opened, names);
        if (told?.sentence !== reference.sentence || told.rule !== reference.rule || told.choice !== reference.choice) differing.push({ row, told, reference });
        if (rule.kind === 'related' || rule.kind === 'explicit') reasons.add(`${reference.reason}${rule.agreement === reference.agreement && rule.clause === reference.clause ? '' : ' of another clause'}${reference.choice === undefined ? '' : ' by choice'}`);
      }
    }
    expect(differing).toEqual([]);
    expect([...reasons].sort()).toEqual(expect.arrayContaining(['clause', 'clause by choice', 'clause of another clause by choice', 'emergency']));
  });

  it('agree on versions that are no longer: of these neither codes nor dates are known', async () => {
    const unknown: typeof referencePermitsPart = (of, ask, row) => referencePermits(of, ask, { ...row, record: { ...row.record, tokens: null, from: null, until: null } });
    for (const ask of world.asks) expect(differences(ask, await idsAsReader(ask, '(select * from readable_version where not current) v'), unknown)).toEqual([]);
  });

  it('agree on what is looked at by id: the row, its part kept apart, and what was kept back of its citizen', async () => {
    const rows = world.rows.filter((_, i) => i % 14 === 0);
    for (const ask of world.asks) {
      const looked = await database.serve<{ ask: number; fresh: boolean; named: string | null; kept: [number, number][] | null; id: string | null; fragments: unknown }>('reader', null, {
        name: '', text: 'select ask, fresh, named, kept, id, fragments from look_at_rows($1, $2, $3) order by ask',
        values: [rows.map(() => ask.grant.key), rows.map(({ record }) => record.type), rows.map(({ id }) => id)],
      });
      const withheld = withheldByReference(ask);
      expect(looked).toEqual(rows.map((row, i) => {
        const sees = !row.deleted && referencePermits(world, ask, row);
        return {
          ask: i + 1, fresh: ask.holds, named: ask.holds ? row.citizen.id : null, kept: keptOf(looked[i]?.kept, withheld, row.citizen.id),
          id: sees ? row.id : null, fragments: sees && referencePermitsPart(world, ask, row) ? [['/address', '[]', expect.any(Number)]] : null,
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
    const looks = [`look_at_everything($1, $2, '', '00000000-0000-0000-0000-000000000000', 1000, null, null, null, null)`, 'look_at_story($1, $2, 1000)'];
    for (const [i, ask] of world.asks.entries()) {
      for (const [citizen, rows] of citizens) {
        const looked = await database.serve<{ id: string | null; fresh: boolean }>('reader', null, { name: '', text: `select id, fresh from ${looks[i % looks.length]}`, values: [ask.grant.key, citizen] });
        expect(new Set(looked.flatMap(({ id }) => id ?? []))).toEqual(new Set(rows.filter((row) => !row.deleted && referencePermits(world, ask, row)).map(({ id }) => id)));
        expect(looked.every(({ fresh }) => fresh === ask.holds)).toBe(true);
      }
    }
  });

  it('agree on what is counted as withheld: every row, and every part of a visible row, that the reference denies', async () => {
    for (const ask of world.asks) {
      const rows = await database.serve<{ citizen_id: string; class_id: number; count: number }>('accountant', ask.grant.key,
        { name: '', text: 'select citizen_id, class_id, count from withheld', values: [] });
      const counted = new Map<string, number>();
      for (const { citizen_id: citizen, class_id: classId, count } of rows) counted.set(`${citizen} ${classId}`, (counted.get(`${citizen} ${classId}`) ?? 0) + count);
      expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(withheldByReference(ask)));
    }
  });

  function withheldByReference(ask: DoorAsk): Map<string, number> {
    const counts = new Map<string, number>();
    if (!ask.holds) return counts;
    for (const row of world.rows.filter(({ deleted }) => !deleted)) {
      const sees = referencePermits(world, ask, row);
      const kept = sees ? (row.names || referencePermitsPart(world, ask, row) ? undefined : row.fragmentClass) : row.sharingClass;
      if (kept) counts.set(`${row.citizen.id} ${kept.id}`, (counts.get(`${row.citizen.id} ${kept.id}`) ?? 0) + 1);
    }
    return counts;
  }

  it('are compared on worlds in which grants hold and do not, and every kind of rule opens something and keeps something back', () => {
    expect(new Set(world.asks.map(({ holds }) => holds))).toEqual(new Set([true, false]));
    const met = new Set(world.asks.filter(({ holds }) => holds).flatMap((ask) => world.rows.map((row) =>
      `${ask.grant.rules.get(row.sharingClass.id)?.kind} ${referencePermits(world, ask, row) ? 'permit' : 'deny'}`)));
    expect([...met].sort()).toEqual(['explicit deny', 'explicit permit', 'none deny', 'open deny', 'open permit', 'oversight permit', 'own deny', 'own permit', 'related deny', 'related permit']);
  });

  /** The same comparison with the door's own predicate, or a mistaken one, in a schema of its own. */
  async function differencesWith(schema: string, { predicate = (sql) => sql, grant = (sql) => sql }: (typeof mistakes)[number][1], enough = Infinity): Promise<number> {
    const viewText = async (view: string): Promise<string> => (await database.query<{ sql: string }>('select pg_get_viewdef($1::regclass) as sql', [view]))[0]?.sql ?? '';
    await database.query(`create schema ${schema}`);
    await database.query(`create view ${schema}.live_grant as ${grant(await viewText('live_grant'))}`);
    await database.query(`create view ${schema}.current_grant as ${(await viewText('current_grant')).replace('FROM live_grant', `FROM ${schema}.live_grant`)}`);
    await database.query(`create view ${schema}.readable_row as select r.id from ${schema}.current_grant g, citizen_row r where ${predicate(visible('r', undefined, itself('r')))}`);
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
