import { randomUUID } from 'node:crypto';
import { createRegistry, keysOf, linkPeople, type LinkingContext } from '../../src/flow/intake/link-people.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';
import { savePeople } from '../../src/store/record/citizens.ts';
import { openPostgres, type Connection, type Database } from '../../src/store/database.ts';
import { keyedHash, keyedUuid, loadSecrets } from '../../src/store/secrets.ts';
import { shippedRule } from '../../test/linkage/shipped-rule.ts';
import { cityRecords, type CityRecord } from '../linkage/city.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import { benchFeed, citizenAt, mappedRow, type BenchFeed } from './people-rows.ts';

const citySeed = 1999;
/** People written past intake in one go. */
const loadedTogether = 1_000;
/** People of one batch of the worker. */
const batchSize = 200;
const singles = 400;

interface Loading {
  database: Database;
  context: LinkingContext;
  feed: BenchFeed;
}

/** The linking step alone, against a city that is there already: a whole file of new descriptions, half of people known by another name or spelling, and single ones. */
export async function measureLinkageLoad(world: World, print: Print): Promise<void> {
  const { known, described } = world.settings.linkageLoad;
  const url = await world.newDatabase();
  const database = await openPostgres(url);
  try {
    const loading: Loading = { database, feed: benchFeed(), context: { secrets: await loadSecrets(database), grade: pairGrader(shippedRule()), newId: randomUUID } };
    const batch: CityRecord[] = [];
    await loadCity(loading, { known, described }, batch, world.say);
    await world.query(url, 'vacuum analyze');
    await measureBatch(loading, batch.slice(singles), print, world.say);
    await measureSingles(loading, batch.slice(0, singles), print);
  } finally {
    await database.close();
  }
}

/** Everybody's first record goes to the database; what others say of some of them, and people nobody knows, to the batch. */
async function loadCity(loading: Loading, { known, described }: { known: number; described: number }, batch: CityRecord[], say: World['say']): Promise<void> {
  const started = performance.now();
  const { database } = loading;
  const [index] = await database.query<{ indexdef: string }>(`select indexdef from pg_indexes where indexname = 'person_key_hash'`);
  await database.query('drop index person_key_hash');
  let chunk: CityRecord[] = [];
  const write = async (): Promise<void> => {
    const records = chunk;
    chunk = [];
    await database.transaction((connection) => saveKnown(connection, loading, records));
  };
  let [last, others] = [-1, 0];
  for (const record of cityRecords(citySeed, known + Math.ceil(described / 2))) {
    const first = record.person !== last;
    last = record.person;
    if (record.person >= known && first) batch.push(record);
    else if (first) chunk.push(record);
    else if (others < described / 2 && record.person < known && record.person % 4 === 0) { others += 1; batch.push(record); }
    if (chunk.length >= loadedTogether) await write();
    if (first && record.person % 30_000 === 0) say(`${record.person} people, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  }
  await write();
  await database.query(index?.indexdef ?? '');
  batch.sort((a, b) => spread(a) - spread(b));
  say(`${known} people known, ${batch.length} descriptions to link, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
}

/** An order that has nothing to do with who is who, the same each time. */
function spread({ person }: CityRecord): number {
  return (person * 7_919) % 1_000_003;
}

/** As the gateway writes people it knows nothing of yet, without looking whether it does. */
async function saveKnown(connection: Connection, { context: { secrets } }: Loading, records: readonly CityRecord[]): Promise<void> {
  const people = records.map(({ person, facts }) => ({ citizen: citizenAt(person), id: keyedUuid(secrets.id, 'bench', `${person}`), person, facts: ofHospital(facts, person) }));
  const keys = people.flatMap(({ citizen, id, facts }) => [...new Set(keysOf(facts))].map((key) => ({ citizen, id, hash: keyedHash(secrets.person, key) })));
  const columns = [people.map(({ citizen }) => citizen), people.map(({ id }) => id)];
  await connection.query('insert into citizen (citizen_id, traced, created_at) select c, true, now() from unnest($1::uuid[]) c', [columns[0]]);
  await connection.query(
    `insert into source_person (citizen_id, id, feed, person_key, rule, facts) select p.citizen, p.id, 'uhb-adt', p.person, 'link-new-01', p.facts from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[]) as p (citizen, id, person, facts)`,
    [...columns, people.map(({ person }) => `${person}`), people.map(({ facts }) => JSON.stringify(facts))]);
  await connection.query('insert into person_key (citizen_id, id, hash) select * from unnest($1::uuid[], $2::uuid[], $3::bytea[])', [keys.map((k) => k.citizen), keys.map((k) => k.id), keys.map((k) => k.hash)]);
}

function ofHospital(facts: PersonFacts, person: number): PersonFacts {
  return { ...facts, local: [{ system: 'https://fhir.bicp.example/Id/uhb/person', value: `${person}` }] };
}

async function measureBatch(loading: Loading, records: readonly CityRecord[], print: Print, say: World['say']): Promise<void> {
  const { database, context, feed } = loading;
  const found = { right: 0, wrong: 0, parked: 0, made: 0 };
  const truth = new Map<string, number>();
  let most = 0;
  const started = performance.now();
  for (let from = 0; from < records.length; from += batchSize) {
    const rows = records.slice(from, from + batchSize).map((record, i) => mappedRow(feed, record, from + i + 1));
    const linking = await database.transaction(async (connection) => {
      const done = await linkPeople(connection, context, rows);
      await savePeople(connection, done.citizens, done.people, new Date());
      return done;
    });
    for (const { citizen, row } of linking.linked) {
      const made = linking.citizens.some((each) => each.citizen === citizen);
      const whose = truth.get(citizen) ?? (made ? undefined : Number.parseInt(citizen.slice(-12), 16));
      if (made) { found.made += 1; truth.set(citizen, Number(row.personKey)); }
      else if (whose === Number(row.personKey)) found.right += 1;
      else found.wrong += 1;
    }
    found.parked += linking.people.filter(({ possible }) => possible.length > 0).length;
    most = Math.max(most, process.memoryUsage.rss());
    if (from % 2_000 === 0) say(`${from} of ${records.length}, ${((performance.now() - started) / 1_000).toFixed(0)} s`);
  }
  const minutes = (performance.now() - started) / 60_000;
  say(`to their own ${found.right}, to another ${found.wrong}, made known ${found.made}, of them parked ${found.parked}`);
  print('linkage-load.batch', minutes, 'minutes', undefined, { of: 'value', atMost: 10 });
  print('linkage-load.records', records.length / (minutes * 60), 'records/s');
  print('linkage-load.rss', most / 2 ** 30, 'GB', undefined, { of: 'value', atMost: 2 });
  print('linkage-load.false_links', found.wrong, 'records', undefined, { of: 'value', atMost: 0 });
}

async function measureSingles({ database, context, feed }: Loading, records: readonly CityRecord[], print: Print): Promise<void> {
  const times: number[] = [];
  for (const [i, record] of records.entries()) {
    const row = mappedRow(feed, record, 1_000_000 + i);
    await database.transaction(async (connection) => {
      const started = performance.now();
      await linkPeople(connection, context, [row], createRegistry());
      times.push(performance.now() - started);
    });
  }
  times.sort((a, b) => a - b);
  print('linkage-load.one', times[Math.floor(times.length / 2)] ?? Number.NaN, 'ms', undefined, { of: 'value', atMost: 5 });
  print('linkage-load.one_p95', times[Math.floor(times.length * 0.95)] ?? Number.NaN, 'ms');
}
