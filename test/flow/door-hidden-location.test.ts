import type { Bundle, Patient, Resource } from '@medplum/fhirtypes';
import { castIndex } from '../../src/demo/cast.ts';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import { contactElements } from '../../src/fhir/fragments.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, people, wholeRecord } from './whole-record.ts';

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

  it('is the only one: somebody else is shown with an address', async () => {
    const alice = (await (await gateway.get(`/fhir/Patient/${await citizenOf(gateway, 'mental-health-nurse', people.alice)}`, 'mental-health-nurse')).json()) as Patient;
    expect(contactsIn([alice])).toContain('address');
  });
});
