import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Encounter } from '@medplum/fhirtypes';
import { readConfig } from '../../src/config.ts';
import type { LogEvent } from '../../src/edge/log.ts';
import { sensitiveCodes } from '../../src/fhir/sensitive-codes.ts';
import { applySensitiveCodes } from '../../src/flow/intake/apply-sensitive-codes.ts';
import { loadSensitiveCodes } from '../../src/intake/sensitive-code-files.ts';
import { createServices } from '../../src/services.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { databases, freshPostgres, openPgliteIn } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';
import { until } from '../patience.ts';
import { testNumber } from './intake-outcome.ts';

const icd = 'http://hl7.org/fhir/sid/icd-10';
const patients = 5;

describe.each(databases)('a code set that changes, on $kind', ({ kind }) => {
  let folder: string;
  let place: string;
  const running = new Set<Gateway>();
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'onestory-sets-'));
    mkdirSync(join(folder, 'sets'));
    list();
    place = kind === 'pglite' ? join(folder, 'record') : await freshPostgres();
  });
  afterEach(async () => {
    for (const gateway of running) await stop(gateway);
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (): Promise<Database> => (kind === 'pglite' ? openPgliteIn(place) : openPostgres(place));
  async function start(log?: (event: LogEvent) => void): Promise<Gateway> {
    const gateway = await startGateway(await open(), { codeSets: join(folder, 'sets'), ...(log && { log }) });
    running.add(gateway);
    return gateway;
  }
  async function stop(gateway: Gateway): Promise<void> {
    running.delete(gateway);
    await gateway.close();
  }
  const list = (...codes: string[]): void => writeFileSync(join(folder, 'sets', 'hiv.csv'), ['system,code,display,label,source,note', `${icd},B24,HIV,HIV,a list,`, ...codes.map((code) => `${icd},${code},said in our own words,HIV,a list,`), ''].join('\n'));

  /** One visit each; the reason of the first visit is said once and then corrected, so that only its old version says it. */
  async function sendVisits(gateway: Gateway): Promise<void> {
    const visit = (n: number, reason: string, event = 'A01', at = '20240301081000'): string => message({
      event, at, id: `M${n}-${event}`, pid: { 3: `${testNumber(n)}^^^NHS~H${n}^^^RRK`, 5: `VISITOR^NUMBER${n}^^^MR^^L`, 7: `1940010${n + 1}` },
      pv1: { 19: `V${n}^^^RRK`, 44: '20240301081000' }, more: [`PV2|||${reason}`],
    });
    const messages = Array.from({ length: patients }, (_, n) => visit(n, n === patients - 1 ? 'S72^Broken hip' : 'K35^A secret reason'));
    for (const one of [...messages, visit(0, 'W19^Fall at home', 'A08', '20240302081000')]) expect((await gateway.send('uhb-adt', '', one)).ok).toBe(true);
  }

  async function visitsSeenBy(gateway: Gateway, who: string): Promise<Encounter[]> {
    const bundle = (await (await gateway.get('/fhir/Encounter?_count=50', who)).json()) as Bundle<Encounter>;
    const visits = (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Encounter' ? [resource] : []));
    expect(bundle.total).toBe(visits.length);
    return visits;
  }

  it('hides every row that ever said a newly listed code from the next start on, in all versions, and says why to who may see', async () => {
    const before = await start();
    await sendVisits(before);
    const all = await visitsSeenBy(before, 'community-nurse');
    expect(all).toHaveLength(patients);
    const corrected = all.find(({ meta }) => meta?.versionId === '2');
    expect(JSON.stringify(corrected)).not.toContain('K35');
    await stop(before);

    list('K35*');
    const after = await start();
    const shown = await visitsSeenBy(after, 'community-nurse');
    expect(shown.map(({ reasonCode }) => reasonCode?.[0]?.text)).toEqual(['Broken hip']);
    for (const way of ['', '/_history', '/_history/1', '/_history/2']) expect((await after.get(`/fhir/Encounter/${corrected?.id}${way}`, 'community-nurse')).status).toBe(404);

    const own = await visitsSeenBy(after, 'ward-doctor');
    expect(own.filter(({ meta }) => meta?.security?.some(({ code, system }) => code === 'HIV' && system === 'http://terminology.hl7.org/CodeSystem/v3-ActCode'))).toHaveLength(patients - 1);
    const versions = ((await (await after.get(`/fhir/Encounter/${corrected?.id}/_history`, 'ward-doctor')).json()) as Bundle).entry ?? [];
    expect(versions.map(({ resource }) => [resource?.meta?.versionId, resource?.meta?.security?.map(({ code }) => code)])).toEqual([['2', ['HIV']], ['1', ['HIV']]]);

    // what is sent again under the new sets is known, and what is new is labelled at once
    await sendVisits(after);
    expect(await visitsSeenBy(after, 'community-nurse')).toHaveLength(1);
    const [{ n = 0 } = {}] = await after.database.query<{ n: number }>("select count(*)::int as n from citizen_tally t, unnest(t.class_id, t.n) k(class_id, n) join sharing_class s on s.class_id = k.class_id where 'HIV' = any (s.labels) and k.n > 0");
    expect(n).toBe(patients - 1);
  });

  it('never takes a label away: a code listed no more changes nothing that is stored', async () => {
    list('K35*');
    const before = await start();
    await sendVisits(before);
    expect(await visitsSeenBy(before, 'community-nurse')).toHaveLength(1);
    await stop(before);
    list();
    const after = await start();
    expect(await visitsSeenBy(after, 'community-nurse')).toHaveLength(1);
  });

  it('is finished at the next start when a start was cut short between two batches', async () => {
    const before = await start();
    await sendVisits(before);
    await stop(before);

    list('K35*');
    const loaded = loadSensitiveCodes(join(folder, 'sets'));
    if ('problems' in loaded) throw new Error('the set is wrong');
    const database = await open();
    let transactions = 0;
    const dying: Database = {
      ...database,
      transaction: (work) => database.transaction(async (connection) => {
        const result = await work(connection);
        transactions += 1;
        if (transactions === 5) throw new Error('killed'); // setting, diff, queue, one batch, and in the middle of the second
        return result;
      }),
    };
    await expect(applySensitiveCodes(dying, await openSharingClasses(database), sensitiveCodes(loaded.codes), 1)).rejects.toThrow('killed');
    const labelled = await database.query("select 1 from citizen_row r join sharing_class s on s.class_id = r.class_id where 'HIV' = any (s.labels)");
    expect(labelled).toHaveLength(1);
    await database.close();

    const after = await start();
    expect(await visitsSeenBy(after, 'community-nurse')).toHaveLength(1);
    expect(await after.database.query('select 1 from relabel_queue')).toEqual([]);
  });

  it('keeps a process with the older sets from writing rows that would lack the new label', async () => {
    const events: LogEvent[] = [];
    const older = await start((event) => { events.push(event); });
    list('K35*');
    const read = readConfig({ PORT: '8080', DATA_DIR: folder });
    if ('problems' in read) throw new Error('the test configuration is wrong');
    const newer = await createServices({ database: older.database, config: read.config, log: () => undefined, codeSets: join(folder, 'sets') });
    await newer.worker.stop();
    const response = await fetch(`${older.url}/intake/uhb-adt`, { method: 'POST', headers: { Authorization: `Bearer ${await older.token('uhb-adt')}`, 'Content-Type': 'application/octet-stream' }, body: message() });
    expect(response.status).toBe(202);
    await until(() => events.includes('intake-outdated'), 'the word that the sets are older');
    expect(events.filter((event) => event === 'intake-outdated')).toHaveLength(1);
    expect(await older.database.query("select 1 from citizen_row")).toEqual([]);
    await newer.close();
  });
});
