import type { Bundle, Consent, ConsentProvision, OperationOutcome } from '@medplum/fhirtypes';
import { compileGrant } from '../../src/consent/compile-grant.ts';
import type { Purpose } from '../../src/fhir/sharing.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { readRow } from '../../src/store/door/read-rows.ts';
import { openSharingClasses } from '../../src/store/record/sharing-classes.ts';
import { bchc, clause, communityNurse, council, inForce } from '../consent/sharing-cases.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, custodiansOf, objectionOf, people, wholeRecord } from './whole-record.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const coded = (system: string, code: string) => ({ coding: [{ system, code }] });
const recipient = (value: string): NonNullable<ConsentProvision['actor']>[number] =>
  ({ role: coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP'), reference: { type: 'Organization', identifier: { system: ods, value } } });
const type = (code: string) => ({ system: 'http://hl7.org/fhir/resource-types', code });
const researchPurpose = { system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HRESCH' };

describe.each(databases)('a citizen\'s choices in full, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizen = '';
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
    citizen = await citizenOf(gateway, 'privacy-officer', people.alice);
  });
  /** Every test begins with nothing said. */
  beforeEach(() => gateway.database.query('delete from choice').then(() => gateway.database.query('delete from choice_rule')));
  afterAll(() => gateway.close());

  const send = async (method: 'POST' | 'PUT', path: string, consent: object, who = 'privacy-officer'): Promise<Response> =>
    fetch(`${gateway.url}/fhir/${path}`, { method, headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(consent) });
  const choice = (policyRule: string, provision: ConsentProvision = {}, changes: Partial<Consent> = {}): Consent => {
    const { provision: _provision, ...consent } = objectionOf(citizen);
    return { ...consent, policyRule: coded(actCode, policyRule), ...(Object.keys(provision).length > 0 && { provision }), ...changes };
  };
  const optOut = (code: string, changes: Partial<Consent> = {}): Consent => ({
    ...choice('OPTOUT'), category: [coded(actCode, 'RESEARCH'), coded('https://fhir.bicp.example/CodeSystem/opt-out', code)], ...changes,
  });
  const file = async (consent: Consent, who?: string): Promise<string> => {
    const response = await send('POST', 'Consent', consent, who);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return /Consent\/([^/]+)\/_history/.exec(response.headers.get('Location') ?? '')?.[1] ?? '';
  };
  const seenBy = async (who: string): Promise<string[]> => custodiansOf(await wholeRecord(gateway, who, citizen));
  const refusalOf = async (response: Response): Promise<unknown[]> => [response.status, ((await response.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code];

  /** A record of another custodian that this reader sees. */
  const othersRecord = async (who: string, own: string, wanted?: string): Promise<{ id: string; resourceType: string }> => {
    const found = (await wholeRecord(gateway, who, citizen)).find(({ resourceType, meta }) => ['CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'Encounter'].includes(wanted ?? resourceType)
      && resourceType === (wanted ?? resourceType) && meta?.tag?.every(({ code }) => code !== own));
    if (!found?.id) throw new Error('nothing to hide');
    return { id: found.id, resourceType: found.resourceType };
  };

  it('to share all of it with everybody is the same trust\'s later word and ends its objection; an earlier one, and another organisation\'s, end nothing', async () => {
    const before = await seenBy('community-nurse');
    await file(choice('OPTOUT', {}, { dateTime: '2026-07-02' }));
    const closed = await seenBy('community-nurse');
    expect(closed).not.toEqual(before);
    await file(choice('OPTIN', {}, { dateTime: '2026-07-01' }));
    await file(choice('OPTIN', {}, { dateTime: '2026-07-03' }), 'privacy-officer-bchc');
    await file(choice('OPTIN', { purpose: [researchPurpose] }, { dateTime: '2026-07-03' }));
    expect(await seenBy('community-nurse')).toEqual(closed);
    await file(choice('OPTIN', {}, { dateTime: '2026-07-03' }));
    expect(await seenBy('community-nurse')).toEqual(before);
  });

  describe('about one record', () => {
    it('hides that record wherever it could be met, counts it as kept back, and leaves the rest', async () => {
      const { id, resourceType } = await othersRecord('community-nurse', 'RYW');
      const before = await wholeRecord(gateway, 'community-nurse', citizen);
      await file(choice('IMPLIED', { provision: [{ type: 'deny', data: [{ meaning: 'instance', reference: { reference: `${resourceType}/${id}` } }] }] }));
      const after = await wholeRecord(gateway, 'community-nurse', citizen);
      const ids = (resources: typeof before): string[] => resources.filter((each) => each.resourceType !== 'OperationOutcome').map((each) => `${each.resourceType}/${each.id}`);
      expect(ids(after)).toEqual(ids(before).filter((each) => each !== `${resourceType}/${id}`));
      expect(JSON.stringify(after)).not.toContain(id);
      for (const path of [`${resourceType}/${id}`, `${resourceType}/${id}/_history`, `${resourceType}/${id}/_history/1`]) expect((await gateway.get(`/fhir/${path}`, 'community-nurse')).status).toBe(404);
      const searched = (await (await gateway.search(resourceType, { patient: `Patient/${citizen}` }, 'community-nurse')).json()) as Bundle;
      expect(searched.entry?.map(({ resource }) => resource?.id) ?? []).not.toContain(id);
    });

    it('that is nobody\'s, or somebody else\'s, is refused in the same words', async () => {
      const other = await citizenOf(gateway, 'privacy-officer', people.abdul);
      const [row] = await gateway.database.query<{ id: string }>("select id from citizen_row where citizen_id = $1 and type <> 'Patient' limit 1", [other]);
      const answers = await Promise.all([row?.id ?? '', '00000000-0000-4000-8000-000000000000', citizen].map((id) =>
        send('POST', 'Consent', choice('IMPLIED', { provision: [{ type: 'deny', data: [{ meaning: 'instance', reference: { reference: `CarePlan/${id}` } }] }] })).then(refusalOf)));
      expect(answers).toEqual([[422, 'consent-record-unknown'], [422, 'consent-record-unknown'], [422, 'consent-record-unknown']]);
    });

    it('that is closed to who gives care is to them one that never was; who oversees sharing names it, and reads what the choice is about', async () => {
      const { id, resourceType } = await othersRecord('community-nurse', 'RYW');
      const about = (record: string): Consent => choice('IMPLIED', { provision: [{ type: 'deny', data: [{ meaning: 'instance', reference: { reference: `${resourceType}/${record}` } }] }] });
      await file(about(id), 'community-nurse');
      const consent = await file(about(id), 'privacy-officer-bchc');
      expect((await gateway.get(`/fhir/${resourceType}/${id}`, 'community-nurse')).status).toBe(404);
      for (const record of [id, '00000000-0000-4000-8000-000000000000']) expect(await refusalOf(await send('POST', 'Consent', about(record), 'community-nurse'))).toEqual([422, 'consent-record-unknown']);
      expect(((await (await gateway.get(`/fhir/Consent/${consent}`, 'privacy-officer')).json()) as Consent).provision).toEqual(about(id).provision);
    });
  });

  it('about a type of record hides those, and who is excepted still sees them', async () => {
    const seen = async (who: string): Promise<boolean> => (await wholeRecord(gateway, who, citizen)).some(({ resourceType, meta }) => resourceType === 'EpisodeOfCare' && meta?.tag?.some(({ code }) => code === 'RXT'));
    expect([await seen('community-nurse'), await seen('ward-doctor'), await seen('mental-health-nurse')]).toEqual([true, true, true]);
    await file(choice('IMPLIED', { provision: [{ type: 'deny', class: [type('EpisodeOfCare')], provision: [{ type: 'permit', actor: [recipient('RRK')] }] }] }));
    expect([await seen('community-nurse'), await seen('ward-doctor'), await seen('mental-health-nurse')]).toEqual([false, true, true]);
  });

  it('about a code hides what carries it', async () => {
    const { id } = await othersRecord('community-nurse', 'RYW', 'EpisodeOfCare');
    const read = async (): Promise<Response> => gateway.get(`/fhir/EpisodeOfCare/${id}`, 'community-nurse');
    const codes = ((await (await read()).json()) as { type?: { coding?: { system: string; code: string }[] }[] }).type?.flatMap(({ coding }) => coding ?? []) ?? [];
    const [first] = codes;
    if (!first) throw new Error('no code to choose by');
    const about = (system: string, code: string): Consent => choice('IMPLIED', { provision: [{ type: 'deny', class: [type('EpisodeOfCare')], code: [coded(system, code)] }] });
    await file(about(first.system, 'another'));
    expect((await read()).status).toBe(200);
    await file(about(first.system, first.code));
    expect((await read()).status).toBe(404);
  });

  describe('of one organisation: the one decided last counts, as a whole', () => {
    const yesterday = { dateTime: '2026-03-01T10:00:00Z' };
    const today = { dateTime: '2026-03-02T10:00:00Z' };
    const closed = ['RYW'];

    it('dissent withdrawn later', async () => {
      const before = await seenBy('community-nurse');
      await file(choice('OPTOUT', {}, yesterday));
      expect(await seenBy('community-nurse')).toEqual(closed);
      await file(choice('OPTIN', {}, today));
      expect(await seenBy('community-nurse')).toEqual(before);
    });

    it('dissent after an opt-in', async () => {
      await file(choice('OPTIN', {}, yesterday));
      await file(choice('OPTOUT', {}, today));
      expect(await seenBy('community-nurse')).toEqual(closed);
    });

    it('in whichever order they arrive', async () => {
      const before = await seenBy('community-nurse');
      await file(choice('OPTIN', {}, today));
      await file(choice('OPTOUT', {}, yesterday));
      expect(await seenBy('community-nurse')).toEqual(before);
      await file(choice('OPTOUT', {}, { dateTime: '2026-03-03' }));
      await file(choice('OPTIN', {}, today));
      expect(await seenBy('community-nurse')).toEqual(closed);
    });

    it('a withdrawal too, and one said before it does not come back', async () => {
      const before = await seenBy('community-nurse');
      await file({ ...objectionOf(citizen), ...today, status: 'inactive' });
      await file(choice('OPTOUT', {}, yesterday));
      expect(await seenBy('community-nurse')).toEqual(before);
    });

    it('one that was ended by itself brings nothing back; one entered in error was never said', async () => {
      const before = await seenBy('community-nurse');
      await file(choice('OPTOUT', {}, yesterday));
      const id = await file(choice('OPTIN', {}, today));
      await send('PUT', `Consent/${id}`, { ...choice('OPTIN', {}, today), id, status: 'inactive' });
      expect(await seenBy('community-nurse')).toEqual(before);
      await send('PUT', `Consent/${id}`, { ...choice('OPTIN', {}, today), id, status: 'entered-in-error' });
      expect(await seenBy('community-nurse')).toEqual(closed);
    });

    it('outside its period the one before it', async () => {
      const before = await seenBy('community-nurse');
      await file(choice('OPTOUT', {}, yesterday));
      await file(choice('OPTIN', { period: { start: '2020-01-01', end: '2020-12-31' } }, today));
      expect(await seenBy('community-nurse')).toEqual(closed);
      await file(choice('OPTIN', { period: { start: '2020-01-01' } }, today));
      expect(await seenBy('community-nurse')).toEqual(before);
    });

    it('dated in the future it is decided when it is recorded', async () => {
      await file(choice('OPTIN', {}, { dateTime: '2090-01-01' }));
      await file({ ...choice('OPTOUT'), dateTime: '2090-01-01' });
      expect(await seenBy('community-nurse')).toEqual(closed);
    });

    it.each(['draft', 'proposed'] as const)('a %s is refused, and nothing changes', async (status) => {
      const before = await seenBy('community-nurse');
      expect(await refusalOf(await send('POST', 'Consent', { ...objectionOf(citizen), status }))).toEqual([422, 'consent-not-supported']);
      expect(await seenBy('community-nurse')).toEqual(before);
    });

    it.each(['rejected', 'entered-in-error'] as const)('what is %s ends nothing', async (status) => {
      await file(choice('OPTOUT', {}, yesterday));
      await file({ ...objectionOf(citizen), ...today, status });
      expect(await seenBy('community-nurse')).toEqual(closed);
    });
  });

  it('of several organisations: all count, and the stricter wins', async () => {
    await file(choice('OPTOUTE', { provision: [{ type: 'permit', actor: [recipient('RYW')] }] }, { dateTime: '2026-03-01' }));
    expect((await seenBy('community-nurse')).length).toBeGreaterThan(1);
    await file(choice('OPTOUT', {}, { dateTime: '2026-02-01' }), 'privacy-officer-bsmhft');
    expect(await seenBy('community-nurse')).toEqual(['RYW']);
    await file({ ...objectionOf(citizen), status: 'inactive', dateTime: '2026-03-02' }, 'privacy-officer-bsmhft');
    expect((await seenBy('community-nurse')).length).toBeGreaterThan(1);
  });

  it('registered by an attorney is kept as it was said', async () => {
    const said = {
      ...objectionOf(citizen), performer: [{ type: 'RelatedPerson', identifier: { system: 'https://fhir.bicp.example/Id/attorney', value: '7' } }],
      verification: [{ verified: true, verifiedWith: { type: 'RelatedPerson', identifier: { system: 'https://fhir.bicp.example/Id/attorney', value: '7' } }, verificationDate: '2026-03-01' }],
    };
    const kept = (await (await gateway.get(`/fhir/Consent/${await file(said as Consent)}`, 'privacy-officer')).json()) as Consent;
    expect([kept.performer, kept.verification]).toEqual([said.performer, said.verification]);
    expect(await seenBy('community-nurse')).toEqual(['RYW']);
  });

  it('for somebody unknown is answered as for somebody the recorder may not know of', async () => {
    const [hidden] = await gateway.database.query<{ id: string }>('insert into citizen (citizen_id, traced, created_at) values (gen_random_uuid(), false, now()) returning citizen_id as id');
    const answers = await Promise.all([hidden?.id, '00000000-0000-4000-8000-000000000000'].map(async (id) => {
      const response = await send('POST', 'Consent', objectionOf(id ?? ''));
      return [response.status, await response.text()];
    }));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.[0]).toBe(422);
  });

  it('nested 50 deep is refused', async () => {
    let provision: ConsentProvision = { type: 'deny' };
    for (let i = 0; i < 50; i++) provision = { type: i % 2 ? 'deny' : 'permit', provision: [provision] };
    const response = await send('POST', 'Consent', choice('OPTIN', { provision: [provision] }));
    const [status, code] = await refusalOf(response);
    expect([[400, 'json-too-deep'], [422, 'consent-too-deep']]).toContainEqual([status, code]);
  });

  describe('opting out of purposes beyond care', () => {
    /** An episode of the mental health trust. */
    let episode = '';
    beforeAll(async () => {
      const [row] = await gateway.database.query<{ id: string }>(
        "select r.id from citizen_row r join sharing_class s using (class_id) where r.citizen_id = $1 and r.type = 'EpisodeOfCare' and s.custodian like '%|RXT' and s.category <> 'unclassified' limit 1", [citizen]);
      episode = row?.id ?? '';
    });

    /** Whether a nurse of the community trust reads it by the door, under a clause for that purpose. */
    const reads = async (purpose: Purpose): Promise<boolean> => {
      const classes = (await openSharingClasses(gateway.database)).all();
      const categories = [...new Set(classes.flatMap(({ category }) => (category === 'unclassified' ? [] : [category])))];
      const labels = [...new Set(classes.flatMap((each) => each.labels))];
      const agreements = [inForce([clause({ from: [...new Set(classes.map(({ custodian }) => custodian))], to: [bchc, council], roles: ['nurse', 'social-worker'], purposes: [purpose], categories, labels, consentBasis: 'explicit' })])];
      const grant = compileGrant({ requester: { ...communityNurse, purpose }, classes, agreements, generation: await readGeneration(gateway.database), now: new Date('2026-06-01') });
      await saveGrant(gateway.database, { ...grant, validUntil: null });
      return (await readRow(gateway.database, grant.key, 'EpisodeOfCare', episode) as unknown[]).length > 0;
    };

    it('nationally closes an explicit clause for the health of the population, and leaves care alone', async () => {
      await file(choice('OPTIN', {}));
      expect([await reads('POPHLTH'), await reads('TREAT')]).toEqual([true, true]);
      const before = await seenBy('community-nurse');
      const id = await file(optOut('national-opt-out'));
      expect([await reads('POPHLTH'), await reads('TREAT')]).toEqual([false, true]);
      expect(await seenBy('community-nurse')).toEqual(before);
      await send('PUT', `Consent/${id}`, { ...optOut('national-opt-out'), id, status: 'inactive' });
      expect(await reads('POPHLTH')).toBe(true);
    });

    it('gives way to a consent that names the purpose and the organisation', async () => {
      await file(optOut('national-opt-out'));
      await file(choice('IMPLIED', { provision: [{ type: 'permit', purpose: [researchPurpose], actor: [recipient('RYW')] }] }), 'privacy-officer-bsmhft');
      expect([await reads('HRESCH'), await reads('POPHLTH')]).toEqual([true, false]);
    });

    it('by Type 1 closes only what the organisation that recorded it wrote', async () => {
      await file(choice('OPTIN', {}), 'privacy-officer-bchc');
      await file(optOut('type-1-opt-out'), 'privacy-officer-bcc');
      expect(await reads('HRESCH')).toBe(true);
      await file(optOut('type-1-opt-out'), 'privacy-officer-bsmhft');
      expect([await reads('HRESCH'), await reads('TREAT')]).toEqual([false, true]);
    });

    it('is not replaced by a later choice about sharing, nor does it replace one', async () => {
      await file(optOut('national-opt-out', { dateTime: '2026-03-01' }));
      await file(choice('OPTIN', {}, { dateTime: '2026-03-02' }));
      expect(await reads('HRESCH')).toBe(false);
      await file(optOut('national-opt-out', { dateTime: '2026-03-03', status: 'inactive' }));
      expect(await reads('HRESCH')).toBe(true);
    });

    it('is done by a general objection as well', async () => {
      await file(choice('OPTIN', {}), 'privacy-officer-bchc');
      expect(await reads('HRESCH')).toBe(true);
      await file(choice('OPTOUT', {}));
      expect(await reads('HRESCH')).toBe(false);
    });
  });
});
