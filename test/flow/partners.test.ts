import type { Bundle, Consent, OperationOutcome, Patient, Resource } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, objectionOf, people, wholeRecord } from './whole-record.ts';

/** What people of the partners that joined the four are shown over HTTP, under the agreements that ship. */

const unknown = '00000000-0000-4000-8000-000000000000';
const home = 'https://fhir.bicp.example/Id/example-code|care-home-rowan-house';
const emergency = { resourceType: 'Parameters', parameter: [
  { name: 'nhs-number', valueString: people.alice }, { name: 'birth-date', valueDate: '1938-02-11' }, { name: 'family', valueString: 'Okafor' },
  { name: 'reason', valueCode: 'serious-harm-person' }, { name: 'explanation', valueString: 'Found on the floor at home' },
] };
const scheme = { system: 'https://fhir.bicp.example/Id/example-code', value: 'nns-edgbaston' };

describe.each(databases)('people of other partners, on $kind', ({ open }) => {
  let gateway: Gateway;
  let alice = '';
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
    alice = await citizenOf(gateway, 'ward-doctor', people.alice);
  });
  afterAll(() => gateway.close());

  const send = async (method: 'POST' | 'PUT', path: string, who: string, body: object): Promise<Response> => fetch(`${gateway.url}${path}`, {
    method, headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': path.startsWith('/fhir') ? 'application/fhir+json' : 'application/json' }, body: JSON.stringify(body),
  });
  const typesOf = (resources: readonly Resource[]): string[] => [...new Set(resources.map(({ resourceType }) => resourceType))].sort();
  const typesSeen = async (who: string): Promise<string[]> => typesOf(await wholeRecord(gateway, who, alice));
  const totalOf = async (who: string, type: string, form: Record<string, string>): Promise<number> => ((await (await gateway.search(type, form, who)).json()) as Bundle).total ?? -1;
  const careFor = async (organisation: string, kind: number): Promise<void> => {
    await gateway.database.query(`insert into relationship (citizen_id, id, organisation, kind, until) values ($1, $2, $3, $4, now() + interval '1 hour')`, [alice, unknown, organisation, kind]);
  };
  const codeOf = async (response: Response): Promise<string | undefined> => ((await response.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code;

  it('a GP finds whom the practice has registered and nobody else', async () => {
    expect(await citizenOf(gateway, 'gp', people.alice)).toBe(alice);
    expect(await citizenOf(gateway, 'gp', people.abdul)).toBe('');
    expect(await typesSeen('gp')).toEqual(expect.arrayContaining(['CarePlan', 'Encounter', 'EpisodeOfCare', 'Patient', 'ServiceRequest']));
  });

  it('a paramedic in an emergency sees anybody\'s plan, and neither stays nor what the mental health trust holds', async () => {
    const seen = await wholeRecord(gateway, 'paramedic', alice);
    expect(typesOf(seen)).toEqual(expect.arrayContaining(['CarePlan', 'EpisodeOfCare', 'Patient', 'ServiceRequest']));
    expect(typesOf(seen)).not.toContain('Encounter');
    const codes = new Set(seen.flatMap(({ meta }) => meta?.tag?.map(({ code }) => code) ?? []));
    expect(codes).not.toContain('RXT');
    expect(codes).toContain('RYW');
  });

  it('a hospice nurse knows of nobody who is not in the hospice\'s care', async () => {
    expect(await citizenOf(gateway, 'hospice-nurse', people.alice)).toBe('');
    expect((await gateway.get(`/fhir/Patient/${alice}`, 'hospice-nurse')).status).toBe(404);
  });

  it('a care home sees its residents: the registered nurse more than the carer, and both nothing once the person has left', async () => {
    for (const who of ['care-home-nurse', 'care-home-carer']) expect(await citizenOf(gateway, who, people.alice)).toBe('');
    await careFor(home, 2); // a referral makes nobody a resident
    for (const who of ['care-home-nurse', 'care-home-carer']) expect(await citizenOf(gateway, who, people.alice)).toBe('');
    await careFor(home, 4);
    const [nurse, carer] = [await wholeRecord(gateway, 'care-home-nurse', alice), await wholeRecord(gateway, 'care-home-carer', alice)];
    expect(typesOf(nurse)).toEqual(expect.arrayContaining(['CarePlan', 'Encounter', 'EpisodeOfCare', 'Patient', 'ServiceRequest', 'Task']));
    expect(typesOf(carer).filter((type) => !['Organization', 'Provenance'].includes(type))).toEqual(['CarePlan', 'CareTeam', 'Patient']);
    const ids = new Set(nurse.map(({ id }) => id));
    expect(carer.filter(({ id, resourceType }) => resourceType !== 'Provenance' && !ids.has(id))).toEqual([]);
    await gateway.database.query('update relationship set until = now() where organisation = $1', [home]);
    for (const who of ['care-home-nurse', 'care-home-carer']) expect(await citizenOf(gateway, who, people.alice)).toBe('');
  });

  describe('a voluntary worker', () => {
    const who = 'voluntary-worker';
    const consent = (): Consent => ({
      ...objectionOf(alice), policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IMPLIED' }] },
      provision: { provision: [{ type: 'permit', actor: [{
        role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }, reference: { type: 'Organization', identifier: scheme },
      }] }] },
    });
    /** Every way to learn of her, beside the same way to nobody. */
    async function answers(citizen: string, source: string): Promise<unknown[]> {
      const paths = [`Patient/${citizen}`, `Patient/${source}`, `Patient/${citizen}/$everything`, `Patient/${source}/_history`, `Patient/${source}/_history/1`,
        `Patient?_id=${citizen}`, `CarePlan?patient=Patient/${citizen}`, `EpisodeOfCare?patient=${citizen}&_summary=count`, `Consent?patient=${citizen}`];
      const all: unknown[] = [];
      for (const [index, path] of paths.entries()) {
        const response = await gateway.get(`/fhir/${path}`, who);
        const { id: _id, meta: _meta, link: _link, ...body } = (await response.json()) as Bundle;
        all.push([index, response.status, body]);
      }
      return all;
    }

    it('is not told without consent that there is a record', async () => {
      const { link = [] } = (await (await gateway.get(`/fhir/Patient/${alice}`, 'ward-doctor')).json()) as Patient;
      const source = link[0]?.other.reference?.slice('Patient/'.length) ?? '';
      expect(source).not.toBe('');
      expect(await totalOf(who, 'Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${people.alice}` })).toBe(0);
      expect(await totalOf(who, 'Patient', { identifier: 'https://fhir.nhs.uk/Id/nhs-number|9990000034' })).toBe(0);
      expect(await answers(alice, source)).toEqual(await answers(unknown, unknown));
    });

    it('sees with consent who she is and how to reach her, nothing else, and no word of what is kept back; and nothing once it is withdrawn', async () => {
      const filed = await send('POST', '/fhir/Consent', 'privacy-officer', consent());
      expect(filed.status).toBe(201);
      expect(await citizenOf(gateway, who, people.alice)).toBe(alice);
      expect(await typesSeen(who)).toEqual(['Organization', 'Patient', 'Provenance']);
      const patient = (await (await gateway.get(`/fhir/Patient/${alice}`, who)).json()) as Patient;
      expect([patient.name?.[0]?.family, patient.address?.length]).toEqual(['Okafor', expect.any(Number)]);
      expect(patient.link).toHaveLength(4); // twice the hospital's; the mental health trust does not tell that it knows her
      for (const type of ['CarePlan', 'EpisodeOfCare', 'Encounter', 'ServiceRequest', 'Task', 'CareTeam']) expect(await totalOf(who, type, { patient: `Patient/${alice}` })).toBe(0);
      expect(await citizenOf(gateway, who, people.abdul)).toBe('');

      const id = /Consent\/([^/]+)\/_history/.exec(filed.headers.get('Location') ?? '')?.[1] ?? '';
      expect((await send('PUT', `/fhir/Consent/${id}`, 'privacy-officer', { ...consent(), id, status: 'inactive' })).status).toBe(200);
      expect(await citizenOf(gateway, who, people.alice)).toBe('');
    });

    it('cannot open a record in an emergency either', async () => {
      expect((await send('POST', '/fhir/Patient/$break-glass', who, emergency)).status).toBe(403);
    });
  });

  describe('Healthwatch', () => {
    const who = 'healthwatch-reader';

    it('is shown nothing of any person, by any way', async () => {
      for (const type of ['Patient', 'CarePlan', 'EpisodeOfCare', 'Encounter', 'ServiceRequest', 'Task', 'CareTeam', 'Consent']) expect([type, await totalOf(who, type, {})]).toEqual([type, 0]);
      for (const path of [`Patient/${alice}`, `Patient/${alice}/$everything`]) expect((await gateway.get(`/fhir/${path}`, who)).status).toBe(404);
      const log = await gateway.search('AuditEvent', {}, who);
      expect([log.status, JSON.stringify(await log.json())]).toEqual([403, expect.not.stringContaining('Okafor')]);
      expect((await gateway.get(`/fhir/Patient/${alice}/$explain-access`, who)).status).toBe(403);
      expect((await send('POST', '/fhir/Patient/$break-glass', who, emergency)).status).toBe(403);
    });

    it('reads what the parties agreed', async () => {
      const answer = await gateway.get('/governance/agreements', who);
      expect(answer.status).toBe(200);
      const { agreements } = (await answer.json()) as { agreements: { id: string }[] };
      expect(agreements.map(({ id }) => id)).toContain('bicp-early-intervention');
      expect(await totalOf(who, 'Contract', {})).toBe(agreements.length); // what the screens read
    });

    it.each<[string, string, object]>([
      ['a choice', '/fhir/Consent', { resourceType: 'Consent' }],
      ['an end of an agreement', '/governance/agreements/bicp-early-intervention/1.0/terminate', {}],
      ['a signature', '/governance/agreements/bicp-early-intervention/1.0/sign', { party: 'a|b', signatory: 'S', sha256: '0'.repeat(64) }],
    ])('changes nothing: %s', async (_, path, body) => {
      const refused = await send('POST', path, who, body);
      expect([refused.status, await codeOf(refused)]).toEqual([403, 'scope-missing']);
    });
  });
});
