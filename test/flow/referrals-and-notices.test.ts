import { databases } from '../databases.ts';
import { compareRecords, readFinalRecord } from '../faults/final-record.ts';
import { forgetEverybody, openWorks, type Works } from '../faults/open-works.ts';
import { message } from '../intake/adt.ts';

const pid = { 3: '9990000743^^^NHS~H1234567^^^RRK', 32: 'NSTS01' };
const admission = message({ id: 'A1', pid });
const referral = (event: string, id: string, at: string, rf1 = ''): string => [
  `MSH|^~\\&|PAS|RRK|BICP|QHL|${at}||REF^${event}^REF_${event}|${id}|P|2.4`, `RF1|${rf1}|||||REF1^UHB`, 'PRD|RT|Adult social care|||||E08000025^ONS',
  'PID|1||9990000743^^^NHS~H1234567^^^RRK||OKAFOR^ALICE^^^MRS^^L||19380211|2', '',
].join('\r');

const person = { id: 'H1234567', nhsNumber: '9990000743', nhsNumberVerified: true, family: 'OKAFOR', given: 'ALICE', birthDate: '1938-02-11', gender: 'female' };
const contact = { name: 'Discharge hub', phone: '0121 496 0111' };
const notice = (id: string, said: object): string => JSON.stringify({ notices: [{ id, person, notice: { reference: 'ADW1', council: { code: 'E08000025' }, ...said } }] });
const notices = {
  assessment: notice('N1', { assessment: { issued: '2024-05-06T09:00:00Z', likelyDischarge: '2024-05-10', consulted: { person: true }, continuingHealthcare: { considered: true }, objection: { person: false }, contact } }),
  discharge: notice('N2', { discharge: { issued: '2024-05-08T09:00:00Z', date: '2024-05-11', contact } }),
  withdrawal: notice('N3', { dischargeWithdrawal: { issued: '2024-05-09T09:00:00Z', reason: 'discharge-not-safe' } }),
  again: notice('N4', { discharge: { issued: '2024-05-12T09:00:00Z', date: '2024-05-14', contact } }),
  ended: notice('N5', { assessmentWithdrawal: { issued: '2024-05-13T09:00:00Z', reason: 'condition-changed' } }),
};

describe.each(databases)('what a hospital says of one person through three feeds, on $kind', ({ open }) => {
  let works: Works;
  beforeAll(async () => { works = await openWorks(await open()); });
  beforeEach(() => works.database.query(forgetEverybody));
  afterAll(() => works.close());

  const send = async (feed: string, ...contents: string[]): Promise<void> => {
    for (const content of contents) {
      await works.post(feed, '', content);
      await works.services.worker.idle();
    }
  };
  const rows = async (type: string): Promise<{ citizen: string; body: { status: string; occurrenceDateTime?: string } }[]> =>
    (await works.database.query<{ citizen: string; body: string }>(
      `select r.citizen_id as citizen, v.body from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
       where r.type = $1 order by r.id`, [type])).map(({ citizen, body }) => ({ citizen, body: JSON.parse(body) as { status: string } }));
  const councilCares = async (): Promise<boolean> => (await works.database.query(`select 1 from relationship where organisation like '%E08000025'`)).length > 0;

  it('is one citizen, whichever comes first, and the admissions feed stays the keeper of the person', async () => {
    for (const order of [['uhb-adt', 'uhb-ref', 'uhb-notices'], ['uhb-notices', 'uhb-ref', 'uhb-adt']]) {
      await works.database.query(forgetEverybody);
      for (const feed of order) await send(feed, { 'uhb-adt': admission, 'uhb-ref': referral('I12', 'R1', '20240506100000'), 'uhb-notices': notices.assessment }[feed] ?? '');
      const patients = await rows('Patient');
      expect(patients).toHaveLength(3);
      expect(new Set([...patients, ...(await rows('ServiceRequest')), ...(await rows('Encounter'))].map(({ citizen }) => citizen)).size).toBe(1);
    }
  });

  it('gives the receiver of a referral a relationship, until the referral is cancelled', async () => {
    await send('uhb-ref', referral('I12', 'R1', '20240506100000'));
    expect(await councilCares()).toBe(true);
    await send('uhb-ref', referral('I15', 'R2', '20240507100000'));
    expect((await rows('ServiceRequest')).map(({ body }) => body.status)).toEqual(['active']);
    expect((await rows('Task')).map(({ body }) => body.status)).toEqual(['requested']);
    await send('uhb-ref', referral('I14', 'R3', '20240508100000'));
    expect((await rows('ServiceRequest')).map(({ body }) => body.status)).toEqual(['revoked']);
    expect(await councilCares()).toBe(false);
  });

  it('lets no late change undo a cancelled referral', async () => {
    await send('uhb-ref', referral('I12', 'R1', '20240506100000'), referral('I14', 'R3', '20240508100000'), referral('I13', 'R2', '20240507100000', 'A'));
    expect((await rows('ServiceRequest')).map(({ body }) => body.status)).toEqual(['revoked']);
  });

  it('asks the council, moves the day, takes it back and asks again, as the notices say', async () => {
    const standing = async (): Promise<[string | undefined, string | undefined, string[]]> => {
      const [request] = await rows('ServiceRequest');
      return [request?.body.status, request?.body.occurrenceDateTime, (await rows('Task')).map(({ body }) => body.status).sort()];
    };
    await send('uhb-notices', notices.assessment);
    expect(await standing()).toEqual(['active', '2024-05-10', ['requested']]);
    await send('uhb-notices', notices.discharge);
    expect(await standing()).toEqual(['active', '2024-05-11', ['requested', 'requested']]);
    await send('uhb-notices', notices.withdrawal);
    expect(await standing()).toEqual(['active', '2024-05-10', ['cancelled', 'requested']]);
    await send('uhb-notices', notices.again);
    expect(await standing()).toEqual(['active', '2024-05-14', ['requested', 'requested']]);
    expect(await councilCares()).toBe(true);
    await send('uhb-notices', notices.ended);
    expect(await standing()).toEqual(['revoked', '2024-05-14', ['cancelled', 'cancelled']]);
    expect(await councilCares()).toBe(false);
  });

  it('ends in the same record whatever order the notices arrive in, and when they come twice', async () => {
    await send('uhb-notices', ...Object.values(notices));
    const expected = await readFinalRecord(works.database);
    const { assessment, discharge, withdrawal, again, ended } = notices;
    for (const order of [[ended, again, withdrawal, discharge, assessment], [withdrawal, discharge, ended, assessment, again], [again, assessment, ended, discharge, withdrawal, assessment]]) {
      await works.database.query(forgetEverybody);
      await send('uhb-notices', ...order);
      expect(compareRecords(await readFinalRecord(works.database), expected)).toEqual([]);
    }
  });
});
