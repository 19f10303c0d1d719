import { message, segment, type MessageFacts } from '../intake/adt.ts';
import { oneDatabase } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenCount, outcomeOf, sendFile, storedRows, testNumber, versionsOf, type StoredRow } from './intake-outcome.ts';

const feed = 'uhb-adt';
let people = 0;

/** A message of a new person, correct but for what the facts change. */
function newPerson(facts: MessageFacts = {}): MessageFacts & { key: string } {
  people += 1;
  const n = people;
  return {
    key: `T${n}`, event: 'A28', id: `MSG${n}`, pv1: null, ...facts,
    pid: { 3: `T${n}^^^RRK`, 5: `TESTER${'ABCDEFGHIJ'[n % 10] ?? ''}^${'QRSTUVWXYZ'[Math.floor(n / 10) % 10] ?? ''}ANA`, 7: `19${String(10 + (n % 80))}0${1 + (n % 9)}1${n % 9}`, 8: '2', 32: 'NSTS04', ...facts.pid },
  };
}

const admission = { 2: 'I', 3: 'RRK^W12^B4^RRK15' };

interface Case {
  name: string;
  /** the bad message, from a good one */
  spoil: (facts: MessageFacts & { key: string }) => string;
  facts?: MessageFacts;
  code: string;
  /** as the Task tells it; the message is the second of three and begins at line 4 */
  where: string;
  /** what its sender reads */
  text: string;
}

const cases: Case[] = [
  { name: 'another field separator than it declares', spoil: (facts) => message(facts).replaceAll('|', ';').replace('MSH;^~\\&;', 'MSH|^~\\&|'), code: 'segment-malformed', where: 'row 2, line 5', text: 'The line does not begin with a segment name and the field separator.' },
  { name: 'no separators declared', spoil: (facts) => message(facts).replace('MSH|^~\\&|', 'MSH||'), code: 'hl7-delimiters', where: 'row 2, line 4, field MSH-2', text: 'MSH-1 and MSH-2 do not declare five different separators.' },
  { name: 'one separator with two meanings', spoil: (facts) => message(facts).replace('MSH|^~\\&|', 'MSH|^^\\&|'), code: 'hl7-delimiters', where: 'row 2, line 4, field MSH-2', text: 'MSH-1 and MSH-2 do not declare five different separators.' },
  { name: 'a letter as a separator', spoil: (facts) => message(facts).replaceAll('|', 'Q'), code: 'hl7-delimiters', where: 'row 2, line 4, field MSH-2', text: 'MSH-1 and MSH-2 do not declare five different separators.' },
  { name: 'a message cut off in a segment name', spoil: (facts) => `${message(facts)}PV\r`, code: 'message-truncated', where: 'row 2, line 7', text: 'The last segment is cut off: the message is incomplete.' },
  { name: 'a message cut off before the person', spoil: (facts) => message(facts).split('\r').slice(0, 2).join('\r') + '\r', code: 'segment-missing', where: 'row 2, line 5, field PID', text: 'The message has no PID segment; it may have been cut off.' },
  { name: 'a message cut off before the visit', spoil: (facts) => message({ ...facts, event: 'A01' }), code: 'segment-missing', where: 'row 2, line 6, field PV1', text: 'The message has no PV1 segment; it may have been cut off.' },
  { name: 'a message cut off in the person', spoil: (facts) => message({ ...facts, event: 'A01', pid: { 3: facts.pid?.[3] ?? '', 5: '', 7: '', 8: '' }, pv1: { ...admission, 19: 'V1' } }), code: 'field-missing', where: 'row 2, line 6, field PID-5', text: 'PID-5 must have a value; the segment may have been cut off.' },
  { name: 'a message type nobody agreed on', spoil: (facts) => message({ ...facts, msh: { 8: 'ORU^R01^ORU_R01' } }), code: 'message-type-unknown', where: 'row 2, line 4, field MSH-9', text: 'The message type is not one this feed takes.' },
  { name: 'an event nobody agreed on', spoil: (facts) => message({ ...facts, event: 'A99' }), code: 'message-type-unknown', where: 'row 2, line 4, field MSH-9', text: 'The message type is not one this feed takes.' },
  { name: 'an event of Object.prototype', spoil: (facts) => message({ ...facts, event: 'constructor' }), code: 'message-type-unknown', where: 'row 2, line 4, field MSH-9', text: 'The message type is not one this feed takes.' },
  { name: 'a segment nobody agreed on', spoil: (facts) => `${message(facts)}QQ9|1|secret\r`, code: 'segment-unknown', where: 'row 2, line 7, field QQ9', text: 'The segment is not part of this feed\'s specification.' },
  { name: 'a segment twice', spoil: (facts) => `${message(facts)}${segment('PID', { 3: 'OTHER^^^RRK' })}\r`, code: 'segment-repeated', where: 'row 2, line 7, field PID', text: 'The segment may appear once only; two messages may have run together.' },
  { name: 'a day of birth that does not exist', spoil: message, facts: { pid: { 7: '19380231' } }, code: 'date-not-real', where: 'row 2, line 6, field PID-7', text: 'PID-7 is a date that does not exist.' },
  { name: 'day and month swapped', spoil: message, facts: { pid: { 7: '19382311' } }, code: 'date-not-real', where: 'row 2, line 6, field PID-7', text: 'PID-7 is a date that does not exist; day and month may be swapped.' },
  { name: 'a day with slashes', spoil: message, facts: { pid: { 7: '11/02/1938' } }, code: 'date-format', where: 'row 2, line 6, field PID-7', text: 'PID-7 is not a date written YYYYMMDD[HHMM[SS]]; it is written with separators, so day and month may be swapped.' },
  { name: 'a time that does not exist', spoil: (facts) => message({ ...facts, event: 'A01', pv1: { ...admission, 19: 'V2', 44: '202403012561' } }), code: 'date-not-real', where: 'row 2, line 7, field PV1-44', text: 'PV1-44 is a time of day that does not exist.' },
  { name: 'a day of birth that is still to come', spoil: message, facts: { pid: { 7: '29990101' } }, code: 'birth-date-future', where: expect.stringMatching(/^row 2, line 6, column \d+, field PID-7\.1, for Patient\.birthDate$/) as string, text: 'The birth date is in the future.' },
  { name: 'the year 0000', spoil: message, facts: { pid: { 7: '00000101' } }, code: 'date-not-real', where: 'row 2, line 6, field PID-7', text: 'PID-7 is a date that does not exist.' },
  { name: 'a time the clocks skipped', spoil: (facts) => message({ ...facts, event: 'A01', pv1: { ...admission, 19: 'V3', 44: '20240331013000' } }), code: 'date-not-real', where: 'row 2, line 7, field PV1-44', text: 'PV1-44 is a time the clocks skipped that night.' },
  { name: 'an NHS number with a wrong check digit', spoil: message, facts: { pid: { 3: '9990000744^^^NHS~BADNUM^^^RRK', 32: 'NSTS01' } }, code: 'nhs-number-invalid', where: 'row 2, line 6, column 8, field PID-3.1, for Patient.identifier[1].value', text: 'The NHS number is not one: its check digit is wrong or it is a placeholder.' },
  { name: 'an NHS number that is a placeholder', spoil: message, facts: { pid: { 3: '9999999999^^^NHS~JUNK^^^RRK', 32: 'NSTS01' } }, code: 'nhs-number-invalid', where: 'row 2, line 6, column 8, field PID-3.1, for Patient.identifier[1].value', text: 'The NHS number is not one: its check digit is wrong or it is a placeholder.' },
  { name: 'another sender', spoil: message, facts: { msh: { 3: 'RXT' } }, code: 'sender-unknown', where: 'row 2, line 4, field MSH-4', text: 'The sending organisation is not one this feed speaks for.' },
  { name: 'no sender', spoil: message, facts: { msh: { 3: '' } }, code: 'sender-unknown', where: 'row 2, line 4, field MSH-4', text: 'The sending organisation is not one this feed speaks for.' },
  { name: 'another version of HL7', spoil: message, facts: { msh: { 11: '3.0' } }, code: 'version-unknown', where: 'row 2, line 4, field MSH-12', text: 'The HL7 version is not one this feed takes.' },
  { name: 'no control id', spoil: (facts) => message({ ...facts, id: '' }), code: 'field-missing', where: 'row 2, line 4, field MSH-10', text: 'The message has no control id.' },
  { name: 'nobody', spoil: message, facts: { pid: { 3: '' } }, code: 'field-missing', where: 'row 2, line 6, field PID-3', text: 'PID-3 must have a value; the segment may have been cut off.' },
  { name: 'a person id that is deleted', spoil: message, facts: { pid: { 3: '""' } }, code: 'field-missing', where: 'row 2, line 6, field PID-3', text: 'PID-3 must have a value; the segment may have been cut off.' },
  { name: 'a person id of 10,000 characters', spoil: message, facts: { pid: { 3: `${longId()}^^^RRK` } }, code: 'person-key-too-long', where: 'row 2, line 4', text: 'The sender\'s person identifier is too long to be one.' },
  { name: 'a control id of 10,000 characters', spoil: (facts) => message({ ...facts, id: longId() }), code: 'message-id-too-long', where: 'row 2, line 4, field MSH-10', text: 'The id of the message is too long to be one.' },
  { name: 'a field of 6,000 characters', spoil: message, facts: { pid: { 5: `${'A'.repeat(6_000)}^B` } }, code: 'hl7-limit', where: 'row 2, line 6, field PID-5', text: 'The field is longer than 5000 characters.' },
  { name: 'a field repeated 60 times', spoil: (facts) => message({ ...facts, pid: { ...facts.pid, 13: '0121 496 0001~'.repeat(60) } }), code: 'hl7-limit', where: 'row 2, line 6, field PID-13', text: 'The field repeats more than 50 times.' },
  { name: '300 segments', spoil: (facts) => message(facts) + `${segment('NK1', { 1: '1' })}\r`.repeat(300), code: 'hl7-limit', where: 'row 2, line 4', text: 'The message has more than 200 segments.' },
];

/** Text no compression makes short. */
function longId(): string {
  let seed = 7;
  return Array.from({ length: 10_000 }, () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'[seed % 32] ?? '';
  }).join('');
}

describe.each(oneDatabase)('a message that is wrong, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const patientOf = async (key: string): Promise<StoredRow | undefined> => (await storedRows(gateway, 'Patient')).find(({ resource }) => JSON.stringify(resource['identifier']).includes(`"${key}"`));
  const send = (...messages: string[]): ReturnType<typeof sendFile> => sendFile(gateway, feed, '', messages.join(''));

  it.each(cases)('$name: $code, and the messages around it are stored', async ({ spoil, facts = {}, code, where, text }) => {
    const [before, bad, after] = [newPerson(), newPerson(facts), newPerson()];
    const earlier = await storedRows(gateway);
    const citizens = await citizenCount(gateway);
    const { counts, told, words, rows, recordId, task } = await send(message(before), spoil(bad), message(after));
    expect([told[0], words[0]]).toEqual([[code, where], text]);
    expect(counts).toEqual({ received: 3, stored: 2, unchanged: 0, pending: 0, quarantined: 1, rejected: 0 });
    expect(rows.map(({ state }) => state)).toEqual(['stored', 'quarantined', 'stored']);
    expect(task.status).toBe('completed');
    expect(await versionsOf(gateway, recordId, 2)).toBe(0);
    expect(await citizenCount(gateway)).toBe(citizens + 2);
    expect(await patientOf(before.key)).toBeDefined();
    expect(await patientOf(after.key)).toBeDefined();
    expect((await storedRows(gateway)).filter((row) => row.recordId !== recordId)).toEqual(earlier);
  });

  it.each<[string, string, string, string, string]>([
    ['that does not begin with MSH', 'PID|1\r', 'hl7-no-header', 'line 1', 'The first segment is not MSH.'],
    ['in UTF-16', '\uFEFF', 'encoding', 'line 1', 'The file is UTF-16.'],
    ['in Latin-1', 'MSH|caf\u00e9', 'encoding', 'line 1, column 8', expect.stringContaining(' (line 1) is not UTF-8; the file looks like Windows-1252 or Latin-1.') as string],
    ['with NUL', `${message(newPerson())}\u0000`, 'nul-character', 'line 4', expect.stringContaining(' (line 4) is NUL, which text never holds.') as string],
    ['of blanks', '\r\n \r\n', 'hl7-no-header', 'line 1', 'The first segment is not MSH.'],
  ])('a file %s is refused whole', async (name, text, code, where, said) => {
    const citizens = await citizenCount(gateway);
    const bytes = name.includes('UTF-16') ? Buffer.from(`\uFEFF${message(newPerson())}`, 'utf16le') : name.includes('Latin-1') ? Buffer.from(text, 'latin1') : text;
    const { task, counts, told, words } = await sendFile(gateway, feed, '', bytes);
    expect([task.status, told, words]).toEqual(['failed', [[code, where]], [said]]);
    expect(counts).toEqual({ received: 0, stored: 0, unchanged: 0, pending: 0, quarantined: 0, rejected: 0 });
    expect(await citizenCount(gateway)).toBe(citizens);
  });

  it('"" clears what was said before; absent keeps it', async () => {
    const { key, ...facts } = newPerson({ pid: { 13: '0121 496 0001^PRN^PH', 16: 'M', 11: '1 LANE^^BIRMINGHAM^^B1 1XX' } });
    await send(message(facts));
    expect(await patientOf(key)).toMatchObject({ version: 1, resource: { telecom: [{ value: '0121 496 0001' }], maritalStatus: {}, address: [{ postalCode: 'B1 1XX' }] } });
    const cleared = await send(message({ ...facts, event: 'A31', id: `${key}-2`, at: '20240302081000', pid: { ...facts.pid, 13: '""', 16: '""', 11: '' } }));
    expect(cleared.counts).toMatchObject({ received: 1, stored: 1 });
    const { resource, version } = (await patientOf(key)) ?? {};
    expect([version, resource?.['telecom'], resource?.['maritalStatus']]).toEqual([2, undefined, undefined]);
    expect(resource).toMatchObject({ address: [{ postalCode: 'B1 1XX' }] });
    expect(JSON.stringify(resource)).not.toContain('""');
  });

  it('the identifiers of PID-3 mean the same in any order', async () => {
    const number = testNumber(1);
    const ids = [`${number}^^^NHS`, 'ORDER1^^^RRK', 'OLD77^^^RRK02'];
    const { pid, ...facts } = newPerson();
    const orders = [[0, 1, 2], [2, 0, 1], [1, 2, 0], [0, 2, 1]];
    for (const [i, order] of orders.entries()) {
      const outcome = await send(message({ ...facts, id: `ORDER-${i}`, at: `2024030${i + 1}081000`, pid: { ...pid, 32: 'NSTS01', 3: order.map((n) => ids[n]).join('~') } }));
      expect(outcome.counts).toMatchObject({ received: 1, quarantined: 0 });
    }
    const found = (await storedRows(gateway, 'Patient')).filter(({ resource }) => JSON.stringify(resource['identifier']).includes(number));
    expect(found).toHaveLength(1);
    const values = (found[0]?.resource['identifier'] as { value: string }[]).map(({ value }) => value).sort();
    expect(values).toEqual([number, 'OLD77', 'ORDER1'].sort());
    expect(new Set(found.map(({ citizen }) => citizen)).size).toBe(1);
  });

  it('a number that belongs to another person attaches nothing to anybody', async () => {
    const number = testNumber(2);
    const holder = newPerson({ pid: { 3: `${number}^^^NHS~HOLDER^^^RRK`, 5: 'ABARA^NGOZI', 7: '19400101', 32: 'NSTS01' } });
    await send(message(holder));
    const earlier = await storedRows(gateway);
    const citizens = await citizenCount(gateway);
    const wrong = newPerson({ pid: { 3: `${number}^^^NHS~WRONG^^^RRK`, 5: 'ZIELINSKI^JAN', 7: '19851231', 8: '1', 32: 'NSTS01' } });
    const outcome = await send(message(wrong), message(newPerson()));
    expect(outcome.told[0]).toEqual(['nhs-number-of-another-person', 'row 1, line 3, column 8, field PID-3.1, for Patient.identifier[1].value']);
    expect(outcome.rows[0]?.problems[0]?.fix).toMatch(/^Check the number at the source\. .* PID-3\.1 gave Patient\.identifier\[1\]\.value\. The rule is in [a-z-]+\.map line \d+ column \d+\.$/);
    expect(outcome.counts).toMatchObject({ received: 2, stored: 1, quarantined: 1 });
    expect(await citizenCount(gateway)).toBe(citizens + 1);
    expect((await storedRows(gateway)).filter(({ recordId }) => recordId !== outcome.recordId)).toEqual(earlier);
    expect(JSON.stringify(await storedRows(gateway))).not.toContain('ZIELINSKI');
    expect(await gateway.database.query("select 1 from fold_state where person_key = 'WRONG'")).toEqual([]);
  });

  it('a verified number that suddenly is another one is not believed', async () => {
    const { pid, ...facts } = newPerson({ pid: { 3: `${testNumber(3)}^^^NHS~CHANGED^^^RRK`, 32: 'NSTS01' } });
    await send(message({ ...facts, pid: pid ?? {} }));
    const earlier = await storedRows(gateway);
    const outcome = await send(message({ ...facts, id: 'CHANGED-2', event: 'A31', at: '20240303081000', pid: { ...pid, 3: `${testNumber(4)}^^^NHS~CHANGED^^^RRK` } }));
    expect(outcome.told[0]).toEqual(['nhs-number-changed', 'row 1, line 3, column 8, field PID-3.1, for Patient.identifier[1].value']);
    expect(await storedRows(gateway)).toEqual(earlier);
    const next = await send(message({ ...facts, id: 'CHANGED-3', event: 'A31', at: '20240304081000', pid: { ...pid, 16: 'W' } }));
    expect(next.counts).toMatchObject({ received: 1, stored: 1 });
    expect(JSON.stringify(await patientOf('CHANGED'))).not.toContain(testNumber(4));
  });

  it('a control id sent again with the same content is unchanged, with other content quarantined and not applied', async () => {
    const { key, ...facts } = newPerson();
    await send(message({ ...facts, id: 'TWICE-1' }));
    const again = await send(message({ ...facts, id: 'TWICE-1' }), message(newPerson()));
    expect(again.counts).toMatchObject({ received: 2, stored: 1, unchanged: 1, quarantined: 0 });
    const other = await send(message({ ...facts, id: 'TWICE-1', pid: { ...facts.pid, 5: 'SOMEBODY^ELSE' } }), message(newPerson()));
    expect(other.counts).toMatchObject({ received: 2, stored: 1, unchanged: 0, quarantined: 1 });
    expect(other.told).toEqual([['message-id-reused', 'row 1, line 1, field MSH-10']]);
    expect(await patientOf(key)).toMatchObject({ version: 1 });
    expect(JSON.stringify(await patientOf(key))).not.toContain('SOMEBODY');
  });

  it('a control id twice in one file: the first counts', async () => {
    const { key, ...facts } = newPerson();
    const text = message({ ...facts, id: 'SAMEFILE' });
    const outcome = await send(text, text, message({ ...facts, id: 'SAMEFILE', pid: { ...facts.pid, 5: 'SOMEBODY^ELSE' } }));
    expect(outcome.rows.map(({ state }) => state)).toEqual(['stored', 'unchanged', 'quarantined']);
    expect(await patientOf(key)).toMatchObject({ version: 1 });
  });

  it('the same file twice is the same Task and no second version', async () => {
    const one = newPerson();
    const text = message(one) + message(newPerson());
    const first = await send(text);
    const earlier = await storedRows(gateway);
    const second = await send(text);
    expect([second.taskId, second.recordId, second.counts, second.task.meta?.versionId]).toEqual([first.taskId, first.recordId, first.counts, '2']);
    expect(await storedRows(gateway)).toEqual(earlier);
    expect(await gateway.database.query('select record_id from source_record where task_id = $1', [first.taskId])).toHaveLength(1);
  });

  it('a merge of twins waits, counted as pending, and merges nothing', async () => {
    const twin = (given: string): ReturnType<typeof newPerson> => {
      const person = newPerson();
      return { ...person, pid: { ...person.pid, 5: `ALIKE^${given}`, 7: '19410501' } };
    };
    const [one, two] = [twin('GRACE'), twin('HANNAH')];
    await send(message(one), message(two));
    const earlier = await storedRows(gateway);
    const merge = message({ ...one, event: 'A40', id: 'MERGE-1', more: [`MRG|${two.key}^^^RRK`] });
    const outcome = await send(merge, message(newPerson()));
    expect(outcome.counts).toEqual({ received: 2, stored: 1, unchanged: 0, pending: 1, quarantined: 0, rejected: 0 });
    expect(outcome.rows.map(({ state }) => state)).toEqual(['awaiting-merge', 'stored']);
    expect(outcome.told).toEqual([['merge-needs-review', 'row 1, line 4, field MRG-1']]);
    expect((await storedRows(gateway)).filter(({ recordId }) => recordId !== outcome.recordId)).toEqual(earlier);
  });

  it('a visit number of another person is refused, and neither the visit nor what else the message said is taken', async () => {
    const [owner, thief] = [newPerson(), newPerson()];
    await send(message({ ...owner, event: 'A01', id: 'OWN-1', pv1: { ...admission, 19: 'SHARED9^^^RRK' } }));
    const earlier = await storedRows(gateway);
    const citizens = await citizenCount(gateway);
    const outcome = await send(
      message({ ...thief, event: 'A01', id: 'STEAL-1', pid: { ...thief.pid, 13: '07700 900999^PRN^CP' }, pv1: { ...admission, 19: 'SHARED9^^^RRK' } }),
      message(newPerson()));
    expect(outcome.told).toEqual([['record-of-another-person', expect.stringMatching(/^row 1, line 4, column \d+, field PV1-19, for Encounter\.identifier\[0\]\.value$/)]]);
    expect(outcome.counts).toMatchObject({ received: 2, stored: 1, quarantined: 1 });
    expect((await storedRows(gateway)).filter(({ recordId }) => recordId !== outcome.recordId)).toEqual(earlier);
    expect(await citizenCount(gateway)).toBe(citizens + 1);
    const later = await send(message({ ...thief, event: 'A28', id: 'STEAL-2', at: '20240305081000' }));
    expect(later.counts).toMatchObject({ received: 1, stored: 1 });
    expect(JSON.stringify(await patientOf(thief.key))).not.toContain('900999');
  });

  it('after a refused message the person\'s next ones build on what was stored, not on what was refused', async () => {
    const [owner, thief] = [newPerson(), newPerson()];
    await send(message({ ...owner, event: 'A01', id: 'OWN-2', pv1: { ...admission, 19: 'SHARED10^^^RRK' } }));
    const outcome = await send(
      message({ ...thief, event: 'A01', id: 'MIX-1', pid: { ...thief.pid, 13: '07700 900998^PRN^CP' }, pv1: { ...admission, 19: 'SHARED10^^^RRK' } }),
      message({ ...thief, event: 'A31', id: 'MIX-2', at: '20240305081000', pid: { ...thief.pid, 16: 'S' } }));
    expect(outcome.rows.map(({ state }) => state)).toEqual(['quarantined', 'stored']);
    expect(JSON.stringify(await patientOf(thief.key))).not.toContain('900998');
  });

  it('a code nobody agreed on is told with its field as HL7 names it, and the rest of the message is stored', async () => {
    const { key, ...facts } = newPerson({ pid: { 16: 'QQQ' } });
    const outcome = await send(message(facts));
    expect(outcome.told).toEqual([['code-not-in-table', expect.stringMatching(/^row 1, line 3, column \d+, field PID-16\.1$/)]]);
    expect(outcome.counts).toMatchObject({ received: 1, stored: 1 });
    expect(await patientOf(key)).toBeDefined();
  });

  it('a Task told again after its rows were taken up names its own version', async () => {
    const { taskId, task } = await send(message(newPerson()));
    expect((await outcomeOf(gateway, feed, taskId)).task.meta?.versionId).toBe(task.meta?.versionId);
  });
});
