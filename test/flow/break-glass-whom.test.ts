import type { Bundle, Patient } from '@medplum/fhirtypes';
import { contactElements } from '../../src/fhir/fragments.ts';
import { classKey, openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { uhb } from '../consent/sharing-cases.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { askEmergency, castMember, detailsOf, endEmergency, openEmergency, pause, population } from './emergency-asks.ts';
import { listening } from './listening.ts';
import { citizenOf, custodiansOf, wholeRecord } from './whole-record.ts';

/** Whom emergency access is about: nobody is found by guessing, and what it never opens stays closed. */

const asker = 'mental-health-nurse';
/** What is sent to the database for an emergency: the worker beside it asks about other things. */
const ofEmergency = /emergency_|person_key|readable_row|savepoint|set local role|audit_head|grant_state/;

describe.each(databases)('whom emergency access is about, on $kind', ({ open }) => {
  let gateway: Gateway;
  let heard: string[];
  const neville = castMember('objected');
  const right = detailsOf(neville);
  beforeAll(async () => {
    const { database, statements } = listening(await open(population.citizens));
    heard = statements;
    gateway = await startGateway(database);
  });
  beforeEach(() => pause(gateway));
  afterAll(() => gateway.close());

  /** What an answer says, what was done for it, and the entries it left. */
  async function refused(given: Record<string, string>): Promise<{ answer: unknown; done: string[] }> {
    heard.length = 0;
    const response = await askEmergency(gateway, given, asker);
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name)));
    return { answer: [response.status, await response.text(), headers], done: heard.filter((text) => ofEmergency.test(text) && !/intake_person|readable_confirmation/.test(text)).map((text) => text.replaceAll(/\s+/g, ' ')) };
  }
  const idOf = async (number: string): Promise<string> => {
    const [row] = await gateway.database.query<{ citizen: string }>(`select citizen_id as citizen from source_person where facts ->> 'nhsNumber' = $1 limit 1`, [number]);
    return row?.citizen ?? '';
  };
  const changeName = async (citizen: string, family: string): Promise<void> => {
    await gateway.database.query(`update source_person set facts = jsonb_set(facts, '{family}', to_jsonb($2::text)) where citizen_id = $1`, [citizen, family]);
  };

  /** Every row of the citizen in this class while `work` runs. */
  async function allIn(citizen: string, labels: string[], work: () => Promise<void>): Promise<void> {
    const facts = { custodian: uhb, category: 'identity' as const, labels };
    const classes = await openSharingClasses(gateway.database);
    const classId = await gateway.database.transaction(async (connection) => (await classes.intern(connection, [facts])).get(classKey(facts)));
    const before = await gateway.database.query<{ id: string; class_id: number }>('select id, class_id from citizen_row where citizen_id = $1', [citizen]);
    await gateway.database.query('update citizen_row set class_id = $2 where citizen_id = $1', [citizen, classId]);
    await refused({ ...right, family: 'Nobody' }); // a class nobody had met: the grant is compiled anew
    await work();
    for (const { id, class_id: was } of before) await gateway.database.query('update citizen_row set class_id = $2 where id = $1', [id, was]);
  }

  /** The same number, name and birth date said of another citizen as well, while `work` runs. */
  async function sharedWithAnother(work: () => Promise<void>): Promise<void> {
    const [citizen, other] = [await idOf(right['nhs-number']), await idOf(castMember('died').nhsNumber ?? '')];
    await gateway.database.query(`insert into source_person (citizen_id, id, feed, person_key, rule, facts)
      select $2, gen_random_uuid(), feed, 'shared', rule, facts from source_person where citizen_id = $1 limit 1`, [citizen, other]);
    await gateway.database.query('insert into person_key (citizen_id, id, hash) select $2, gen_random_uuid(), hash from person_key where citizen_id = $1 on conflict do nothing', [citizen, other]);
    await work();
    await gateway.database.query(`delete from source_person where person_key = 'shared'`);
    await gateway.database.query('delete from person_key k where citizen_id = $1 and not exists (select 1 from source_person s where s.id = k.id)', [other]);
  }

  const wrong: [string, Record<string, string>][] = [
    ['a number nobody has', { 'nhs-number': '9990000744' }],
    ['a number that cannot be', { 'nhs-number': '9991000047' }],
    ['another birth date', { 'birth-date': '1946-04-03' }],
    ['day and month the wrong way round', { 'birth-date': '1946-02-04' }],
    ['another family name', { family: 'Blagroves' }],
    ['the beginning of the name', { family: 'Blag' }],
    ['the given name', { family: 'Neville' }],
    ['a name of marks alone', { family: '--' }],
    ['everything of somebody else but the number', { 'birth-date': castMember('died').birthDate, family: castMember('died').name.family }],
  ];

  it('whoever is not there and whatever is not right is answered alike, to the letter and after the same work', async () => {
    await refused({ ...right, family: 'Nobody' }); // the first compiles the grant
    const expected = await refused({ ...right, 'nhs-number': '9991000046' });
    expect(expected.answer).toEqual([404, expect.stringContaining('emergency-access-refused'), expect.anything()]);
    expect(expected.done.length).toBeGreaterThan(5);
    await pause(gateway);
    for (const [what, given] of wrong) expect([what, await refused({ ...right, ...given })]).toEqual([what, expected]);
    await pause(gateway);
    const citizen = await idOf(right['nhs-number']);
    await allIn(citizen, ['legal-restriction'], async () => expect(await refused(right)).toEqual(expected));
    await allIn(citizen, ['source-dissent'], async () => expect(await refused(right)).toEqual(expected));
    await sharedWithAnother(async () => expect(await refused(right)).toEqual(expected));
    expect(await gateway.database.query('select 1 from emergency_access')).toEqual([]);
    expect(await gateway.database.query(`select 1 from shared_row where scope = 'addressed'`)).toEqual([]);
    expect((await askEmergency(gateway, right, asker)).status).toBe(200);
  });

  it.each([
    ['BLAGROVE', 'Blagrove'], ['  blagrove ', 'Blagrove'], ['Blágrove', 'Blagrove'], ['OBRIEN AVILA', 'O’Brien-Ávila'], ['o\'brien-ávila', 'O’Brien-Ávila'],
    ['Szczęsny', 'Szczęsny'], ['SZCZĘSNY', 'Szczęsny'], ['ÖZTÜRK', 'Ozturk'],
  ])('finds %s as %s', async (asked, family) => {
    const citizen = await idOf(right['nhs-number']);
    await changeName(citizen, family);
    expect((await askEmergency(gateway, { ...right, family: asked, 'nhs-number': right['nhs-number'].replace(/(...)(...)(....)/, '$1 $2 $3') }, asker)).status).toBe(200);
    await changeName(citizen, neville.name.family);
  });

  it('somebody who has died is opened like anybody', async () => {
    const { citizen } = await openEmergency(gateway, detailsOf(castMember('died')), asker);
    expect(((await (await gateway.get(`/fhir/Patient/${citizen}`, asker)).json()) as Patient).deceasedDateTime).toBeDefined();
  });

  it('opens nothing that the law or a partner has closed', async () => {
    const { citizen } = await openEmergency(gateway, detailsOf(castMember('restrictedStay')), 'ward-doctor');
    const seen = await wholeRecord(gateway, 'ward-doctor', citizen);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.some(({ meta }) => meta?.security?.some(({ code }) => code === 'legal-restriction'))).toBe(false);
    const held = await gateway.database.query(`select 1 from citizen_row r join sharing_class s on s.class_id = r.class_id where r.citizen_id = $1 and 'legal-restriction' = any (s.labels)`, [citizen]);
    expect(held.length).toBeGreaterThan(0);
  });

  it('where somebody lives stays hidden, and what her community trust does not share stays with it', async () => {
    const sahra = castMember('hiddenLocation');
    const { citizen } = await openEmergency(gateway, detailsOf(sahra), asker);
    const seen = await wholeRecord(gateway, asker, citizen);
    expect(seen.length).toBeGreaterThan(1);
    expect(custodiansOf(seen)).not.toContain('RYW');
    expect(seen.flatMap((resource) => (resource.resourceType === 'Patient' ? contactElements.filter((element) => Object.hasOwn(resource, element)) : []))).toEqual([]);
    for (const secret of [sahra.address.postcode, sahra.address.line, sahra.phone]) expect(JSON.stringify(seen).toLowerCase()).not.toContain(secret.toLowerCase());
    expect(await citizenOf(gateway, asker, sahra.nhsNumber ?? '')).toBe(citizen);
    const byPostcode = (await (await gateway.search('Patient', { 'address-postalcode': sahra.address.postcode }, asker)).json()) as Bundle;
    expect((byPostcode.entry ?? []).map(({ resource }) => resource?.id)).not.toContain(citizen);
    await endEmergency(gateway, citizen, asker);
  });
});
