import type { Bundle, Consent, Organization, Patient, Resource } from '@medplum/fhirtypes';
import { castIndex } from '../../src/demo/cast.ts';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import { contactElements } from '../../src/fhir/fragments.ts';
import type { Json } from '../../src/fhir/json.ts';
import { namesPlace } from '../../src/fhir/names-place.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, fileChoiceAbout, objectionOf, people, wholeRecord } from './whole-record.ts';

const population = { seed: 2018, citizens: 9 };
const person = personAt(population, castIndex('hiddenLocation'));
/** The hospital sends the flag: before anybody else knows her, or after everybody has said where she lives. */
const orders = [{ order: 'first', last: false }, { order: 'last', last: true }];

describe.each(databases.flatMap((database) => orders.map((order) => ({ ...database, ...order }))))('a person whose location the hospital hides, told $order, on $kind', ({ open, last }) => {
  let gateway: Gateway;
  let citizen: string;
  beforeAll(async () => {
    gateway = await startGateway(await open());
    const files = [...demoFiles(population)];
    const ofHospital = ({ feed }: { feed: string }): boolean => feed === 'uhb-adt';
    for (const file of last ? files.filter((each) => !ofHospital(each)) : files) await gateway.send(file.feed, file.part, file.content);
    if (last) {
      expect(contactsIn(await patientsSeenBy('mental-health-nurse', await citizenOf(gateway, 'mental-health-nurse', person.nhsNumber ?? '')))).not.toEqual([]);
      for (const file of files.filter(ofHospital)) await gateway.send(file.feed, file.part, file.content);
    }
    citizen = await citizenOf(gateway, 'mental-health-nurse', person.nhsNumber ?? '');
  });
  afterAll(() => gateway.close());

  const bundle = async (path: string, who: string): Promise<Bundle> => (await (await gateway.get(path, who)).json()) as Bundle;
  const sourcesOf = async (who: string): Promise<string[]> =>
    (((await (await gateway.get(`/fhir/Patient/${citizen}`, who)).json()) as Patient).link ?? []).map(({ other }) => other.reference ?? '');

  /** Every Patient this reader can lay hands on: composed, by search, in the whole record, each partner's own with all its versions. */
  async function patientsSeenBy(who: string, id = citizen): Promise<Patient[]> {
    const composed = (await (await gateway.get(`/fhir/Patient/${id}`, who)).json()) as Patient;
    const found: (Resource | undefined)[] = [composed, ...(await wholeRecord(gateway, who, id, 5)),
      ...((await (await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${person.nhsNumber ?? ''}` }, who)).json()) as Bundle).entry?.map(({ resource }) => resource) ?? []];
    for (const { other } of composed.link ?? []) {
      found.push((await (await gateway.get(`/fhir/${other.reference}`, who)).json()) as Patient);
      const history = await bundle(`/fhir/${other.reference}/_history`, who);
      found.push(...(history.entry ?? []).map(({ resource }) => resource));
      for (const { resource } of history.entry ?? []) found.push((await (await gateway.get(`/fhir/${other.reference}/_history/${resource?.meta?.versionId}`, who)).json()) as Patient);
    }
    return found.filter((resource): resource is Patient => resource?.resourceType === 'Patient');
  }

  const contactsIn = (patients: readonly Patient[]): string[] => [...new Set(patients.flatMap((patient) => contactElements.filter((element) => Object.hasOwn(patient, element))))];

  it('is known to a reader without a clause for it by every partner, and where and how to reach her by none', async () => {
    const patients = await patientsSeenBy('mental-health-nurse');
    const partners = new Set(patients.flatMap(({ meta }) => meta?.tag?.map(({ code }) => code) ?? []));
    expect([...partners].sort()).toEqual(['E08000025', 'RRK']); // the community trust's own dissent flag hides the third
    expect(contactsIn(patients)).toEqual([]);
    const text = JSON.stringify(await wholeRecord(gateway, 'mental-health-nurse', citizen));
    for (const secret of [person.address.postcode, person.address.line, person.phone, person.kin?.phone ?? '', person.practice.name]) expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
  });

  it('is found by nobody\'s postcode but the reader\'s own partner\'s', async () => {
    const matches = async (who: string): Promise<number> => (await bundle(`/fhir/Patient?address-postalcode=${encodeURIComponent(person.address.postcode)}&birthdate=${person.birthDate}`, who)).total ?? -1;
    expect(await matches('mental-health-nurse')).toBe(0);
    expect(await matches('ward-doctor')).toBe(1);
  });

  it('is shown to each partner with the address it holds itself', async () => {
    const sources = await Promise.all((await sourcesOf('ward-doctor')).map(async (reference) => (await (await gateway.get(`/fhir/${reference}`, 'ward-doctor')).json()) as Patient));
    expect(sources.filter((source) => contactsIn([source]).length > 0).map(({ meta }) => meta?.tag?.[0]?.code)).toEqual(['RRK']);
  });

  /** Everything of care in the record as this reader is shown it, with every version. */
  async function careSeenBy(who: string): Promise<Resource[]> {
    const rows = (await wholeRecord(gateway, who, citizen)).filter(({ resourceType }) => !['Patient', 'Organization', 'Provenance', 'OperationOutcome', 'Consent'].includes(resourceType));
    const versions = await Promise.all(rows.map(async ({ resourceType, id }) => (await bundle(`/fhir/${resourceType}/${id}/_history`, who)).entry ?? []));
    return [...rows, ...versions.flat().flatMap(({ resource }) => (resource ? [resource] : []))];
  }

  /** `Type.element` of what tells where somebody is, in rows of these partners. */
  async function placesIn(resources: readonly Resource[], ofPartner: (code: string) => boolean): Promise<string[]> {
    const directory = ((await bundle('/fhir/Organization?_count=50', 'ward-doctor')).entry ?? []).map(({ resource }) => resource as Organization);
    return [...new Set(resources.filter(({ meta }) => ofPartner(meta?.tag?.[0]?.code ?? '')).flatMap((resource) => {
      const { system = '', code = '' } = resource.meta?.tag?.[0] ?? {};
      const place = directory.find(({ identifier }) => identifier?.some((each) => each.system === system && each.value === code));
      return Object.entries(resource).flatMap(([property, value]) => (namesPlace(resource.resourceType, property, value as Json, { key: `${system}|${code}`, reference: `Organization/${place?.id}` }) ? [`${resource.resourceType}.${property}`] : []));
    }))].sort();
  }

  it.each([['mental-health-nurse', 'RXT'], ['social-worker', 'E08000025'], ['community-nurse', 'RYW']])('is told to %s by no ward, team, practice or provider in another partner\'s rows, in any version', async (who, own) => {
    const seen = await careSeenBy(who);
    expect(seen.filter(({ meta }) => meta?.tag?.[0]?.code !== own).length).toBeGreaterThan(2);
    expect(await placesIn(seen, (code) => code !== own)).toEqual([]);
  });

  it('stays with the partner that said it: the hospital sees its own wards', async () => {
    const own = await careSeenBy('ward-doctor');
    expect(await placesIn(own, (code) => code === 'RRK')).toContain('Encounter.location');
    expect(await placesIn(own, (code) => code !== 'RRK')).toEqual([]);
  });

  it('is found by an organisation that tells it by its own partner only, counted and sorted too', async () => {
    const organisations = (await bundle('/fhir/Organization?_count=50', 'ward-doctor')).entry ?? [];
    const hospital = organisations.find(({ resource }) => (resource as Organization).identifier?.some(({ value }) => value === 'RRK'))?.resource?.id;
    const found = async (who: string, more: string): Promise<number | undefined> => (await bundle(`/fhir/Patient?organization=Organization/${hospital}&birthdate=${person.birthDate}${more}`, who)).total;
    for (const more of ['', '&_sort=-_lastUpdated', '&_count=0', '&gender=female,male,other,unknown']) {
      expect([more, await found('ward-doctor', more), await found('mental-health-nurse', more), await found('social-worker', more)]).toEqual([more, 1, 0, 0]);
    }
  });

  it('is told by no notice that names who holds something', async () => {
    for (const who of ['mental-health-nurse', 'social-worker']) {
      const outcome = (await bundle(`/fhir/Encounter?patient=Patient/${citizen}`, who)).entry?.find(({ resource }) => resource?.resourceType === 'OperationOutcome');
      expect(JSON.stringify(outcome)).toContain('Some information is not shown.');
    }
  });

  it('is told by no Consent about her practice, which decides as it was said; who does not see all of one does not put another in its place', async () => {
    const practice = { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: person.practice.code };
    const actor = [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }, reference: { type: 'Organization' as const, identifier: practice } }];
    const filed = await fileChoiceAbout(gateway, citizen, { organization: [{ identifier: practice, display: person.practice.name }], provision: { type: 'deny', actor } }, 'social-worker');
    expect(filed.status).toBe(201);
    const id = /Consent\/([^/]+)\/_history/.exec(filed.headers.get('Location') ?? '')?.[1] ?? '';
    const read = async (who: string): Promise<Consent> => (await (await gateway.get(`/fhir/Consent/${id}`, who)).json()) as Consent;
    const found = async (who: string): Promise<number | undefined> => (await bundle(`/fhir/Consent?patient=Patient/${citizen}&organization:identifier=${practice.system}|${practice.value}`, who)).total;
    expect([(await read('social-worker')).provision, await found('social-worker')]).toEqual([{ type: 'deny', actor }, 1]);
    for (const who of ['privacy-officer', 'privacy-officer-bcc']) {
      const { status, provision, organization } = await read(who);
      expect([who, status, provision, organization, await found(who)]).toEqual([who, 'active', undefined, undefined, 0]);
    }
    const rules = async (): Promise<unknown[]> => gateway.database.query('select effect, organisations from choice_rule where id = $1 and organisations is not null', [id]);
    const closed = [{ effect: 'deny', organisations: [`${practice.system}|${practice.value}`] }];
    expect(await rules()).toEqual(closed);

    const change = async (changes: Partial<Consent>): Promise<number> => (await fetch(`${gateway.url}/fhir/Consent/${id}`, {
      method: 'PUT', body: JSON.stringify({ ...objectionOf(citizen), ...changes, id }), headers: { Authorization: `Bearer ${await gateway.token('privacy-officer-bcc')}`, 'Content-Type': 'application/fhir+json' },
    })).status;
    expect(await change({})).toBe(409);
    expect(await rules()).toEqual(closed);
    expect(await change({ status: 'inactive' })).toBe(200);
    expect(await rules()).toEqual([]);
  });

  it('keeps the community trust\'s dissent on a Consent that trust records', async () => {
    const filed = await fileChoiceAbout(gateway, citizen, { status: 'inactive' }, 'community-nurse');
    const id = /Consent\/([^/]+)\/_history/.exec(filed.headers.get('Location') ?? '')?.[1] ?? '';
    const own = (await (await gateway.get(`/fhir/Consent/${id}`, 'community-nurse')).json()) as Consent;
    expect(own.meta?.security?.map(({ code }) => code)).toEqual(['source-dissent']);
    expect((await gateway.get(`/fhir/Consent/${id}`, 'privacy-officer')).status).toBe(404);
  });

  it('is the only one: somebody else is shown with an address', async () => {
    const alice = (await (await gateway.get(`/fhir/Patient/${await citizenOf(gateway, 'mental-health-nurse', people.alice)}`, 'mental-health-nurse')).json()) as Patient;
    expect(contactsIn([alice])).toContain('address');
  });
});
