import { openPostgres } from '../src/store/database.ts';
import { connectSender } from '../test/edge/mllp/mllp-sender.ts';
import { median } from './compare-servers.ts';
import { hospitalMessages } from './population-files.ts';
import { readStoredRows, rawInsert } from './raw-insert.ts';
import { sendRequests, wireRequest } from './send-requests.ts';
import type { Print } from './settings.ts';
import type { OneStoryServer } from './onestory-server.ts';
import type { World } from './world.ts';

/**
 * Messages per second from HL7 bytes to durable, searchable rows: in files of a hundred, one message per request, and by
 * MLLP; rows per second of the council's CSV; against the very same rows inserted in batches by a program that knows them already.
 */
export async function measureIntake(world: World, print: Print): Promise<void> {
  const { settings, say } = world;
  const inFiles: number[] = [];
  const raw: number[] = [];
  let memory = 0;
  for (let round = 1; round <= settings.rounds; round += 1) {
    const database = await world.newDatabase();
    const server = await world.onestory(database);
    if (round === 1) await warmUp(server);
    const { records = 0, seconds = 1 } = await server.ask({ do: 'take-in', what: 'hospital', citizens: settings.intakeCitizens });
    await checkSettled(world, database, records);
    inFiles.push(records / seconds);
    memory = (await server.ask({ do: 'memory' })).bytes ?? 0;
    const rows = await readStoredRows((text) => world.query(database, text));
    const rawSeconds = await rawInsert(await emptyTables(world), rows);
    raw.push(records / rawSeconds);
    say(`intake round ${round}: ${records} messages in ${seconds.toFixed(1)} s, their rows by themselves in ${rawSeconds.toFixed(1)} s`);
  }
  const single = await measureSingle(world);
  const mllp = await measureMllp(world);
  const csv = await measureCsv(world);
  print('intake.raw_insert', median(raw), 'records/s');
  print('intake.hl7', median(inFiles), 'records/s', median(inFiles) / median(raw));
  print('intake.hl7_single', single, 'records/s', single / median(raw));
  print('intake.mllp', mllp, 'records/s', mllp / median(raw));
  print('intake.csv', csv.rate, 'rows/s', csv.rate / csv.raw);
  print('intake.memory', memory / 1024 ** 2, 'MB');
}

/** One message per POST, over as many connections as the reads use. */
async function measureSingle(world: World): Promise<number> {
  const database = await world.newDatabase();
  const server = await world.onestory(database);
  const { token = '' } = await server.ask({ do: 'token', who: 'uhb-adt' });
  const url = new URL('/intake/uhb-adt', server.url);
  const messages = hospitalMessages(world.settings.intakeCitizens);
  const requests = messages.map((message) => wireRequest('POST', url, { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream' }, message));
  const started = performance.now();
  await sendRequests(url, requests.values(), { connections: world.settings.connections });
  const accepted = (performance.now() - started) / 1_000;
  await server.ask({ do: 'idle' });
  const seconds = (performance.now() - started) / 1_000;
  await checkSettled(world, database, messages.length);
  world.say(`intake one by one: ${messages.length} messages safe in ${accepted.toFixed(1)} s, worked off in ${seconds.toFixed(1)} s`);
  return messages.length / seconds;
}

/** One message after the other over as many connections, each waiting for its acknowledgement before the next, as the standard has it. */
async function measureMllp(world: World): Promise<number> {
  const database = await world.newDatabase();
  const server = await world.onestory(database);
  const { port = 0 } = await server.ask({ do: 'listen-mllp' });
  const messages = hospitalMessages(world.settings.intakeCitizens);
  const waiting = messages.values();
  const started = performance.now();
  await Promise.all(Array.from({ length: world.settings.connections }, async () => {
    const sender = await connectSender(port, null);
    for (const message of waiting) {
      const answer = await sender.send(message);
      if (!answer?.includes('MSA|AA|')) throw new Error('a message that was not accepted');
    }
    await sender.end();
  }));
  const accepted = (performance.now() - started) / 1_000;
  await server.ask({ do: 'idle' });
  const seconds = (performance.now() - started) / 1_000;
  await checkSettled(world, database, messages.length);
  world.say(`intake by MLLP: ${messages.length} messages acknowledged in ${accepted.toFixed(1)} s, worked off in ${seconds.toFixed(1)} s`);
  return messages.length / seconds;
}

/** The council's rows, and their stored rows by themselves. */
async function measureCsv(world: World): Promise<{ rate: number; raw: number }> {
  const database = await world.newDatabase();
  const { records = 0, seconds = 1 } = await (await world.onestory(database)).ask({ do: 'take-in', what: 'council', citizens: world.settings.intakeCitizens });
  await checkSettled(world, database, records);
  const raw = await rawInsert(await emptyTables(world), await readStoredRows((text) => world.query(database, text)));
  world.say(`intake of CSV: ${records} rows in ${seconds.toFixed(1)} s, their stored rows by themselves in ${raw.toFixed(1)} s`);
  return { rate: records / seconds, raw: records / raw };
}

async function warmUp(server: OneStoryServer): Promise<void> {
  await server.ask({ do: 'take-in', what: 'hospital', citizens: 10 });
}

/** A run that lost or refused messages measured something else. */
async function checkSettled(world: World, database: string, sent: number): Promise<void> {
  const rows = await world.query<{ state: string; n: number }>(database, 'select state, count(*)::int as n from intake_row group by state');
  const settled = rows.filter(({ state }) => state === 'stored' || state === 'unchanged').reduce((sum, { n }) => sum + n, 0);
  if (settled < sent * 0.98) throw new Error(`of ${sent} messages only ${settled} were stored: ${JSON.stringify(rows)}`);
}

/** A new database with the schema, its indexes and nothing in it; no trigger does the gateway's work in it. */
async function emptyTables(world: World): Promise<string> {
  const url = await world.newDatabase();
  await (await openPostgres(url, 1)).close();
  for (const table of ['citizen_row', 'citizen_fragment']) await world.query(url, `alter table ${table} disable trigger user`);
  return url;
}
