import { cldColumns, type CldColumn } from '../../src/demo/cld-columns.ts';
import { csvHeader, csvRow } from '../../src/demo/csv.ts';
import { rioColumns, type RioColumn } from '../../src/demo/rio-columns.ts';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenCount, outcomeOf, sendFile, storedRows, testNumber, versionsOf } from './intake-outcome.ts';

let people = 0;
type Client = { [header in RioColumn<'client'>]?: string };
type Cld = { [header in CldColumn]?: string };

/** A client extract's row of a new person, correct but for the changes. */
function client(changes: Client = {}): Client & { Client_ID: string } {
  people += 1;
  const letter = (n: number): string => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[n % 26] ?? '';
  return {
    Client_ID: `BC9${people}`, Date_of_Birth: `19${20 + (people % 70)}-0${1 + (people % 9)}-1${people % 9}`, Gender_Code: 'F', Given_Name_1: `Testa${letter(people)}`,
    Family_Name: `Sampler${letter(people * 7)}`, ...changes,
  };
}

function event(changes: Cld = {}): Cld & { 'LA Person Unique Identifier': string; 'Event Reference': string } {
  people += 1;
  return {
    'LA Code': '406', 'Reporting Period Start Date': '2024-01-01', 'Reporting Period End Date': '2024-03-31', 'LA Person Unique Identifier': `BCC9${people}`,
    'First Name': 'Casey', 'Last Name': 'Specimen', Gender: 'Female', 'Date of Birth': `19${20 + (people % 70)}-0${1 + (people % 9)}-1${people % 9}`, 'Client Type': 'Service user',
    'Event Type': 'Request', 'Event Reference': `RQ-9${people}`, 'Event Start Date': '2024-02-01', 'Event End Date': '2024-02-01', 'Event Outcome': 'NFA: Other',
    'Request: Route of Access': 'Discharge from Hospital', ...changes,
  };
}

const clientHeader = csvHeader(rioColumns.client);
const clientLine = (row: Client): string => csvRow(rioColumns.client, row);
const eventFile = (...rows: Cld[]): string => csvHeader(cldColumns) + rows.map((row) => csvRow(cldColumns, row)).join('');
const referralLine = (row: { [header in RioColumn<'referral'>]?: string }): string => csvRow(rioColumns.referral, row);
const allOf = (received: number): Record<string, number> => ({ received, stored: received, unchanged: 0, pending: 0, quarantined: 0, rejected: 0 });

const columns = [...rioColumns.client];
const mistyped: string[] = [...columns].with(1, 'NHS No' as never);
const files: [name: string, file: (good: string) => string | Uint8Array, told: [string, string][], words: string[]][] = [
  ['semicolons', (good) => (clientHeader + good).replaceAll(',', ';'), [['csv-delimiter', 'line 1, column 1']], ['The cells are separated by ";" instead of a comma.']],
  ['semicolons, and words in quotation marks', () => `${clientHeader.replaceAll(',', ';')}BC1;"one; two"\r\n`, [['csv-delimiter', 'line 1, column 1']], ['The cells are separated by ";" instead of a comma.']],
  ['tabs', (good) => (clientHeader + good).replaceAll(',', '\t'), [['csv-delimiter', 'line 1, column 1']], ['The cells are separated by a tab instead of a comma.']],
  ['no header', (good) => good, [['csv-header-missing', 'line 1, column 1']], ['The first line is not the header: it names none of the expected columns.']],
  ['a missing header', (good) => `${columns.slice(1).join(',')}\r\n${good}`, [['csv-column-missing', 'line 1, field Client_ID']], ['The column "Client_ID" is missing.']],
  ['an extra header', (good) => `${columns.join(',')},Favourite_Colour\r\n${good}`, [['csv-column-unknown', 'line 1, column 33']], ['Column 33, "Favourite_Colour", is not one of this feed\'s columns.']],
  ['a header written otherwise', (good) => `${mistyped.join(',')}\r\n${good}`, [['csv-column-missing', 'line 1, field NHS_Number'], ['csv-column-unknown', 'line 1, column 2']], ['The column "NHS_Number" is missing.', 'Column 2, "NHS No", is not one of this feed\'s columns.']],
  ['a header twice', (good) => `${columns.join(',')},Client_ID\r\n${good}`, [['csv-column-twice', 'line 1, column 33']], ['Column 33 repeats column 1, "Client_ID".']],
  ['headers of Object.prototype', (good) => `__proto__,constructor\r\n${good}`, [['csv-header-missing', 'line 1, column 1']], ['The first line is not the header: it names none of the expected columns.']],
  ['Latin-1', (good) => Buffer.from(`${clientHeader}${good.replace('Sampler', 'S\u00e4mpler')}`, 'latin1'), [['encoding', expect.stringMatching(/^line 2, column \d+$/) as string]], [expect.stringContaining(' (line 2) is not UTF-8; the file looks like Windows-1252 or Latin-1.') as string]],
  ['UTF-16', (good) => Buffer.from(`\uFEFF${clientHeader}${good}`, 'utf16le'), [['encoding', 'line 1']], ['The file is UTF-16.']],
  ['NUL', (good) => `${clientHeader}${good}\u0000`, [['nul-character', 'line 3']], [expect.stringContaining(' (line 3) is NUL, which text never holds.') as string]],
  ['an open quotation mark', (good) => `${clientHeader}${good}"open,${good}`, [['csv-quote-not-closed', 'line 3']], ['A quotation mark is out of place at line 3: from there on the columns cannot be told apart.']],
  ['a quotation mark inside a cell', (good) => `${clientHeader}${good}BC1,say "what",${good}`, [['csv-quote', 'line 3']], ['A quotation mark is out of place at line 3: from there on the columns cannot be told apart.']],
  ['100,000 columns', () => Array.from({ length: 100_000 }, (_, n) => `c${n}`).join(','), [['csv-header-missing', 'line 1, column 1']], ['The first line is not the header: it names none of the expected columns.']],
  ['more rows than a file may have', () => `${clientHeader}${'a\n'.repeat(250_000)}`, [['source-too-many-rows', '']], ['The file has more than the 200000 rows this feed may send at once.']],
  ['100,000 columns more than there should be', () => `${columns.join(',')},${Array.from({ length: 100_000 }, (_, n) => `c${n}`).join(',')}`, [['csv-columns-too-many', 'line 1, column 65']], ['The header has 100032 columns where 32 are expected.']],
];

const cells: [name: string, changes: Client, code: string, where: string, text: string][] = [
  ['a day that does not exist', { Date_of_Birth: '1941-02-30' }, 'date-not-real', 'row 2, line 3, column 4, field Date_of_Birth', '"Date_of_Birth" is a date that does not exist.'],
  ['day and month swapped', { Date_of_Birth: '1941-23-02' }, 'date-not-real', 'row 2, line 3, column 4, field Date_of_Birth', '"Date_of_Birth" is a date that does not exist; day and month may be swapped.'],
  ['a day written day first', { Date_of_Birth: '23/02/1941' }, 'date-format', 'row 2, line 3, column 4, field Date_of_Birth', '"Date_of_Birth" is not written as yyyy-MM-dd; it is written with the year last, so day and month may be swapped.'],
  ['a time that does not exist', { Last_Updated: '2024-03-28 25:12:44' }, 'date-format', 'row 2, line 3, column 32, field Last_Updated', '"Last_Updated" is not written as yyyy-MM-dd HH:mm:ss.'],
  ['a day of birth that is still to come', { Date_of_Birth: '2999-01-01' }, 'birth-date-future', 'row 2, line 3, field Date_of_Birth, for Patient.birthDate', 'The birth date is in the future.'],
  ['the year 0000', { Date_of_Birth: '0000-01-01' }, 'date-not-real', 'row 2, line 3, column 4, field Date_of_Birth', '"Date_of_Birth" is a date that does not exist.'],
  ['an NHS number that is not one', { NHS_Number: '9990000744', NNN_Status: '01' }, 'nhs-number-invalid', 'row 2, line 3, field NHS_Number, for Patient.identifier[1].value', 'The NHS number is not one: its check digit is wrong or it is a placeholder.'],
  ['an NHS number with a letter', { NHS_Number: '99900O0743' }, 'nhs-number-format', 'row 2, line 3, column 2, field NHS_Number', '"NHS_Number" is not ten digits.'],
  ['no name', { Family_Name: '' }, 'value-missing', 'row 2, line 3, column 13, field Family_Name', '"Family_Name" must have a value.'],
  ['nobody', { Client_ID: '' }, 'value-missing', 'row 2, line 3, column 1, field Client_ID', '"Client_ID" must have a value.'],
  ['an id of 10,000 characters', { Client_ID: 'X1'.repeat(5_000) }, 'person-key-too-long', 'row 2, line 3', 'The sender\'s person identifier is too long to be one.'],
  ['a cell that is too long', { Title: 'A'.repeat(21) }, 'value-too-long', 'row 2, line 3, column 10, field Title', '"Title" is longer than 20 characters.'],
  ['a control character', { Address_Line_1: 'a\u0007b' }, 'control-character', 'row 2, line 3, column 15, field Address_Line_1', '"Address_Line_1" holds a control character.'],
];

describe.each(oneDatabase)('a table that is wrong, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const sendClients = (text: string | Uint8Array): ReturnType<typeof sendFile> => sendFile(gateway, 'bchc-rio', 'client', text);
  const patientOf = async (key: string): Promise<Awaited<ReturnType<typeof storedRows>>[number] | undefined> =>
    (await storedRows(gateway, 'Patient')).find(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key}"`));

  it.each(files)('%s: the file is refused whole, and nothing of it is stored', async (_, file, told, words) => {
    const citizens = await citizenCount(gateway);
    const outcome = await sendClients(file(clientLine(client())));
    expect([outcome.task.status, outcome.told, outcome.words, outcome.rows]).toEqual(['failed', told, words, []]);
    expect(outcome.counts).toEqual(allOf(0));
    expect(await citizenCount(gateway)).toBe(citizens);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(cells)('%s: the row is quarantined, the rows around it are stored', async (_, changes, code, where, text) => {
    const [before, bad, after] = [client(), client(changes), client()];
    const citizens = await citizenCount(gateway);
    const { counts, told, words, rows, recordId } = await sendClients(clientHeader + clientLine(before) + clientLine(bad) + clientLine(after));
    expect([told, words]).toEqual([[[code, where]], [text]]);
    expect(counts).toEqual({ ...allOf(3), stored: 2, quarantined: 1 });
    expect(rows.map(({ state }) => state)).toEqual(['stored', 'quarantined', 'stored']);
    expect(await versionsOf(gateway, recordId, 2)).toBe(0);
    expect(await citizenCount(gateway)).toBe(citizens + 2);
    expect([await patientOf(before.Client_ID), await patientOf(after.Client_ID)]).not.toContain(undefined);
  });

  it('a wrong cell is told without its value, all wrong cells of a row together', async () => {
    const { told, task } = await sendClients(clientHeader + clientLine(client({ Date_of_Birth: '23/02/1941', NHS_Number: 'Canary Word', Title: 'Canary'.repeat(9) })));
    expect(told.map(([code]) => code)).toEqual(['nhs-number-format', 'date-format', 'value-too-long']);
    expect(JSON.stringify(task)).not.toMatch(/canary|1941/i);
  });

  it.each([['short', -3], ['long', 2]])('a row that is too %s is quarantined with its line, and no cell moves into another column', async (_, by) => {
    const bad = clientLine(client()).trimEnd();
    const ragged = by < 0 ? bad.split(',').slice(0, by).join(',') : `${bad},surplus,surplus`;
    const [before, after] = [client(), client()];
    const { told, counts } = await sendClients(`${clientHeader}${clientLine(before)}${ragged}\r\n${clientLine(after)}`);
    expect(told).toEqual([['csv-ragged-row', 'row 2, line 3']]);
    expect(counts).toEqual({ ...allOf(3), stored: 2, quarantined: 1 });
  });

  it('a file cut off in its last row: that row is set aside with what to do, those before it are stored, and the whole file sent again changes only it', async () => {
    const [before, cut] = [client(), client()];
    const whole = clientHeader + clientLine(before) + clientLine(cut);
    const first = await sendClients(whole.slice(0, -20));
    expect([first.told, first.words]).toEqual([[['file-incomplete', 'row 2, line 3']], ['The file ends in the middle of this row: it was cut off.']]);
    expect(first.counts).toEqual({ ...allOf(2), stored: 1, quarantined: 1 });
    expect([await patientOf(before.Client_ID), await patientOf(cut.Client_ID)]).toEqual([expect.objectContaining({ version: 1 }), undefined]);
    const again = await sendClients(whole);
    expect([again.told, again.counts]).toEqual([[], { ...allOf(2), stored: 1, unchanged: 1 }]);
    expect(await patientOf(before.Client_ID)).toMatchObject({ version: 1, recordId: first.recordId });
  });

  it('a birth date nobody living can have is told and the row is stored; of somebody who died nothing is told', async () => {
    const [old, dead] = [client({ Date_of_Birth: '1890-01-01' }), client({ Date_of_Birth: '1890-01-01', Date_of_Death: '1980-01-01', Death_Flag: 'Y' })];
    const { told, words, counts } = await sendClients(clientHeader + clientLine(old) + clientLine(dead));
    expect([told, words]).toEqual([[['birth-date-very-old', 'row 1, line 2, field Date_of_Birth, for Patient.birthDate']], ['The birth date is more than 125 years ago, and nothing says that the person has died.']]);
    expect(counts).toEqual(allOf(2));
    expect((await patientOf(old.Client_ID))?.resource).toMatchObject({ birthDate: '1890-01-01' });
  });

  it('a time the clocks skipped is refused at its cell and not moved; the row beside it is stored', async () => {
    const person = client();
    await sendClients(clientHeader + clientLine(person));
    const row = (number: string, at: string): string => referralLine({ Client_ID: person.Client_ID, Referral_Number: number, Referral_Received_Date: at, TeamReferredTo: 'UCR' });
    const { told, words, rows } = await sendFile(gateway, 'bchc-rio', 'referral', csvHeader(rioColumns.referral) + row('BR9020', '2024-03-31 01:30:00') + row('BR9021', '2024-03-31 02:30:00'));
    expect([...new Set(told.map((each) => each.join(' at ')))]).toEqual(['no-such-time at row 1, line 2, field Referral_Received_Date']);
    expect(new Set(words)).toEqual(new Set(['This time does not exist on that day']));
    expect(rows.map(({ state }) => state)).toEqual(['quarantined', 'stored']);
  });

  it('lines are counted in the file as it is: line breaks in cells, blank lines, CRLF and LF', async () => {
    const { told } = await sendClients(`${clientHeader}${clientLine(client({ Address_Line_1: '1 Lane\r\nBehind the mill' }))}\n\n${clientLine(client({ Date_of_Birth: 'never' }))}`);
    expect(told).toEqual([['date-format', 'row 2, line 6, column 4, field Date_of_Birth']]);
  });

  it('a byte order mark is no part of the first header', async () => {
    const person = client();
    expect((await sendClients(`\uFEFF${clientHeader}${clientLine(person)}`)).counts).toEqual(allOf(1));
    expect(await patientOf(person.Client_ID)).toBeDefined();
  });

  it('a header without rows is a file of nothing, and says so in numbers', async () => {
    const outcome = await sendClients(clientHeader);
    expect([outcome.task.status, outcome.counts, outcome.told]).toEqual(['completed', allOf(0), []]);
  });

  it.each(['=HYPERLINK("https://evil.example","x")', '+44 121', '-2+3', '@SUM(A1)', '=cmd|\'/c calc\'!A1'])('a formula stays the text it is: %s', async (formula) => {
    const person = client({ Address_Line_1: formula });
    expect((await sendClients(clientHeader + clientLine(person))).counts).toEqual(allOf(1));
    expect((await patientOf(person.Client_ID))?.resource).toMatchObject({ address: [{ line: [formula] }] });
  });

  it('the council\'s fifty columns may come in any order: the same rows in another one change nothing', async () => {
    const person = event();
    await sendFile(gateway, 'bcc-cld', '', eventFile(person));
    const reversed = [...cldColumns].reverse();
    const outcome = await sendFile(gateway, 'bcc-cld', '', csvHeader(reversed) + csvRow(reversed, person));
    expect([outcome.task.status, outcome.told, outcome.counts]).toEqual(['completed', [], { ...allOf(1), stored: 0, unchanged: 1 }]);
  });

  it('units that cannot be of their cost frequency are kept as sent, and the sender is told', async () => {
    const service = event({
      'Event Type': 'Service', 'Event End Date': '', 'Event Outcome': '', 'Request: Route of Access': '', 'Service Type': 'Long term support: Community', 'Service Component': 'Home support or domiciliary care',
      'Unit Cost': '225.75', 'Cost Frequency (Unit Type)': 'Weekly', 'Planned units per week': '10.5',
    });
    const outcome = await sendFile(gateway, 'bcc-cld', '', eventFile(service));
    expect([outcome.counts, outcome.told]).toEqual([allOf(1), [['map-notice', 'row 1, line 2, field Planned units per week']]]);
    const [plan] = (await storedRows(gateway, 'CarePlan')).filter(({ recordId }) => recordId === outcome.recordId);
    expect(plan?.resource).toMatchObject({ activity: [{ detail: { quantity: { value: 10.5, unit: 'units per week (Weekly)' } } }] });
  });

  it('an event reference used for another person moves nothing and makes nobody known', async () => {
    const first = event({ 'NHS Number': testNumber(20) });
    const other = event({ 'Event Reference': first['Event Reference'], 'Last Name': 'Intruder', 'NHS Number': testNumber(21) });
    await sendFile(gateway, 'bcc-cld', '', eventFile(first));
    const earlier = await storedRows(gateway);
    const citizens = await citizenCount(gateway);
    const outcome = await sendFile(gateway, 'bcc-cld', '', eventFile(other, event()));
    expect(outcome.told).toEqual([['record-of-another-person', 'row 1, line 2, field Event Reference, for ServiceRequest.identifier[0].value']]);
    expect(outcome.counts).toEqual({ ...allOf(2), stored: 1, quarantined: 1 });
    expect((await storedRows(gateway)).filter(({ recordId }) => recordId !== outcome.recordId)).toEqual(earlier);
    expect(await citizenCount(gateway)).toBe(citizens + 1);
    expect(JSON.stringify(await gateway.database.query('select facts from source_person'))).not.toMatch(/intruder/i);
  });

  it('an event reference used for two people of one file stays with the first', async () => {
    const first = event();
    const outcome = await sendFile(gateway, 'bcc-cld', '', eventFile(first, event({ 'Event Reference': first['Event Reference'] }), event()));
    expect(outcome.rows.map(({ state }) => state)).toEqual(['stored', 'quarantined', 'stored']);
  });

  it('the same file twice is the same Task; the same rows in another file are unchanged, without a new version', async () => {
    const [one, two] = [client(), client()];
    const text = clientHeader + clientLine(one) + clientLine(two);
    const first = await sendClients(text);
    const again = await sendClients(text);
    expect(again.taskId).toBe(first.taskId);
    const reordered = await sendClients(clientHeader + clientLine(two) + clientLine(one));
    expect(reordered.counts).toEqual({ ...allOf(2), stored: 0, unchanged: 2 });
    expect(await patientOf(one.Client_ID)).toMatchObject({ version: 1, recordId: first.recordId });
  });

  it('what the map refuses is told at its place in the file, with the map\'s own place beside it', async () => {
    const person = client();
    await sendClients(clientHeader + clientLine(person));
    const referral = { Client_ID: person.Client_ID, Referral_Received_Date: '2024-03-04 10:40:00', TeamReferredTo: 'UCR' };
    const { told, task, rows } = await sendFile(gateway, 'bchc-rio', 'referral', csvHeader(rioColumns.referral)
      + referralLine({ ...referral, Referral_Number: 'BR9010' }) + referralLine({ ...referral, Referral_Number: 'BR9011', TeamReferredTo: 'NOBODY' }));
    expect(rows.map(({ state }) => state)).toEqual(['stored', 'quarantined']);
    expect([...new Set(told.map((each) => each.join(' at ')))]).toEqual(['code-not-in-table at row 2, line 3, field TeamReferredTo', 'check-failed at row 2, line 3, field TeamReferredTo']);
    expect(JSON.stringify(task)).toMatch(/The rule is in shared\.map line \d+/);
  });

  describe('a referral of a client nobody described', () => {
    const referral = (clientId: string, number: string): { [header in RioColumn<'referral'>]?: string } =>
      ({ Client_ID: clientId, Referral_Number: number, Referral_Received_Date: '2024-03-04 10:40:00', TeamReferredTo: 'UCR' });
    const sendReferrals = (...lines: string[]): ReturnType<typeof sendFile> => sendFile(gateway, 'bchc-rio', 'referral', csvHeader(rioColumns.referral) + lines.join(''));

    it('waits in quarantine and is taken up by itself when the client arrives, the Task told again', async () => {
      const person = client();
      const waiting = await sendReferrals(referralLine(referral(person.Client_ID, 'BR9001')));
      expect(waiting.told).toEqual([['person-not-known', 'row 1, line 2, field Client_ID, for ServiceRequest.subject.identifier.value']]);
      expect(waiting.counts).toEqual({ ...allOf(1), stored: 0, quarantined: 1 });
      expect((await storedRows(gateway, 'ServiceRequest')).filter(({ resource }) => JSON.stringify(resource).includes('BR9001'))).toEqual([]);

      await sendClients(clientHeader + clientLine(person));
      const told = await outcomeOf(gateway, 'bchc-rio', waiting.taskId);
      expect([told.counts, told.told, told.task.status]).toEqual([allOf(1), [], 'completed']);
      expect(told.task.meta?.versionId).toBe('3');
      const [stored] = (await storedRows(gateway, 'ServiceRequest')).filter(({ resource }) => JSON.stringify(resource).includes('BR9001'));
      expect(stored?.citizen).toBe((await patientOf(person.Client_ID))?.citizen);
      expect(stored?.resource).toMatchObject({ meta: { source: `urn:onestory:bchc:bchc-rio#${waiting.recordId}/1` } });
    });

    it('does not hold up the client of another row', async () => {
      const known = client();
      await sendClients(clientHeader + clientLine(known));
      const outcome = await sendReferrals(referralLine(referral('NOBODY-1', 'BR9002')), referralLine(referral(known.Client_ID, 'BR9003')));
      expect(outcome.rows.map(({ state }) => state)).toEqual(['quarantined', 'stored']);
    });

    it('is not given to another partner\'s client with the same id', async () => {
      const person = client();
      await sendFile(gateway, 'bsmhft-rio', 'client', clientHeader + clientLine(person));
      const outcome = await sendReferrals(referralLine(referral(person.Client_ID, 'BR9004')));
      expect(outcome.told.map(([code]) => code)).toEqual(['person-not-known']);
    });
  });

  describe('for a reason nobody foresaw', () => {
    const rigged = async (table: string, when: string): Promise<() => Promise<unknown>> => {
      await gateway.database.query(`create function trip_up() returns trigger language plpgsql as $$ begin if ${when} then raise exception 'unforeseen'; end if; return new; end $$`);
      await gateway.database.query(`create trigger trip_up before insert on ${table} for each row execute function trip_up()`);
      return () => gateway.database.query(`drop trigger trip_up on ${table}`).then(() => gateway.database.query('drop function trip_up()'));
    };

    it('a file whose rows cannot be laid out is refused, and the files behind it go on', async () => {
      const undo = await rigged('intake_row', "new.person_key = 'BC-TRIP'");
      const behind = client();
      const [bad, good] = await Promise.all([
        sendFile(gateway, 'bchc-rio', 'client', clientHeader + clientLine(client({ Client_ID: 'BC-TRIP' }))),
        sendFile(gateway, 'bchc-rio', 'client', clientHeader + clientLine(behind)),
      ]);
      await undo();
      expect([bad.task.status, bad.told]).toEqual(['failed', [['intake-failed', '']]]);
      expect(good.counts).toEqual(allOf(1));
      expect(await patientOf(behind.Client_ID)).toBeDefined();
    });

    it('a row that cannot be stored is quarantined after five tries and its Task told; everyone else goes on at once', async () => {
      const undo = await rigged('citizen_version', "new.body like '%Unstorable%'");
      const behind = client();
      const hurry = setInterval(() => void gateway.database.query("update intake_person set not_before = now() where person_key = 'BC-UNSTORABLE'"), 50);
      const outcome = await sendClients(clientHeader + clientLine(client({ Client_ID: 'BC-UNSTORABLE', Family_Name: 'Unstorable' })) + clientLine(behind)).finally(() => clearInterval(hurry));
      await undo();
      expect(outcome.told).toEqual([['intake-failed', 'row 1, line 2']]);
      expect(outcome.counts).toEqual({ ...allOf(2), stored: 1, quarantined: 1 });
      expect(outcome.task.status).toBe('completed');
      expect(await patientOf(behind.Client_ID)).toBeDefined();
      expect(await gateway.database.query("select 1 from source_person where facts::text ilike '%unstorable%'")).toEqual([]);
    });
  });
});
