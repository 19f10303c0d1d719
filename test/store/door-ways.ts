import { partSeen, rowSeen } from '../../src/store/schema/look-up-pieces.ts';
import { ofVersion, rareByCall, visible } from '../../src/store/schema/visible.ts';
import type { Database } from '../../src/store/database.ts';
import { referencePermits, referencePermitsPart, type DoorAsk, type DoorRow, type DoorWorld } from './door-world.ts';

/** A way to the rows: which of them it shows, and what the reference says it should show. */
export interface DoorWay {
  name: string;
  /** answers `id` of each row it shows, asked about these */
  ask: (key: string, rows: readonly DoorRow[]) => { text: string; values: unknown[] };
  permits: (world: DoorWorld, ask: DoorAsk, row: DoorRow) => boolean;
  /** where it is asked of each row by itself, few are enough */
  everyNth?: number;
  /** what of its own text decides */
  predicate: string;
}

/** What every row of a door world bears besides: a list it stands in, a key its people are found by, a code of its part, one of its own. */
export const inList = 7;
export const personKey = '\\x07';
export const partToken = 7;
export const ownToken = (id: string): string => `('x' || substr(md5(${id}::text), 1, 15))::bit(60)::bigint`;

const current: DoorWay['permits'] = (world, ask, row) => !row.deleted && referencePermits(world, ask, row);
const ofRow = rowSeen('r');
const most = 100_000;
const types = (rows: readonly DoorRow[]): string[] => [...new Set(rows.map(({ record }) => record.type))];
const pageOf = (list: number | null): DoorWay => ({
  name: 'look_at_page', permits: current, predicate: ofRow,
  ask: (key, rows) => ({ text: `select p.id from unnest($2::text[]) t cross join lateral look_at_page($1, t, '{}', $3, null, null, ${most}) p where p.id is not null`, values: [key, types(rows), list] }),
});

const countOf = (everyNth: number, list: number | null): DoorWay => ({
  name: 'count_bearing', everyNth, permits: current, predicate: ofRow,
  ask: (key, rows) => ({
    text: `select a.id from unnest($2::uuid[], $3::text[]) a (id, type) where count_bearing($1, a.type, array[${ownToken('a.id')}], $4, 9) = 1`, values: [key, rows.map(({ id }) => id), rows.map(({ record }) => record.type), list],
  }),
});

/** The look-ups that say the predicate in their own text. */
export const doorWays: readonly DoorWay[] = [
  { name: 'look_at_listed', permits: current, predicate: ofRow, ask: (key, rows) => ({ text: 'select id from look_at_listed($1, $2)', values: [key, rows.map(({ id }) => id)] }) },
  pageOf(null), pageOf(inList),
  {
    name: 'look_at_history', permits: referencePermits, predicate: visible('r', undefined, ofVersion, rareByCall),
    ask: (key) => ({ text: `select id from look_at_history($1, null, null, null, null, null, ${most}) where version = 2`, values: [key] }),
  },
  {
    name: 'look_at_matches', permits: (world, ask, row) => row.record.type === 'Patient' && current(world, ask, row), predicate: ofRow,
    ask: (key) => ({ text: `select id from look_at_matches($1, array['${personKey}'::bytea], ${most}, ${most}) where id is not null`, values: [key] }),
  },
  countOf(12, null), countOf(150, inList),
  {
    name: 'find_parts', permits: (world, ask, row) => referencePermits(world, ask, row) && referencePermitsPart(world, ask, row), predicate: partSeen('f'),
    ask: (key, rows) => ({ text: `select p.id from unnest($2::text[]) t cross join lateral find_parts($1, t, array[${partToken}]) p where p.id is not null`, values: [key, types(rows)] }),
  },
  {
    // what is decided of a row and the next of its citizen bears the first one's id
    name: 'look_at_decisions', permits: (world, ask, row) => row.next !== null && current(world, ask, row) && current(world, ask, row.next), predicate: rowSeen('b'),
    ask: (key, rows) => ({
      text: 'select d.id from unnest($2::uuid[]) citizen cross join lateral look_at_decisions($1, citizen) d where d.id is not null', values: [key, [...new Set(rows.map(({ citizen }) => citizen.id))]],
    }),
  },
];

/** The rows of which this way shows something to the requester that the reference denies, or the other way round. */
export async function wayDiffers(database: Database, world: DoorWorld, asking: DoorAsk, { ask, permits, everyNth = 1 }: DoorWay): Promise<DoorRow[]> {
  const asked = world.rows.filter((_, i) => i % everyNth === 0);
  const seen = new Set((await database.serve<{ id: string }>('reader', null, { name: '', ...ask(asking.grant.key, asked) })).map(({ id }) => id));
  return asked.filter((row) => seen.has(row.id) !== permits(world, asking, row));
}

/** Lets a look-up forget whom it answers, while something is done. */
export async function forgetting(database: Database, { name, predicate }: Pick<DoorWay, 'name' | 'predicate'>, doing: () => Promise<unknown>): Promise<void> {
  const [made] = await database.query<{ sql: string }>('select pg_get_functiondef($1::regproc) as sql', [name]);
  const mistaken = (made?.sql ?? '').replaceAll(predicate, 'true');
  if (!made || mistaken === made.sql) throw new Error(`${name} does not ask ${predicate}`);
  await database.query(mistaken);
  try {
    await doing();
  } finally {
    await database.query(made.sql);
  }
}
