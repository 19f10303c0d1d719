import type { AuditEvent, Bundle, OperationOutcome, Resource } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

const nhsNumber = 'https://fhir.nhs.uk/Id/nhs-number';
const people = { abdul: '9990000379', alice: '9990000743' };
const council = 'E08000025';

describe.each(databases)('told once, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  async function idOf(who: string, number: string): Promise<string> {
    const bundle = (await (await gateway.search('Patient', { identifier: `${nhsNumber}|${number}` }, who)).json()) as Bundle;
    return bundle.entry?.[0]?.resource?.id ?? '';
  }

  async function everything(who: string, citizen: string): Promise<Resource[]> {
    const response = await gateway.get(`/fhir/Patient/${citizen}/$everything?_count=200`, who);
    expect(response.status).toBe(200);
    const bundle = (await response.json()) as Bundle;
    return (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
  }

  const custodians = (resources: readonly Resource[]): string[] => [...new Set(resources
    .filter(({ resourceType }) => !['Patient', 'Organization', 'Provenance', 'OperationOutcome'].includes(resourceType))
    .flatMap(({ meta }) => meta?.tag?.map(({ code }) => code ?? '') ?? []))].sort();

  it.each(Object.entries(people))('shows the community nurse entries of at least three custodians about %s', async (_, number) => {
    const resources = await everything('community-nurse', await idOf('community-nurse', number));
    expect(custodians(resources).length).toBeGreaterThanOrEqual(3);
    expect(resources[0]?.resourceType).toBe('Patient');
  });

  it.each(Object.entries(people))('tells the mental health nurse that something about %s is withheld, and not what', async (_, number) => {
    const resources = await everything('mental-health-nurse', await idOf('mental-health-nurse', number));
    const outcome = resources.find((resource): resource is OperationOutcome => resource.resourceType === 'OperationOutcome');
    expect(outcome?.issue[0]?.code).toBe('suppressed');
    expect(JSON.stringify(outcome)).not.toMatch(/social|council|plan|episode/i);
    expect(custodians(resources)).not.toContain(council);
  });

  it('shows the social worker only the council\'s own entries as soon as Alice objects', async () => {
    const citizen = await idOf('social-worker', people.alice);
    expect(custodians(await everything('social-worker', citizen)).length).toBeGreaterThan(1);
    const objection = {
      resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }], patient: { reference: `Patient/${citizen}` },
      dateTime: '2026-06-30T10:00:00+01:00', policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] }, provision: { type: 'deny' },
    };
    const filed = await fetch(`${gateway.url}/fhir/Consent`, {
      method: 'POST', body: JSON.stringify(objection),
      headers: { Authorization: `Bearer ${await gateway.token('privacy-officer')}`, 'Content-Type': 'application/fhir+json' },
    });
    expect([filed.status, await filed.text()]).toEqual([201, '']);
    expect(custodians(await everything('social-worker', citizen))).toEqual([council]);
    expect(custodians(await everything('mental-health-nurse', citizen))).toEqual(['RXT']);
  });

  it('shares again as soon as she withdraws it where she said it', async () => {
    const citizen = await idOf('social-worker', people.alice);
    const consents = (await (await gateway.search('Consent', { patient: `Patient/${citizen}` }, 'privacy-officer')).json()) as Bundle;
    const { id: _id, meta: _meta, ...objection } = consents.entry?.[0]?.resource as Resource & { status: string };
    const withdrawn = { ...objection, status: 'inactive', dateTime: '2026-07-01T10:00:00+01:00' };
    const file = async (who: string): Promise<number> => (await fetch(`${gateway.url}/fhir/Consent`, {
      method: 'POST', body: JSON.stringify(withdrawn), headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' },
    })).status;
    expect(await file('governance-lead')).toBe(201);
    expect(custodians(await everything('social-worker', citizen))).toEqual([council]);
    expect(await file('privacy-officer')).toBe(201);
    expect(custodians(await everything('social-worker', citizen)).length).toBeGreaterThan(1);
  });

  it('lets the governance lead find every look with the clause that allowed or denied it', async () => {
    const citizen = await idOf('governance-lead', people.alice);
    const bundle = (await (await gateway.search('AuditEvent', { patient: `Patient/${citizen}`, _count: '200' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    const looks = (bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
    const byAgent = (id: string): AuditEvent[] => looks.filter(({ agent }) => JSON.stringify(agent).includes(`"${id}"`));
    expect(byAgent('community-nurse').length).toBeGreaterThanOrEqual(2);
    expect(byAgent('social-worker').length).toBeGreaterThanOrEqual(3);
    const text = JSON.stringify(byAgent('social-worker'));
    expect(text).toMatch(/Clause \d+\.\d+ of \\"/);
    expect(text).toContain('The person has objected to their record being shared.');
  });
});
