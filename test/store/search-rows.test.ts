import { randomUUID } from 'node:crypto';
import type { Grant } from '../../src/consent/types.ts';
import { dateOperators, type DateCondition, type SearchQuery, type SearchSort } from '../../src/fhir/search-query.ts';
import type { Database } from '../../src/store/database.ts';
import { stale } from '../../src/store/door/door.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { countMatches, searchCitizens, searchRows, type PagePosition } from '../../src/store/door/search-rows.ts';
import { databases } from '../databases.ts';

interface Row {
  id: string;
  citizen: string;
  visible: boolean;
  from: number | null;
  to: number | null;
  updated: number;
  text: string | null;
}

const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1 + n));
const bounds = [null, 0, 1, 2, 3, 4];
const citizens = Array.from({ length: 9 }, () => randomUUID() as string);
/** Every pair of bounds from nothing to day 4, twice: once hidden. */
const rows: Row[] = [true, false].flatMap((visible) => bounds.flatMap((from) => bounds.filter((to) => from === null || to === null || to >= from).map((to, n): Row => ({
  id: randomUUID(), citizen: citizens[((from ?? 7) * 5 + n) % citizens.length] ?? '', visible, from, to, updated: ((from ?? 2) + n) % 5, text: n % 3 === 0 ? null : `name${n % 2}`,
}))));
const visible = rows.filter((row) => row.visible);

/** As SearchQuery defines each operator; an instant is a range as short as can be. */
function matches({ from, to, updated }: Row, { column, op }: DateCondition, low: number, high: number): boolean {
  if (column === 'clinical' && from === null && to === null) return false;
  const [f, t] = column === 'updated' ? [updated, updated + 1e-6] : [from ?? -Infinity, to ?? Infinity];
  const inside = low <= f && t <= high;
  const tests: Record<DateCondition['op'], boolean> = {
    eq: inside, ne: !inside, gt: t > high, lt: f < low, ge: t > high || inside, le: f < low || inside, sa: f >= high, eb: t <= low, ap: f < high && t > low,
  };
  return tests[op];
}

const query = (type: string, changes: Partial<SearchQuery> = {}): SearchQuery => ({ type, clauses: [], sort: [], count: 200, normal: '', ...changes });
const windows = [[0, 1], [1, 2], [1, 3], [2, 5]] as const;
const dates = (['clinical', 'updated'] as const).flatMap((column) => dateOperators.flatMap((op) => windows.map(([low, high]) => ({ column, op, low, high }))));
const sorts: SearchSort[][] = [
  [], [{ by: 'updated', descending: false }], [{ by: 'clinical', descending: true }], [{ by: 'clinical', descending: false }, { by: 'updated', descending: true }],
  [{ by: 'text', descending: true }], [{ by: 'id', descending: true }], [{ by: 'text', descending: false }, { by: 'clinical', descending: true }, { by: 'id', descending: false }],
];

describe.each(databases)('search, on $kind', ({ open }) => {
  let database: Database;
  const key = 'reader-of-class-1';
  beforeAll(async () => {
    database = await open();
    const grant: Grant = {
      key, organisation: 'org', role: 'nurse', purpose: 'TREAT', person: null, citizen: null, client: 'demo', generation: await readGeneration(database), validUntil: null,
      exempt: [], open: [1], related: [], explicit: [], explicitRelated: [], directory: false, governance: false, rules: new Map(),
    };
    await saveGrant(database, grant);
    const at = (n: number | null): Date | null => (n === null ? null : day(n));
    for (const type of ['Encounter', 'Patient']) {
      await database.query(
        `with r as (select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::text[]) as r(citizen, id, class, from_at, to_at, at, text)),
         v as (insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no) select citizen, id, 1, '{}', false, at, 1, 1 from r)
         insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids, content_hash)
         select citizen, id, '${type}', 1, class, false, at, from_at, to_at, text, '{}', '{}', '' from r`,
        [rows.map((row) => row.citizen), rows.map((row) => idOf(row, type)), rows.map((row) => (row.visible ? 1 : 2)), rows.map((row) => at(row.from)), rows.map((row) => at(row.to)),
          rows.map((row) => day(row.updated)), rows.map((row) => row.text)]);
    }
  });
  afterAll(() => database.close());

  /** The same rows as another type have other ids. */
  function idOf({ id }: Row, type: string): string {
    return type === 'Encounter' ? id : `${(Number.parseInt(id.charAt(0), 16) ^ 8).toString(16)}${id.slice(1)}`;
  }

  it.each(dates)('finds by date: $column $op [$low, $high)', async ({ column, op, low, high }) => {
    const condition: DateCondition = { column, op, from: day(low).toISOString(), to: day(high).toISOString() };
    const asked = query('Encounter', { clauses: [{ date: [condition] }] });
    const expected = visible.filter((row) => matches(row, condition, low, high)).map(({ id }) => id).sort();
    const page = await searchRows(database, key, asked, null);
    expect(page === stale ? stale : page.rows.map(({ id }) => id).sort()).toEqual(expected);
    expect(await countMatches(database, key, asked)).toBe(expected.length);
  });

  it.each(sorts.flatMap((sort) => [1, 4, 7].map((count) => ({ sort, count, by: sort.map(({ by, descending }) => (descending ? '-' : '') + by).join(',') }))))(
    'gives full pages of $count sorted by "$by", every visible row once', async ({ sort, count }) => {
      const seen: string[] = [];
      const sizes: number[] = [];
      let after: PagePosition | null = null;
      for (;;) {
        const page = await searchRows(database, key, query('Encounter', { sort, count }), after);
        if (page === stale) throw new Error('stale');
        seen.push(...page.rows.map(({ id }) => id));
        sizes.push(page.rows.length);
        const last = page.rows.at(-1);
        if (!page.more || !last) break;
        after = { keys: last.keys, id: last.id };
      }
      const whole = await searchRows(database, key, query('Encounter', { sort }), null);
      expect(seen).toEqual(whole === stale ? stale : whole.rows.map(({ id }) => id));
      expect([...seen].sort()).toEqual(visible.map(({ id }) => id).sort());
      expect(sizes.slice(0, -1).every((size) => size === count)).toBe(true);
    });

  it.each(sorts.map((sort) => ({ sort, by: sort.map(({ by, descending }) => (descending ? '-' : '') + by).join(',') })))('gives citizens once each, sorted by "$by"', async ({ sort }) => {
    const seen: string[] = [];
    let after: PagePosition | null = null;
    for (;;) {
      const page = await searchCitizens(database, key, query('Patient', { sort, count: 2 }), after);
      if (page === stale) throw new Error('stale');
      seen.push(...page.citizens.map(({ id }) => id));
      const last = page.citizens.at(-1);
      if (!page.more || !last) break;
      after = last;
    }
    expect([...seen].sort()).toEqual([...new Set(visible.map(({ citizen }) => citizen))].sort());
    expect(await countMatches(database, key, query('Patient'))).toBe(new Set(visible.map(({ citizen }) => citizen)).size);
  });

  it('counts as far as the longest page where nobody asked, and further as it is asked', async () => {
    await database.query(`insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash)
      select $1, gen_random_uuid(), 'Goal', 1, 1, false, now(), '{}', '{}', '' from generate_series(1, 201)`, [citizens[0]]);
    const counted = async (total?: 'estimate' | 'accurate'): Promise<unknown> => countMatches(database, key, query('Goal', total ? { total } : {}));
    expect([await counted(), await counted('estimate'), await counted('accurate')]).toEqual([undefined, 201, 201]);
  });
});
