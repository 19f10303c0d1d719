import { readableSamples, type Samples } from '../readable-samples.ts';
import type { OneStoryServer } from '../onestory-server.ts';
import type { World } from '../world.ts';

/** People whose story is measured, by how many records the reader may see of them. */
export const storySizes = [40, 400, 4000] as const;
/** people of the demo: enough that some are known to four partners */
export const grownFrom = 60;

export interface GrownCitizens {
  database: string;
  server: OneStoryServer;
  headers: Samples['headers'];
  /** size → citizen */
  people: ReadonlyMap<number, string>;
}

/** A record of its own in which three people have grown to these sizes: copies of what the reader may see of them, under ids of their own. */
export async function growCitizens(world: World): Promise<GrownCitizens> {
  const database = await world.newDatabase();
  const server = await world.onestory(database);
  await server.ask({ do: 'take-in', what: 'everything', citizens: grownFrom });
  const { headers, citizens: readable } = await readableSamples(world, server);
  const people = new Map<number, string>();
  for (const [i, size] of storySizes.entries()) {
    const citizen = readable[i];
    if (citizen === undefined) throw new Error('too few people are readable');
    people.set(size, citizen);
    const seen = await visibleRows(server, headers, citizen);
    await world.query(database, grow, [citizen, seen, size - seen.length]);
    world.say(`${(await visibleRows(server, headers, citizen)).length} records of one person, of which there were ${seen.length}`);
  }
  await world.query(database, 'vacuum analyze');
  return { database, server, headers, people };
}

async function visibleRows(server: OneStoryServer, headers: Samples['headers'], citizen: string): Promise<string[]> {
  const ids: string[] = [];
  let url: string | undefined = `${server.url}/fhir/Patient/${citizen}/$everything?_count=200`;
  while (url !== undefined) {
    const page = (await (await fetch(url, { headers })).json()) as { entry?: { resource: { resourceType: string; id: string }; search: { mode: string } }[]; link: { relation: string; url: string }[] };
    ids.push(...(page.entry ?? []).filter(({ resource, search }) => search.mode === 'match' && resource.resourceType !== 'Patient').map(({ resource }) => resource.id));
    url = page.link.find(({ relation }) => relation === 'next')?.url;
  }
  return ids;
}

/** Copies lie a day apart each: the years of somebody with a long story. */
const grow = `with source as (
    select r.*, v.body, v.record_id, v.row_no, row_number() over (order by r.id) as n from citizen_row r
    join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version where r.citizen_id = $1::uuid and r.id = any($2::uuid[])),
  copies as (select gen_random_uuid() as new_id, s.*, c.round from generate_series(1, 10000) c(round) cross join source s order by c.round, s.n limit greatest($3::int, 0)),
  versions as (insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no)
    select citizen_id, new_id, 1, replace(body, id::text, new_id::text), false, updated_at, record_id, row_no from copies)
  insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, from_at, to_at, sort_text, tokens, directory_ids, content_hash)
  select citizen_id, new_id, type, 1, class_id, false, updated_at, from_at - make_interval(days => round), to_at - make_interval(days => round), sort_text, tokens, directory_ids, content_hash from copies`;
