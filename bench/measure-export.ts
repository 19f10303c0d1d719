import { get, type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { OneStoryServer } from './onestory-server.ts';
import type { Print } from './settings.ts';
import { inMegabytes, watchTenths, type Tenth } from './watch-memory.ts';
import type { World } from './world.ts';

const who = 'uhb-integration';
const organisation = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';
const type = 'Observation';
const together = 20_000;
const rowsOfOne = 10;
/** lines sent before anything is measured: what a process makes once and keeps */
const mostWarmUp = 10_000;

/**
 * Rows per second of `$export`: made ready, and sent, each batch read through the door and audited before its first byte, against
 * the same rows fetched by the same ids in a loop that asks nobody. And the memory of the gateway while it sends, tenth by tenth
 * after a warm-up: the last must hold no more than the first.
 */
export async function measureExport(world: World, print: Print): Promise<void> {
  const { exportRows } = world.settings;
  const database = await world.newDatabase();
  const server = await world.onestory(database);
  world.say(`writing ${exportRows} rows …`);
  await fill(world, database, exportRows);
  const headers = { Authorization: `Bearer ${(await server.ask({ do: 'token', who })).token ?? ''}` };
  const started = performance.now();
  const job = await kickOff(server, headers);
  const files = await waitFor(job, headers);
  const listed = (performance.now() - started) / 1_000;
  world.say(`listed in ${listed.toFixed(1)} s, ${files.length} files`);
  const { seconds, first, last } = await fetchAll(world, server, files, headers);
  const theirs = await passThrough(database, job.slice(-36));
  print('export.listed', exportRows / listed, 'rows/s');
  print('export.passthrough', exportRows / theirs, 'rows/s');
  print('export.onestory', exportRows / seconds, 'rows/s', theirs / seconds);
  print('export.memory', inMegabytes(last.peak), 'MB', last.peak / first.peak, { of: 'ratio', atMost: 1.1 });
  print('export.held', inMegabytes(last.held), 'MB', last.held / first.held, { of: 'ratio', atMost: 1.1 });
}

/** One hospital's observations, ten of each person; no tally is kept, because an export counts nothing. */
async function fill(world: World, database: string, rows: number): Promise<void> {
  const [made] = await world.query<{ id: number }>(database, `insert into sharing_class (custodian, category, labels) values ($1, 'assessment', '{}') on conflict (custodian, category, labels) do update set category = excluded.category returning class_id as id`, [organisation]);
  await world.query(database, 'update policy_generation set generation = generation + 1');
  await world.query(database, 'alter table citizen_row disable trigger user');
  for (let from = 0; from < rows; from += together) {
    await world.query(database,
      `with made as (select md5('citizen ' || i / $3)::uuid as citizen, md5('row ' || i)::uuid as id, i from generate_series($1::int, $2::int) i),
         v as (insert into citizen_version (citizen_id, id, version, body, deleted, updated_at, record_id, row_no) select citizen, id, 1, json_build_object('resourceType', '${type}', 'id', id,
           'meta', json_build_object('versionId', '1', 'tag', json_build_array(json_build_object('system', 'https://fhir.nhs.uk/Id/ods-organization-code', 'code', 'RRK'))), 'status', 'final',
           'code', json_build_object('coding', json_build_array(json_build_object('system', 'http://loinc.org', 'code', '8867-4', 'display', 'Heart rate'))), 'subject', json_build_object('reference', 'Patient/' || citizen),
           'effectiveDateTime', '2026-01-01T00:00:00Z', 'valueQuantity', json_build_object('value', i % 100, 'unit', '/min'), 'note', json_build_array(json_build_object('text', repeat('x', 300))))::text, false, now(), 1, 1 from made)
       insert into citizen_row (citizen_id, id, type, version, class_id, deleted, updated_at, tokens, directory_ids, content_hash, codes) select citizen, id, '${type}', 1, $4, false, now(), '{}', '{}', '', '{}' from made`,
      [from, Math.min(from + together, rows) - 1, rowsOfOne, made?.id]);
  }
  await world.query(database, 'vacuum analyze citizen_row, citizen_version');
}

type Headers = Record<string, string>;

async function kickOff(server: OneStoryServer, headers: Headers): Promise<string> {
  const response = await fetch(`${server.url}/fhir/$export?_type=${type}`, { headers: { ...headers, Prefer: 'respond-async' } });
  if (response.status !== 202) throw new Error(`answered ${response.status}`);
  return response.headers.get('Content-Location') ?? '';
}

async function waitFor(job: string, headers: Headers): Promise<string[]> {
  for (;;) {
    const response = await fetch(job, { headers });
    if (response.status === 200) return ((await response.json()) as { output: { url: string }[] }).output.map(({ url }) => url);
    if (response.status !== 202) throw new Error(`answered ${response.status}`);
    await setTimeout(50);
  }
}

/** One file after the other, as a client does; nothing is read while the memory is looked at. */
async function fetchAll({ settings: { exportRows: rows }, say }: World, server: OneStoryServer, files: readonly string[], headers: Headers): Promise<{ seconds: number; first: Tenth; last: Tenth }> {
  for (let lines = 0; lines < Math.min(mostWarmUp, rows / 10);) for await (const some of linesOf(files, headers)) if ((lines += some) >= Math.min(mostWarmUp, rows / 10)) break;
  const coming = linesOf(files, headers);
  let [lines, ms] = [0, 0];
  const tenths = await watchTenths(server, say, async (tenth) => {
    const started = performance.now();
    for (let next: IteratorResult<number, void> | null = null; lines < (tenth * rows) / 10 && !next?.done;) {
      next = await coming.next();
      lines += next.value ?? 0;
    }
    ms += performance.now() - started;
  });
  const [first, last] = [tenths[0], tenths.at(-1)];
  if (!first || !last || lines !== rows || !(await coming.next()).done) throw new Error(`${lines} of ${rows} rows came`);
  return { seconds: ms / 1_000, first, last };
}

/** How many came, as they come. */
async function* linesOf(files: readonly string[], headers: Headers): AsyncGenerator<number, void, undefined> {
  for (const url of files) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => { get(url, { headers, agent: false }, resolve).on('error', reject); });
    for await (const part of response) yield (part as Buffer).reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
  }
}

/** Seconds to fetch the same rows by the same lists, a batch at a time. */
async function passThrough(database: string, job: string): Promise<number> {
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const started = performance.now();
  for (let n = 0; ; n += 1) {
    const { rowCount } = await client.query({
      name: 'batch', text: `select v.body from export_batch b join citizen_row r on r.id = any (b.ids) join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version where b.job_id = $1 and b.n = $2`, values: [job, n],
    });
    if (rowCount === 0) break;
  }
  const seconds = (performance.now() - started) / 1_000;
  await client.end();
  return seconds;
}
