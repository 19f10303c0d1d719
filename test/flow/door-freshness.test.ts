import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { listAgreements, terminateAgreement } from '../../src/store/sharing/agreements.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { saveRows } from '../../src/store/record/record-writer.ts';
import { classKey, openSharingClasses, type ClassFacts } from '../../src/store/record/sharing-classes.ts';
import { council } from '../consent/sharing-cases.ts';
import { loadedPostgres, openLoadedPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, custodiansOf, fileObjection, people, wholeRecord } from './whole-record.ts';

/** The processes that serve one record: PGlite takes one, PostgreSQL any number. */
const houses: { kind: string; open: () => Promise<Database[]> }[] = [
  { kind: 'pglite', open: async () => [await openLoadedPglite(12)] },
  { kind: 'two processes of postgresql', open: async () => {
    const url = await loadedPostgres(12);
    return [await openPostgres(url), await openPostgres(url)];
  } },
];

async function sha256Of(database: Database, agreement: string): Promise<string> {
  return (await listAgreements(database)).find((row) => row.agreement === agreement)?.sha256 ?? '';
}

/** A care team of a class nobody has met yet. */
async function saveNewClass(database: Database, citizen: string, facts: ClassFacts): Promise<string> {
  const id = randomUUID();
  const body = { resourceType: 'CareTeam', id, status: 'active', subject: { reference: `Patient/${citizen}` } };
  const classes = await openSharingClasses(database);
  await database.transaction(async (connection) => {
    const classId = (await classes.intern(connection, [facts])).get(classKey(facts)) ?? 0;
    await saveRows(connection, [{
      citizen, id, type: 'CareTeam', version: 1, classId, contentHash: Buffer.alloc(0), body: JSON.stringify(body), updatedAt: new Date(), recordId: 1, row: 1,
      index: indexResource(body), directoryIds: [], fragments: [],
    }]);
  });
  return id;
}

// each case changes the policy for those after it
describe.each(houses)('what changes between two requests holds for the very next one, on $kind', ({ open }) => {
  let gateways: Gateway[];
  let first: Gateway;
  beforeAll(async () => {
    const databases = await open();
    gateways = [];
    for (const database of databases) gateways.push(await startGateway(database));
    first = gateways[0] as Gateway;
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  /** What the reader is shown by each process. */
  async function shownBy(who: string, citizen: string): Promise<string[][]> {
    const shown: string[][] = [];
    for (const gateway of gateways) shown.push(custodiansOf(await wholeRecord(gateway, who, citizen)));
    return shown;
  }
  const everywhere = <T>(value: T): T[] => gateways.map(() => value);

  it('an objection closes, whichever process recorded it', async () => {
    const abdul = await citizenOf(first, 'social-worker', people.abdul);
    for (const shown of await shownBy('social-worker', abdul)) expect(shown.length).toBeGreaterThan(1);
    expect((await fileObjection(gateways.at(-1) ?? first, abdul)).status).toBe(201);
    expect(await shownBy('social-worker', abdul)).toEqual(everywhere(['E08000025']));
    expect(await shownBy('community-nurse', abdul)).toEqual(everywhere(['RYW']));
  });

  it('a lapsed agreement shares nothing: no social worker sees what only it would have opened', async () => {
    const alice = await citizenOf(first, 'social-worker', people.alice);
    const ofTrust = async (who: string): Promise<string[]> => (await wholeRecord(first, who, alice))
      .filter((resource) => ['EpisodeOfCare', 'CarePlan'].includes(resource.resourceType) && custodiansOf([resource]).includes('RXT')).map(({ resourceType }) => resourceType);
    expect((await ofTrust('ward-doctor')).length).toBeGreaterThan(0);
    expect(await ofTrust('social-worker')).toEqual([]);
  });

  it('a class nobody had met opens where a clause covers it, and nowhere else', async () => {
    const alice = await citizenOf(first, 'ward-doctor', people.alice);
    await shownBy('ward-doctor', alice);
    const opened = await saveNewClass(first.database, alice, { custodian: council, category: 'contacts', labels: [] });
    const closed = await saveNewClass(first.database, alice, { custodian: council, category: 'safeguarding', labels: [] });
    for (const gateway of gateways) {
      expect((await gateway.get(`/fhir/CareTeam/${opened}`, 'ward-doctor')).status).toBe(200);
      expect((await gateway.get(`/fhir/CareTeam/${closed}`, 'ward-doctor')).status).toBe(404);
    }
  });

  it('an agreement whose last moment passes shares nothing more, though nobody touches anything', async () => {
    const alice = await citizenOf(first, 'privacy-officer', people.alice);
    const oversight = await sha256Of(first.database, 'bicp-oversight');
    // what is not a row of the door first: nothing else has told the process that its grant is past
    const paths = ['/fhir/AuditEvent?_count=1', `/fhir/Patient/${alice}/$explain-access`, `/fhir/Patient/${alice}`];
    const statuses = async (): Promise<number[][]> => Promise.all(gateways.map(async (gateway) => {
      const answers: number[] = [];
      for (const path of paths) answers.push((await gateway.get(path, 'privacy-officer')).status);
      return answers;
    }));
    let leftMs = 0;
    for (let ms = 2_000; leftMs <= 0; ms *= 4) { // longer where the machine was too busy to answer within it
      const end = Date.now() + ms;
      await terminateAgreement(first.database, oversight, new Date(end));
      const before = await statuses();
      leftMs = end - Date.now();
      if (leftMs > 0) expect(before).toEqual(everywhere([200, 200, 200]));
    }
    await wait(leftMs + 100);
    expect(await statuses()).toEqual(everywhere([403, 403, 404]));
  });

  it('a terminated agreement shares nothing more', async () => {
    const alice = await citizenOf(first, 'ward-doctor', people.alice);
    for (const shown of await shownBy('ward-doctor', alice)) expect(shown).toEqual(['E08000025', 'RRK', 'RXT', 'RYW']);
    const end = async (agreement: string): Promise<void> => terminateAgreement((gateways.at(-1) ?? first).database, await sha256Of(first.database, agreement), new Date(Date.now() - 1));
    await end('bicp-early-intervention');
    expect(await shownBy('ward-doctor', alice)).toEqual(everywhere(['RRK', 'RXT'])); // mental health records have an agreement of their own
    await end('bicp-mental-health');
    expect(await shownBy('ward-doctor', alice)).toEqual(everywhere(['RRK']));
    expect(await shownBy('community-nurse', alice)).toEqual(everywhere(['RYW']));
  });
});

describe('a process whose clock is behind', () => {
  it('does not bring a lapsed agreement back: the database\'s clock decides', async () => {
    const url = await loadedPostgres(12);
    const gateway = await startGateway(await openPostgres(url));
    const behind = await startGateway(await openPostgres(url), { clock: () => new Date('2024-01-15T12:00:00Z') });
    try {
      const alice = await citizenOf(gateway, 'mental-health-nurse', people.alice);
      const [now, then] = await Promise.all([gateway, behind].map(async (each) => custodiansOf(await wholeRecord(each, 'mental-health-nurse', alice))));
      expect(now).not.toContain('E08000025'); // only the lapsed agreement showed nurses what the council does
      expect(then).toEqual(now);
    } finally {
      await gateway.close();
      await behind.close();
    }
  });
});
