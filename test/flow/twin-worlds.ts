import { createHash, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { personAt } from '../../src/demo/generate-people.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';
import { indexResource } from '../../src/fhir/index-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { savePeople, savePossible, type PersonChange } from '../../src/store/record/citizens.ts';
import { openPostgres, type Connection, type Database } from '../../src/store/database.ts';
import { saveRows, type RowChange } from '../../src/store/record/record-writer.ts';
import { saveSharedRows } from '../../src/store/shared-rows.ts';
import { keyedHash, loadSecrets } from '../../src/store/secrets.ts';
import { classKey, openSharingClasses, type ClassFacts } from '../../src/store/record/sharing-classes.ts';
import { bchc, bsmhft, council, icb, uhb } from '../consent/sharing-cases.ts';
import { freshPostgres, openPgliteIn, roundsAt } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

export type Notice = 'none' | 'generic' | 'organisation';

export interface TwinWorlds {
  /** the record as it is, and the same with more in it that the callers may not know of */
  plain: Gateway;
  fuller: Gateway;
  /** what both take from outside: a later instant, and ids nobody had */
  turn: () => void;
  close: () => Promise<void>;
}

/** Somebody as those in front of them would know them: what emergency access is asked for with. */
export interface KnownPerson {
  index: number;
  nhsNumber: string;
  birthDate: string;
  family: string;
}

/** A row of either world, with its body as stored: what values for requests are taken from. */
export interface StoredRow {
  citizen: string;
  id: string;
  type: string;
  version: number;
  updatedAt: Date;
  body: JsonObject;
}

/** No clause opens these to anybody: of the board nobody asks who would see its own records. */
export const hiddenClasses: readonly ClassFacts[] = [
  { custodian: icb, category: 'end-of-life', labels: ['legal-restriction'] },
  { custodian: icb, category: 'unclassified', labels: [] },
  { custodian: icb, category: 'identity', labels: ['source-dissent'] },
  { custodian: 'https://fhir.nhs.uk/Id/ods-organization-code|ZZ999', category: 'identity', labels: [] },
];

const population = { seed: 2018, citizens: 12 };
const hiddenFrom = 100;

/** People whom only the fuller world has heard of: from an organisation nobody here shares anything with. */
export const hiddenPeople: readonly KnownPerson[] = Array.from({ length: 30 }, (_, n) => personAt(population, hiddenFrom + n))
  .flatMap(({ index, nhsNumber, birthDate, name }) => (nhsNumber === undefined ? [] : [{ index, nhsNumber, birthDate, family: name.family }]));
export const visiblePeople: readonly KnownPerson[] = Array.from({ length: population.citizens }, (_, n) => personAt(population, n))
  .flatMap(({ index, nhsNumber, birthDate, name }) => (nhsNumber === undefined ? [] : [{ index, nhsNumber, birthDate, family: name.family }]));

/** What the hospital would say of this person, if they came in. */
export function admissionOf({ index }: KnownPerson): string {
  const person = personAt(population, index);
  return adtMessages(population.seed, { ...person, known: { ...person.known, uhb: `T${index}` } }).map(({ text }) => text).join('');
}

/** One record made by intake, copied, and one copy filled with what is hidden: notices by mode, with something withheld about everybody in both where there are notices. */
export async function openTwinWorlds(kind: Database['kind'], notice: Notice): Promise<TwinWorlds> {
  const folder = mkdtempSync(join(tmpdir(), 'onestory-twins-'));
  const agreements = agreementsWithNotice(join(folder, 'agreements'), notice);
  const places = kind === 'pglite' ? { plain: join(folder, 'plain'), fuller: join(folder, 'fuller') } : { plain: await freshPostgres(), fuller: '' };
  const open = (place: string): Promise<Database> => (kind === 'pglite' ? openPgliteIn(place) : openPostgres(place));
  const made = await startGateway(await open(places.plain), { citizens: population.citizens, agreements });
  await changePlans(made.database);
  if (notice !== 'none') await hideSomethingOfEverybody(made.database);
  await made.close();
  if (kind === 'pglite') cpSync(places.plain, places.fuller, { recursive: true });
  else places.fuller = await copyPostgres(places.plain);
  const fuller = await open(places.fuller);
  await fillWithHidden(fuller);
  const outside = sharedOutside();
  const start = async (database: Database): Promise<Gateway> => startGateway(database, { agreements, clock: outside.clock, newId: outside.ids() });
  const worlds = { plain: await start(await open(places.plain)), fuller: await start(fuller) };
  await roundsDone(worlds.plain);
  await roundsDone(worlds.fuller);
  return {
    ...worlds, turn: outside.turn,
    close: async () => {
      await worlds.plain.close();
      await worlds.fuller.close();
      if (kind === 'postgresql') await dropPostgres(places.plain, places.fuller);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What ids end with that were drawn while the worlds were asked. */
export const drawnEnding = 'd2a3d2a3d2a3';

/** Time and chance are the same in both worlds, or every written row would differ: each turn is a second later, and in each turn both draw the same ids in the same order. */
function sharedOutside(): { clock: () => Date; ids: () => () => string; turn: () => void } {
  const started = Date.now();
  let turn = 0;
  return {
    clock: () => new Date(started + turn * 1_000),
    turn: () => { turn += 1; },
    ids: () => {
      let [drawnIn, drawn] = [0, 0];
      return () => {
        drawn = drawnIn === turn ? drawn + 1 : 0;
        drawnIn = turn;
        const hex = createHash('sha256').update(`${started} ${turn} ${drawn}`).digest('hex');
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${drawnEnding}`;
      };
    },
  };
}

/** What the gateway does by itself, done in both worlds before anybody asks, and not again: else it would be a matter of time in which of them it is seen. */
async function roundsDone({ database, services: { lateReferrals, disagreements, corrections, oddLooks } }: Gateway): Promise<void> {
  await Promise.all([lateReferrals, disagreements, corrections, oddLooks].map((round) => round.stop()));
  await roundsAt(database, 'start');
  while (await lateReferrals.look(0));
  while (await disagreements.look(0));
}

export async function storedRows(database: Database): Promise<StoredRow[]> {
  const rows = await database.query<Omit<StoredRow, 'body'> & { body: string }>(
    `select r.citizen_id as citizen, r.id, r.type, r.version, r.updated_at as "updatedAt", v.body from citizen_row r
     join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by r.type, r.id`);
  return rows.map((row) => ({ ...row, body: JSON.parse(row.body) as JsonObject }));
}

/** The shipped agreements in one notice mode, and one by which the board's hidden rows are nearly shared: its notice tells of them. */
function agreementsWithNotice(folder: string, notice: Notice): string {
  const shipped = join(import.meta.dirname, '../../agreements');
  mkdirSync(folder);
  writeFileSync(join(folder, 'twin-worlds.yaml'), `${JSON.stringify({
    id: 'twin-worlds', version: '1.0', title: 'End-of-life plans of the board', period: { from: '2024-04-01', to: '2029-03-31' }, reviewDate: '2027-03-31', lawfulBases: ['UK GDPR Article 6(1)(e)'],
    parties: Object.entries({ icb, uhb, bchc, bsmhft, council }).map(([id, organisation]) => ({
      id, name: `Name of ${id}`, identifier: { system: organisation.split('|')[0], value: organisation.split('|')[1] }, capacity: 'controller', signatoryRole: 'Caldicott Guardian' })),
    clauses: [{ number: '1.1', text: 'The board shares end-of-life plans.', from: ['icb'], to: ['uhb', 'bchc', 'bsmhft', 'council'], purposes: ['TREAT'], roles: ['doctor', 'nurse', 'social-worker'], categories: ['end-of-life'], consentBasis: 'implied', notice }],
  })}\n`);
  for (const file of readdirSync(shipped)) writeFileSync(join(folder, file), readFileSync(join(shipped, file), 'utf8').replace(/notice: \w+/g, `notice: ${notice}`));
  return folder;
}

async function copyPostgres(url: string): Promise<string> {
  const name = `twin_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(url, `create database ${name} template ${nameIn(url)}`);
  return url.replace(/\/[^/]+$/, `/${name}`);
}

async function dropPostgres(...urls: string[]): Promise<void> {
  for (const url of urls) await asAdmin(url, `drop database ${nameIn(url)} with (force)`);
}

function nameIn(url: string): string {
  return url.split('/').at(-1) ?? '';
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url.replace(/\/[^/]+$/, '/postgres') });
  await admin.connect();
  await admin.query(statement).finally(() => admin.end());
}

async function inHiddenClasses<Result>(database: Database, work: (connection: Connection, classId: (n: number) => number) => Promise<Result>): Promise<Result> {
  const classes = await openSharingClasses(database);
  return database.transaction(async (connection) => {
    const ids = await classes.intern(connection, hiddenClasses);
    return work(connection, (n) => ids.get(classKey(hiddenClasses[n % hiddenClasses.length] as ClassFacts)) ?? 0);
  });
}

/** The same again as a row of its own, found by all the same searches. */
function twinOf(row: StoredRow, classId: number, { citizen = row.citizen, version = 1, updatedAt = row.updatedAt, id = randomUUID() } = {}): RowChange {
  const body: JsonObject = { ...row.body, id };
  return {
    citizen, id, type: row.type, version, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt, recordId: 1, row: 1,
    index: indexResource({ ...body, ...(row.type === 'Patient' && { address: [{ postalCode: 'B1 1XX' }] }) }), directoryIds: [],
    fragments: row.type === 'Patient' ? [{ path: '/address', body: '[{"postalCode":"B1 1XX"}]', classId, target: null, tokens: [] }] : [],
  };
}

/** Every plan has a version of before, said in another message: what changed is told in both worlds. */
async function changePlans(database: Database): Promise<void> {
  const plans = `r.type = 'CarePlan' and r.version = 1`;
  await database.query(`insert into citizen_fragment select f.citizen_id, f.id, 2, f.path, f.body, f.class_id, f.target, f.tokens from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id where ${plans}`);
  await database.query(`insert into citizen_version select v.citizen_id, v.id, 2, replace(replace(replace(v.body, '"versionId":"1"', '"versionId":"2"'), '#', '#9'), '"title":"', '"title":"Changed: '), v.deleted, v.updated_at, v.record_id, v.row_no
    from citizen_version v join citizen_row r on r.citizen_id = v.citizen_id and r.id = v.id where ${plans}`);
  await database.query(`update citizen_row r set version = 2 where ${plans}`);
}

/** With `generic` notices both worlds must hold something withheld about everybody; this clause tells of it. */
async function hideSomethingOfEverybody(database: Database): Promise<void> {
  const citizens = [...new Map((await storedRows(database)).map((row) => [row.citizen, row])).values()];
  await inHiddenClasses(database, (connection, classId) => saveRows(connection, citizens.map((row) => twinOf(row, classId(0)))));
}

/** Beside every row two hidden ones that the same searches find, one more about somebody nobody knows, hidden parts in visible rows, and another client's job. */
export async function fillWithHidden(database: Database): Promise<void> {
  const rows = await storedRows(database);
  const strangers = new Map([...new Set(rows.map(({ citizen }) => citizen))].map((citizen) => [citizen, randomUUID() as string]));
  const secrets = await loadSecrets(database);
  const crowd = rows.filter(({ type }) => type === 'Patient').map((row) => ({ row, citizen: randomUUID() }));
  await inHiddenClasses(database, async (connection, classId) => {
    await savePeople(connection, [...strangers.values(), ...crowd.map(({ citizen }) => citizen)].map((citizen) => ({ citizen, traced: true })), [], new Date());
    await savePeople(connection, [], crowd.flatMap(({ citizen }, n) => (hiddenPeople[n] ? [personChange(hiddenPeople[n], citizen, (key) => keyedHash(secrets.person, key))] : [])), new Date());
    const twins = rows.flatMap((row, n) => [
      twinOf(row, classId(n)),
      twinOf(row, classId(n + 1), { updatedAt: new Date(row.updatedAt.getTime() + (n % 2 === 0 ? -86_400_000 : 1)) }),
      twinOf(row, classId(n + 2), { citizen: strangers.get(row.citizen) ?? '', updatedAt: new Date() }),
    ]);
    const [someone] = rows;
    const unsent = someone ? typesNotSent.map((type, n) => twinOf({ ...someone, type, body: recordOf(type, someone.citizen) }, classId(n))) : [];
    await saveRows(connection, [...twins, ...unsent, ...crowd.map(({ row, citizen }, n) => twinOf(row, classId(n), { citizen }))]);
    await saveRows(connection, twins.slice(0, 20).map((twin) => ({ ...twin, version: 2 }))); // with a history
    await hideParts(connection, rows, twins, classId);
    await hideKeys(connection, rows.flatMap(({ id }, n) => twins.slice(3 * n, 3 * n + 3).map((twin) => ({ original: id, twin }))));
    await hidePairs(connection, rows.flatMap((row, n) => (row.type === 'Patient' && twins[3 * n + 2] ? [{ row, twin: twins[3 * n + 2] as RowChange }] : [])).slice(0, 4));
    const job = { resourceType: 'Task', id: randomUUID() as string, status: 'completed', intent: 'order' };
    await saveSharedRows(connection, [{ id: job.id, scope: 'job', owner: 'another-client', type: 'Task', version: 1, updatedAt: new Date(), body: JSON.stringify(job), index: indexResource(job) }]);
  });
}

/** Types that are read and that no file of the demo brings: practices send them. */
const typesNotSent = ['AllergyIntolerance', 'Condition', 'MedicationStatement'];

function recordOf(resourceType: string, citizen: string): JsonObject {
  return { resourceType, [resourceType === 'AllergyIntolerance' ? 'patient' : 'subject']: { reference: `Patient/${citizen}` } };
}

function personChange({ nhsNumber, birthDate, family }: KnownPerson, citizen: string, hash: (key: string) => Buffer): PersonChange {
  const facts = { nhsNumber, nhsNumberStatus: '01', local: [], family, given: [], otherFamily: [], otherGiven: [], birthDate };
  return { citizen, id: randomUUID(), feed: 'unheard-of', personKey: nhsNumber, rule: 'link-new-01', facts, hashes: [hash(`nhs:${nhsNumber}`)], evidence: null, possible: [] };
}

/** Pairs of somebody seen and somebody nobody here sees, found from either side. */
async function hidePairs(connection: Connection, pairs: readonly { row: StoredRow; twin: RowChange }[]): Promise<void> {
  const facts = { local: [], given: [], otherFamily: [], otherGiven: [] };
  const unheardOf = pairs.map(({ row, twin }, n): PersonChange => ({
    citizen: twin.citizen, id: twin.id, feed: 'unheard-of', personKey: twin.id, rule: 'link-likelihood-02', facts, hashes: [], evidence: null,
    possible: n % 2 === 0 ? [{ candidate: row.citizen, rule: 'link-likelihood-02', evidence: null }] : [],
  }));
  await savePeople(connection, [], unheardOf, new Date());
  const seen = pairs.filter((_, n) => n % 2 === 1);
  await savePossible(connection, seen.map(({ row, twin }) => ({ citizen: row.citizen, id: row.id, possible: [{ candidate: twin.citizen, rule: 'link-demographics-02', evidence: null }] })), new Date());
}

/** The hidden twins of a person are found by all that finds the person. */
async function hideKeys(connection: Connection, pairs: readonly { original: string; twin: RowChange }[]): Promise<void> {
  await connection.query(
    'insert into person_key (citizen_id, id, hash) select t.citizen, t.id, k.hash from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as t (citizen, id, original) join person_key k on k.id = t.original',
    [pairs.map(({ twin }) => twin.citizen), pairs.map(({ twin }) => twin.id), pairs.map(({ original }) => original)]);
}

/** Parts of visible rows that only the fuller world has: a reference to a hidden row, and a contact detail of a hidden class. */
async function hideParts(connection: Connection, rows: readonly StoredRow[], hidden: readonly RowChange[], classId: (n: number) => number): Promise<void> {
  for (const [n, { citizen, id, type, version }] of rows.entries()) {
    const target = hidden[n * 3];
    const reference = type === 'Patient' ? null : target?.id;
    const [path, body] = reference ? ['/basedOn/0/0', JSON.stringify({ reference: `${target?.type}/${reference}` })] : ['/telecom', '[{"system":"phone","value":"0121 496 0999"}]'];
    await connection.query(
      `insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens) values ($1, $2, $3, $4, $5, $6, $7, '{}') on conflict do nothing`,
      [citizen, id, version, path, body, classId(n), reference ?? null]);
    if (type === 'CarePlan' && version > 1) await connection.query(
      `insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens) values ($1, $2, $3, '/activity/0/0', $4, $5, $6, '{}') on conflict do nothing`,
      [citizen, id, version - 1, JSON.stringify({ detail: { status: 'in-progress', description: 'Known of before', performer: [{ reference: `${target?.type}/${target?.id}` }] } }), classId(n), target?.id ?? null]);
  }
}
