import { join } from 'node:path';
import { loadCitizens } from '../../bench/sharing/load-citizens.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { putTogether } from '../../src/fhir/fragments.ts';
import { indexedFrom, indexResource } from '../../src/fhir/index-resource.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { textOf, type JsonObject } from '../../src/fhir/json.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { freshPostgres } from '../databases.ts';

/** What is written past intake must be what intake would have left, or the measures are of another record. */
describe('the people of the sharing benchmark', () => {
  let database: Database;
  beforeAll(async () => {
    loadDefinitions();
    loadProfiles(join(import.meta.dirname, '..', '..', 'profiles'));
    database = await openPostgres(await freshPostgres(), 4);
    await loadCitizens(database, 0, 90, () => undefined);
    await loadCitizens(database, 90, 210, () => undefined);
  });
  afterAll(() => database.close());

  it('are all there with twelve records and more, every index as it was', async () => {
    const [counted] = await database.query<{ citizens: number; rows: number; versions: number }>(
      'select (select count(*) from citizen)::int as citizens, (select count(*) from citizen_row)::int as rows, (select count(*) from citizen_version)::int as versions');
    expect(counted?.citizens).toBe(210);
    expect(counted?.rows).toBeGreaterThan(12 * 210);
    expect(counted?.versions).toBe(counted?.rows);
    const indexes = async (of: Database): Promise<unknown[]> => of.query("select indexdef from pg_indexes where schemaname = 'public' order by indexname");
    const empty = await openPostgres(await freshPostgres(), 1);
    expect(await indexes(database)).toEqual(await indexes(empty));
    await empty.close();
  });

  it('are found by what their records say', async () => {
    const rows = await database.query<{ body: string; tokens: string[]; fragments: [string, string][] | null; fragmentTokens: string[] | null }>(
      `select v.body, r.tokens::text[] as tokens,
         (select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f where f.citizen_id = r.citizen_id and f.id = r.id) as fragments,
         (select array_agg(t::text) from citizen_fragment f, unnest(f.tokens) t where f.citizen_id = r.citizen_id and f.id = r.id) as "fragmentTokens"
       from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version`);
    for (const { body, tokens, fragments, fragmentTokens } of rows) {
      const { meta, ...said } = putTogether(JSON.parse(body) as JsonObject, fragments ?? []);
      const index = indexedFrom(indexResource(said), textOf(said['resourceType']), textOf((meta as JsonObject)['source']));
      expect(tokens).toEqual(index.tokens.map(String));
      expect(new Set(fragmentTokens)).toEqual(new Set([...index.fragmentTokens.values()].flat().map(String)));
    }
  });

  it('have tallies of what they have', async () => {
    const kept = await database.query('select t.citizen_id, k.class_id, k.within, k.n from citizen_tally t, unnest(t.class_id, t.within, t.n) k (class_id, within, n) where k.n > 0 order by 1, 2, 3 nulls first');
    const counted = await database.query(
      `select citizen_id, class_id, within, count(*)::int as n from (
         select citizen_id, class_id, null::int as within from citizen_row
         union all select f.citizen_id, f.class_id, r.class_id from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id) c group by 1, 2, 3 order by 1, 2, 3 nulls first`);
    expect(kept).toEqual(counted);
  });

  it('chose, and are cared for, as often as the measures say', async () => {
    const choices = await database.query<{ general: boolean; n: number }>('select general, count(*)::int as n from choice_rule where general group by 1');
    expect(choices[0]).toEqual({ general: true, n: Math.floor(210 / 13) * 4 + 2 });
    const [related] = await database.query<{ n: number }>("select count(distinct citizen_id)::int as n from relationship where organisation like '%|RXT'");
    expect(related?.n).toBe(10 * 13 + 41);
  });
});
