import assert from 'node:assert/strict';
import type pg from 'pg';
import type { SearchQuery } from '../../src/fhir/search-query.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import type { stale } from '../../src/store/door/door.ts';
import { lookAtEverything, lookAtRow } from '../../src/store/door/look-up.ts';
import { countMatches, searchRows } from '../../src/store/door/search-rows.ts';
import type { Print } from '../settings.ts';
import { choiceOf, citizenId, isRelated, recordId, teamsAmong, teamsTogether } from './citizen-records.ts';
import { cityList, freeReader, relatedReader, teamList, type City } from './city.ts';
import { compareTwo } from './take-turns.ts';

const noId = '00000000-0000-0000-0000-000000000000';
const everything = 200;
const fragments = `(select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version)`;
const columns = `r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body, ${fragments} as fragments`;
const bodies = 'join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version';

type Ids = readonly string[];
/** What is asked, of the door and of the tables; both answer with what they found. */
interface Question {
  name: string;
  door: (requester: Requester, n: number) => Promise<Ids>;
  tables: (n: number) => Promise<Ids>;
}

/**
 * The decision and the door together against the same rows straight from the tables: the same shape of statement, as the
 * owner, with nothing asked about who may see them. Both must find the same.
 */
export async function measureDoor(city: City, print: Print): Promise<void> {
  for (const { name, door, tables } of questions(city)) {
    for (const n of [0, 1, 2]) {
      const found = await tables(n);
      assert.ok(found.length > 0, `${name}: nothing was found`);
      assert.deepEqual(await door(freeReader, n), found, `${name}: the door shows something else`);
    }
    const [ours, theirs] = await compareTwo((n) => door(freeReader, n), tables, city.world.settings.sharing.samples);
    print(`sharing.${name}.tables`, theirs, 'ms');
    print(`sharing.${name}.door`, ours, 'ms', ours / theirs, { of: 'ratio', atMost: 1.3 });
  }
}

/** A requester whose every clause needs a relationship, and who has one with most of the city, against one whose clauses need none. */
export async function measureRelated(city: City, print: Print): Promise<void> {
  const { rows: [held] } = await city.tables.query<{ n: number }>('select count(*)::int as n from relationship where organisation = $1', [relatedReader.organisation]);
  city.world.say(`${held?.n} relationships of the requester who needs them`);
  for (const { name, door } of questions(city, isRelated)) {
    assert.ok((await door(relatedReader, 0)).length > 0, `${name}: nothing was found`);
    const [related, free] = await compareTwo((n) => door(relatedReader, n), (n) => door(freeReader, n), city.world.settings.sharing.samples);
    print(`sharing.${name}.free`, free, 'ms');
    print(`sharing.${name}.related`, related, 'ms', related / free);
  }
}

/** `about` says whom: only people of whom it holds. */
function questions({ gateway: { database, services: { policy } }, tables, citizens }: City, about: (n: number) => boolean = () => true): Question[] {
  const under = async <Result>(requester: Requester, read: (grantKey: string) => Promise<Result | typeof stale>): Promise<Result> =>
    (await policy.under(requester, ({ grant }) => read(grant.key))).result;
  const people = peopleWithoutChoice(citizens).filter(about);
  const person = (n: number): number => people[n % people.length] ?? 0;
  const blocks = Math.max(1, teamsAmong(citizens) / teamsTogether - 1); // the last may be of few people
  const team = (n: number): number => (n % blocks) * teamsTogether;
  return [
    {
      name: 'read',
      door: async (requester, n) => (await under(requester, (key) => lookAtRow(database, key, 'EpisodeOfCare', recordId(person(n), 'community-episode')))).rows.map(({ id }) => id),
      tables: (n) => idsOf(tables, 'read', `select ${columns} from citizen_row r ${bodies} where r.id = $1::uuid and r.type = $2 and not r.deleted`,
        [recordId(person(n), 'community-episode'), 'EpisodeOfCare']),
    },
    {
      name: 'everything',
      door: async (requester, n) => (await under(requester, (key) => lookAtEverything(database, key, citizenId(person(n)), { type: '', id: noId }, everything))).rows.map(({ id }) => id),
      tables: (n) => idsOf(tables, 'everything', `select ${columns} from citizen_row r ${bodies} where r.citizen_id = $1::uuid and not r.deleted order by r.type, r.id limit $2`,
        [citizenId(person(n)), everything]),
    },
    {
      name: 'worklist',
      door: async (requester, n) => (await under(requester, (key) => searchRows(database, key, teamList(team(n)), null))).rows.map(({ id }) => id),
      tables: (n) => {
        const { tokens, page } = bound(teamList(team(n)));
        return idsOf(tables, 'work-list', `with page as materialized (select r.* from citizen_row r where not r.deleted and (r.type || '') = $1 and r.tokens @> $2::bigint[] order by r.updated_at desc, r.id limit $3)
          select ${columns} from page r ${bodies} order by r.updated_at desc, r.id`, ['EpisodeOfCare', tokens, page + 1]).then((ids) => ids.slice(0, page));
      },
    },
    {
      name: 'count',
      door: async (requester) => [String(await under(requester, (key) => countMatches(database, key, { ...cityList(0), total: 'accurate' })))],
      tables: () => idsOf(tables, 'count', `select count(*)::text as id from (select r.id from citizen_row r where not r.deleted and (r.type || '') = $1 and r.tokens @> $2::bigint[] limit 10001) m`,
        ['EpisodeOfCare', bound(cityList(0)).tokens]),
    },
  ];
}

/** The tokens of a list, and how long a page of it is: one row more is fetched, as through the door, to know whether there is more. */
function bound({ clauses, count }: SearchQuery): { tokens: string; page: number } {
  return { tokens: `{${clauses.flatMap((clause) => ('anyOf' in clause ? clause.anyOf : [])).join(',')}}`, page: count };
}

async function idsOf(tables: pg.Pool, name: string, text: string, values: unknown[]): Promise<Ids> {
  const { rows } = await tables.query<{ id: string }>({ name, text, values });
  return rows.map(({ id }) => id);
}

/** Everything about them may be seen by the requesters, or nothing is kept back: what the door then shows is what the tables hold. */
function peopleWithoutChoice(citizens: number): number[] {
  return Array.from({ length: Math.min(citizens, 5_000) }, (_, i) => citizens - 1 - i).filter((n) => choiceOf(n) === null);
}
