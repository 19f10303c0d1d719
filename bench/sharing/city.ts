import pg from 'pg';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import type { SearchQuery } from '../../src/fhir/search-query.ts';
import type { Requester, SharingRole } from '../../src/fhir/sharing.ts';
import { openPostgres } from '../../src/store/database.ts';
import { startGateway, type Gateway } from '../../test/gateway.ts';
import type { World } from '../world.ts';
import { serviceSystem, teamId } from './citizen-records.ts';
import { loadCitizens } from './load-citizens.ts';
import { council, mentalHealth, writeAgreements, type BenchParty } from './partners.ts';

/** The record these measures read: 300 organisations, 200 clauses, and people who are added as the run goes on. */
export interface City {
  world: World;
  url: string;
  /** folder of its agreements, for further gateways */
  agreements: string;
  /** the gateway whose parts are measured in this process */
  gateway: Gateway;
  /** the tables themselves, as their owner, without any question asked */
  tables: pg.Pool;
  /** how many people there are now */
  citizens: number;
  /** adds people until there are so many */
  growTo(citizens: number): Promise<void>;
  close(): Promise<void>;
}

/** Reads by clauses that need nothing but the role. */
export const freeReader = reader('social-worker', council, 'social-worker');
/** Reads by clauses that each need a relationship. */
export const relatedReader = reader('mental-health-nurse', mentalHealth, 'nurse');

export async function openCity(world: World): Promise<City> {
  const url = await world.newDatabase();
  const { folder, remove } = writeAgreements();
  const gateway = await startGateway(await openPostgres(url), { agreements: folder });
  const tables = new pg.Pool({ connectionString: url, max: 2, options: '-c jit=off' });
  const city: City = {
    world, url, agreements: folder, gateway, tables, citizens: 0,
    growTo: async (citizens) => {
      await loadCitizens(gateway.database, city.citizens, citizens, world.say);
      city.citizens = citizens;
      await world.query(url, 'vacuum analyze');
    },
    close: async () => {
      await tables.end();
      await gateway.close();
      remove();
    },
  };
  return city;
}

/** The list of a team: of its open episodes the newest 20, and how many there are. */
export function teamList(team: number): SearchQuery {
  return search('EpisodeOfCare', [['status', 'active'], ['organization', `Organization/${teamId(team)}`]]);
}

/** The same for one service of the whole city. */
export function cityList(service: number): SearchQuery {
  return search('EpisodeOfCare', [['status', 'active'], ['type', `${serviceSystem}|service-${service}`]]);
}

export function search(type: string, parameters: [string, string][]): SearchQuery {
  const parsed = parseSearch(type, parameters, { handling: 'strict' });
  if ('problems' in parsed) throw new Error('a search of the benchmark is refused');
  return parsed.query;
}

function reader(person: string, { key, value }: BenchParty, role: SharingRole): Requester {
  return { client: 'bench', token: 'bench', person: { id: person, name: person }, organisation: key, organisationName: value, role, purpose: 'TREAT', scopes: ['user/*.rs'] };
}
