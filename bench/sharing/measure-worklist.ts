import type { SearchQuery } from '../../src/fhir/search-query.ts';
import { readAsked } from '../../src/flow/read-asked.ts';
import type { Print } from '../settings.ts';
import { services, teamsAmong, teamsTogether } from './citizen-records.ts';
import { cityList, freeReader, teamList, type City } from './city.ts';
import { percentile, takeTurns } from './take-turns.ts';

/** 95th percentiles, milliseconds. */
export interface WorkListTimes {
  team: number;
  city: number;
}

/** What a work list costs now: the newest 20 and how many there are, of a team and of a service of the whole city, objections and all. */
export async function measureWorkList(city: City): Promise<WorkListTimes> {
  const { gateway: { database, services: { policy } }, citizens } = city;
  const look = (query: SearchQuery): Promise<unknown> => policy.under(freeReader, ({ grant }) => readAsked(database, grant.key, { interaction: 'search-type', query, after: null }));
  const teams = Array.from({ length: teamsAmong(citizens) }, (_, team) => team).filter((team) => team % teamsTogether !== 0);
  const [team = [], whole = []] = await takeTurns([
    (n) => look(teamList(teams[(n * 7) % teams.length] ?? 0)),
    (n) => look(cityList(1 + (n % (services - 1)))),
  ], city.world.settings.sharing.samples);
  return { team: percentile(team, 0.95), city: percentile(whole, 0.95) };
}

/** A team's list is as long in a city ten times as large; a service's is ten times as long, and its matches are counted. */
export function printWorkList([small, large]: readonly [WorkListTimes, WorkListTimes], [few, many]: readonly [number, number], print: Print): void {
  for (const list of ['team', 'city'] as const) {
    print(`sharing.${list}list.p95.${few}`, small[list], 'ms');
    print(`sharing.${list}list.p95.${many}`, large[list], 'ms', large[list] / small[list], { of: 'ratio', atMost: 1.5 });
  }
}
