import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvHeader, csvRow } from '../../src/demo/csv.ts';
import { rioColumns } from '../../src/demo/rio-columns.ts';
import type { PackageFile } from '../../src/intake/package/read-zip.ts';
import { writeZip } from '../../src/intake/package/write-zip.ts';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenCount, sendFile, storedRows } from './intake-outcome.ts';

/** The tables of one of the kind's examples. */
function tablesOf(example: string): PackageFile[] {
  const folder = join(import.meta.dirname, '../../mappings/csds/examples', example, 'input');
  return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

const named = (resource: object): string => JSON.stringify(resource);

describe.each(oneDatabase)('a package of tables, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await startGateway(await open());
  });
  afterEach(() => gateway.close());

  const send = (files: readonly PackageFile[]): ReturnType<typeof sendFile> => sendFile(gateway, 'bchc-csds', '', writeZip(files));

  it('is one source record whose Task tells everything, whatever the order of its tables', async () => {
    const tables = tablesOf('alice-two-hour-response-at-night');
    const outcome = await send([...tables].reverse());
    expect(outcome.told).toEqual([]);
    // the practice registration is stored with its person, so its own row adds nothing
    expect(outcome.counts).toEqual({ received: 8, stored: 7, unchanged: 1, pending: 0, quarantined: 0, rejected: 0 });
    expect(await citizenCount(gateway)).toBe(1);
    const rows = await storedRows(gateway);
    expect(Object.fromEntries(Map.groupBy(rows, ({ type }) => type).entries().map(([type, all]) => [type, all.map(({ row }) => row).sort()]))).toEqual({
      Patient: [1], ServiceRequest: [3], EpisodeOfCare: [4], CareTeam: [4], Task: [5], Encounter: [6], Procedure: [7], Observation: [7, 7, 8],
    });
    const again = await send(tables);
    expect(again.counts).toEqual({ ...outcome.counts, stored: 0, unchanged: 8 });
    expect(await storedRows(gateway)).toEqual(rows);
  });

  it('says of each wrong row which table and line it is in, and loses nothing else', async () => {
    const outcome = await send(tablesOf('bad-rows-that-hang-together'));
    expect(outcome.counts).toEqual({ received: 18, stored: 6, unchanged: 0, pending: 0, quarantined: 12, rejected: 0 });
    expect(new Set(outcome.told.map(([code, where]) => `${code}: ${where}`))).toEqual(new Set([
      'related-row-left-out: table gp-registration, row 3, line 2',
      'date-not-real: table gp-registration, row 3, line 2, column 3, field START DATE (GMP PATIENT REGISTRATION)',
      'related-row-missing: table gp-registration, row 4, line 3, field LOCAL PATIENT IDENTIFIER (EXTENDED)',
      'date-format: table team, row 11, line 2, column 5, field REFERRAL REJECTION DATE',
      'check-failed: table referral, row 7, line 4, field SERVICE REQUEST IDENTIFIER',
      'row-key-repeated: table referral, row 8, line 5, field SERVICE REQUEST IDENTIFIER',
      'row-key-repeated: table referral, row 9, line 6, field SERVICE REQUEST IDENTIFIER',
      'related-row-repeated: table team, row 13, line 4, field SERVICE REQUEST IDENTIFIER',
      'related-row-missing: table team, row 14, line 5, field SERVICE REQUEST IDENTIFIER',
      // for the referral of row 10 as well: its team is what is wrong
      'code-not-in-table: table team, row 15, line 6, field CARE PROFESSIONAL TEAM LOCAL IDENTIFIER',
      'code-not-in-table: table team, row 15, line 6, field SERVICE OR TEAM TYPE REFERRED TO (COMMUNITY CARE)',
      'check-failed: table team, row 15, line 6, field SERVICE OR TEAM TYPE REFERRED TO (COMMUNITY CARE)',
      'related-row-missing: table activity, row 18, line 2, field CARE CONTACT IDENTIFIER',
    ]));
    expect((await storedRows(gateway)).map(({ type }) => type)).toEqual(['CareTeam', 'Encounter', 'Encounter', 'EpisodeOfCare', 'Patient', 'Patient', 'ServiceRequest']);
  });

  it('that is no package, lacks tables or is another trust\'s is refused whole', async () => {
    const notZip = await sendFile(gateway, 'bchc-csds', '', 'LOCAL PATIENT IDENTIFIER (EXTENDED)\nBC100743\n');
    const lacking = await send(tablesOf('bad-tables'));
    const foreign = await send(tablesOf('bad-another-providers-submission'));
    expect([notZip, lacking, foreign].map(({ task, told, rows }) => [task.status, told, rows])).toEqual([
      ['failed', [['package-not-zip', '']], []],
      ['failed', [['package-table-unknown', ''], ['package-table-twice', 'table referral'], ['package-table-missing', 'table team']], []],
      ['failed', [['sender-unknown', 'table header, line 2, field ORGANISATION IDENTIFIER (CODE OF PROVIDER)']], []],
    ]);
    expect(await storedRows(gateway)).toEqual([]);
    const part = await gateway.send('bchc-csds', 'referral', 'SERVICE REQUEST IDENTIFIER\n');
    expect([part.status, named((await part.json()) as object)]).toEqual([404, expect.stringContaining('part-unknown') as string]);
  });

  it('adds a view of a person the trust\'s record system describes, and overwrites nothing it says', async () => {
    const client = { Client_ID: 'BC100743', NHS_Number: '9990000743', NNN_Status: '01', Date_of_Birth: '1938-02-11', Gender_Code: 'F', Given_Name_1: 'Alice', Family_Name: 'Okafor' };
    await sendFile(gateway, 'bchc-rio', 'client', csvHeader(rioColumns.client) + csvRow(rioColumns.client, client));
    const [described] = await storedRows(gateway, 'Patient');
    await send(tablesOf('one-referral-three-teams'));
    const patients = await storedRows(gateway, 'Patient');
    expect(patients).toHaveLength(2);
    expect(patients).toContainEqual(described);
    expect(new Set((await storedRows(gateway)).map(({ citizen }) => citizen))).toEqual(new Set([described?.citizen]));
    expect((await storedRows(gateway, 'EpisodeOfCare')).map(({ resource }) => resource['status']).sort()).toEqual(['active', 'cancelled', 'finished']);
  });

  it('is shared by what it is about: what touches safeguarding and the end of life apart from the rest', async () => {
    const outcome = await send(tablesOf('community-bed-and-plan'));
    expect([outcome.counts['quarantined'], outcome.told]).toEqual([0, []]);
    const rows = await gateway.database.query<{ type: string; category: string; n: number }>(
      'select r.type, c.category, count(*)::int as n from citizen_row r join sharing_class c on c.class_id = r.class_id group by 1, 2 order by 1, 2');
    expect(rows.map(({ type, category, n }) => `${type} ${category} ${n}`)).toEqual([
      'CarePlan end-of-life 1', 'CarePlan plan 1', 'CareTeam contacts 1', 'Encounter encounter 1', 'EpisodeOfCare episode 1', 'Flag safeguarding 1',
      'Observation end-of-life 1', 'Observation social-care 2', 'Patient identity 1', 'ServiceRequest referral 1',
    ]);
  });

  it('of a later month replaces what an earlier one said of the same referral', async () => {
    const tables = tablesOf('did-not-attend-is-no-first-contact');
    await send(tables);
    const statuses = async (): Promise<unknown[]> => (await storedRows(gateway, 'EpisodeOfCare')).map(({ resource }) => resource['status']).sort();
    expect(await statuses()).toEqual(['active', 'planned']);
    const later = tables.map(({ name, bytes }) => ({
      name, bytes: name.startsWith('CYP000') ? Buffer.from(Buffer.from(bytes).toString().replace('2024-03-01', '2024-04-01').replace('2024-03-31', '2024-04-30')) : bytes,
    }));
    await send(later.filter(({ name }) => !/^CYP20/.test(name)));
    expect(await statuses()).toEqual(['active', 'active']);
    expect((await storedRows(gateway, 'Encounter')).map(({ resource }) => resource['status']).sort()).toEqual(['cancelled', 'cancelled', 'unknown']);
  });
});
