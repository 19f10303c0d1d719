import type { Bundle, CarePlan, CodeableConcept, Device, EpisodeOfCare, Organization, Patient, Period, Reference, Resource, ServiceRequest } from '@medplum/fhirtypes';
import { reindexRows } from '../../../src/flow/intake/reindex-rows.ts';
import { message } from '../../intake/adt.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';

const who = 'community-nurse';
const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const nhsNumber = 'https://fhir.nhs.uk/Id/nhs-number';
const component = 'https://fhir.bicp.example/StructureDefinition/component';
const id = (partner: string, kind: string): string => `https://fhir.bicp.example/Id/${partner}/${kind}`;

/** Kept by the hospital alone: a name with everything that makes names hard. */
const accented = message({ event: 'A28', id: 'SEARCH-1', pv1: null, pid: { 3: 'ACCENT1^^^RRK', 5: "Ó'BRIEN-ÁVILA^JOSÉ^MARÍA^^^^L", 7: '19610228', 8: '1', 11: '5 TEST LANE^^BIRMINGHAM^^B99 9XX^^H', 32: 'NSTS04' } });

const has = (concepts: CodeableConcept | CodeableConcept[] | undefined, code: string, system?: string): boolean => [concepts ?? []].flat()
  .some(({ coding }) => coding?.some((each) => each.code === code && (system === undefined || each.system === system)) ?? false);
const refers = (references: Reference | Reference[] | undefined, reference: string): boolean => [references ?? []].flat().some((each) => each.reference === reference);
const componentOf = (resource: EpisodeOfCare | ServiceRequest | CarePlan): string | undefined => resource.extension?.find(({ url }) => url === component)?.valueCoding?.code;

/** What a FHIR date covers, read without the gateway's own code: only dates and times with an offset occur in these records. */
function covered(value: string | undefined, otherwise: number): [number, number] {
  if (value === undefined) return [otherwise, otherwise];
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (!parts) return [Date.parse(value), Date.parse(value) + 1000];
  const [, year, month, day] = parts.map(Number) as [number, number, number, number];
  return [london(year, month - 1, day), london(year, month - 1, day + 1)];
}
function london(year: number, month: number, day: number): number {
  const noon = new Date(Date.UTC(year, month, day, 12));
  const hour = Number(new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: '2-digit', hourCycle: 'h23' }).format(noon));
  return Date.UTC(year, month, day) - (hour - 12) * 3_600_000;
}
function span(period: Period | undefined): [number, number] | null {
  return period?.start === undefined && period?.end === undefined ? null : [covered(period.start, -Infinity)[0], covered(period.end, Infinity)[1]];
}
const day = (value: string): [number, number] => covered(value, 0);

type Keep<R> = (resource: R) => boolean;
interface Case<R> {
  query: string;
  keep: Keep<R>;
}
interface World {
  citizen: string;
  other: string;
  trust: string;
  council: string;
  absolute: string;
}

const half = '2026-06-01';
const [from, to] = day(half);
const dates = (spanOf: (resource: never) => [number, number] | null, name = 'date'): Case<never>[] => {
  const when = (test: (f: number, t: number) => boolean): Keep<never> => (resource) => {
    const found = spanOf(resource);
    return found !== null && test(...found);
  };
  return [
    { query: `${name}=gt${half}`, keep: when((_, t) => t > to) },
    { query: `${name}=ge${half}`, keep: when((f, t) => t > to || (from <= f && t <= to)) },
    { query: `${name}=lt${half}`, keep: when((f) => f < from) },
    { query: `${name}=le${half}`, keep: when((f, t) => f < from || (from <= f && t <= to)) },
    { query: `${name}=sa${half}`, keep: when((f) => f >= to) },
    { query: `${name}=eb${half}`, keep: when((_, t) => t <= from) },
    { query: `${name}=ne${half}`, keep: when((f, t) => !(from <= f && t <= to)) },
    { query: `${name}=ge2026-05&${name}=lt2026-06`, keep: when((f, t) => (t > day('2026-06-01')[0] || (f >= day('2026-05-01')[0] && t <= day('2026-06-01')[0])) && f < day('2026-06-01')[0]) },
    { query: `${name}=lt2026-01,gt2026-06-10`, keep: when((f, t) => f < day('2026-01-01')[0] || t > day('2026-06-10')[1]) },
  ];
};

const episodes = (world: World): Case<EpisodeOfCare>[] => [
  { query: `patient=${world.citizen}`, keep: ({ patient }) => refers(patient, `Patient/${world.citizen}`) },
  { query: `patient=Patient/${world.citizen}`, keep: ({ patient }) => refers(patient, `Patient/${world.citizen}`) },
  { query: `patient=${world.absolute}`, keep: ({ patient }) => refers(patient, `Patient/${world.citizen}`) },
  { query: `patient=${world.citizen},${world.other}`, keep: ({ patient }) => refers(patient, `Patient/${world.citizen}`) || refers(patient, `Patient/${world.other}`) },
  { query: 'status=active', keep: ({ status }) => status === 'active' },
  { query: 'status=http://hl7.org/fhir/episode-of-care-status|active', keep: ({ status }) => status === 'active' },
  { query: 'status=planned,finished', keep: ({ status }) => ['planned', 'finished'].includes(status) },
  { query: 'type=carer-respite', keep: ({ type }) => has(type, 'carer-respite') },
  { query: 'type=https://fhir.bicp.example/CodeSystem/cld-service-type|', keep: ({ type }) => type?.some(({ coding }) => coding?.some(({ system }) => system === 'https://fhir.bicp.example/CodeSystem/cld-service-type')) ?? false },
  { query: `organization=${world.trust}`, keep: ({ managingOrganization }) => refers(managingOrganization, `Organization/${world.trust}`) },
  { query: `organization=Organization/${world.council}&status=active`, keep: ({ managingOrganization, status }) => refers(managingOrganization, `Organization/${world.council}`) && status === 'active' },
  { query: 'component=social-care-package', keep: (episode) => componentOf(episode) === 'social-care-package' },
  { query: 'identifier=SV-000009-1', keep: ({ identifier }) => identifier?.some(({ value }) => value === 'SV-000009-1') ?? false },
  { query: `identifier=${id('bcc', 'event')}|SV-000009-1`, keep: ({ identifier }) => identifier?.some(({ value }) => value === 'SV-000009-1') ?? false },
  { query: `identifier=${id('bcc', 'event')}|`, keep: ({ identifier }) => identifier?.some(({ system }) => system === id('bcc', 'event')) ?? false },
  ...dates(({ period }: EpisodeOfCare) => span(period)) as Case<EpisodeOfCare>[],
];
const plans = (world: World): Case<CarePlan>[] => [
  { query: `subject=Patient/${world.citizen}`, keep: ({ subject }) => refers(subject, `Patient/${world.citizen}`) },
  { query: `subject:Patient=${world.citizen}`, keep: ({ subject }) => refers(subject, `Patient/${world.citizen}`) },
  { query: `patient=${world.citizen}&status=active`, keep: ({ subject, status }) => refers(subject, `Patient/${world.citizen}`) && status === 'active' },
  { query: 'category=carer', keep: ({ category }) => has(category, 'carer') },
  { query: 'category=http://snomed.info/sct|734163000&status=active,draft', keep: ({ category, status }) => has(category, '734163000', 'http://snomed.info/sct') && ['active', 'draft'].includes(status) },
  ...dates(({ period }: CarePlan) => span(period)) as Case<CarePlan>[],
];
const requests = (world: World): Case<ServiceRequest>[] => [
  { query: `patient=${world.citizen}`, keep: ({ subject }) => refers(subject, `Patient/${world.citizen}`) },
  { query: 'code=http://snomed.info/sct|306238000', keep: ({ code }) => has(code, '306238000', 'http://snomed.info/sct') },
  { query: 'code=306238000', keep: ({ code }) => has(code, '306238000') },
  { query: 'category=service-user', keep: ({ category }) => has(category, 'service-user') },
  { query: `performer=Organization/${world.council}`, keep: ({ performer }) => refers(performer, `Organization/${world.council}`) },
  { query: `performer=${world.trust},${world.council}`, keep: ({ performer }) => refers(performer, `Organization/${world.trust}`) || refers(performer, `Organization/${world.council}`) },
  { query: `requester=Organization/${world.trust}`, keep: ({ requester }) => refers(requester, `Organization/${world.trust}`) },
  { query: 'status=completed', keep: ({ status }) => status === 'completed' },
  ...dates(({ authoredOn }: ServiceRequest) => (authoredOn === undefined ? null : covered(authoredOn, 0)), 'authored') as Case<ServiceRequest>[],
];
const places = (world: World): Case<Organization>[] => [
  { query: `identifier=${ods}|RYW`, keep: ({ identifier }) => identifier?.some(({ value }) => value === 'RYW') ?? false },
  { query: 'identifier=RYW', keep: ({ identifier }) => identifier?.some(({ value }) => value === 'RYW') ?? false },
  { query: 'name=birmingham', keep: ({ name }) => /^birmingham/i.test(name ?? '') || /\bbirmingham/i.test(name ?? '') },
  { query: 'name:exact=Birmingham City Council', keep: ({ name }) => name === 'Birmingham City Council' },
  { query: `_id=${world.council}`, keep: (organisation) => organisation.id === world.council },
];
const systems = (world: World): Case<Device>[] => [
  { query: 'identifier=https://fhir.bicp.example/Id/feed|bchc-rio', keep: ({ identifier }) => identifier?.some(({ value }) => value === 'bchc-rio') ?? false },
  { query: 'identifier=bcc-cld,uhb-adt', keep: ({ identifier }) => identifier?.some(({ value }) => value === 'bcc-cld' || value === 'uhb-adt') ?? false },
  { query: `organization=${world.trust}`, keep: ({ owner }) => refers(owner, `Organization/${world.trust}`) },
  { query: `organization=Organization/${world.council}&status=http://hl7.org/fhir/device-status|active`, keep: ({ owner, status }) => refers(owner, `Organization/${world.council}`) && status === 'active' },
];

describe.each(databases)('a search, on $kind', ({ open }) => {
  let gateway: Gateway;
  let world: World;

  const matches = async <R extends Resource>(path: string, as = who): Promise<{ total: number | undefined; resources: R[] }> => {
    const response = await gateway.get(`/fhir/${path}`, as);
    if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    const bundle = (await response.json()) as Bundle;
    return { total: bundle.total, resources: (bundle.entry ?? []).flatMap(({ resource, search }) => (search?.mode === 'match' ? [resource as R] : [])) };
  };
  const ids = async (path: string, as = who): Promise<string[]> => (await matches(path, as)).resources.map((resource) => resource.id ?? '').sort();

  beforeAll(async () => {
    gateway = await startGateway(await open(12));
    await gateway.send('uhb-adt', '', accented);
    const [citizen = ''] = await ids(`Patient?identifier=${nhsNumber}|9990000743`);
    const [other = ''] = await ids(`Patient?identifier=${nhsNumber}|9990000379`);
    const [trust = ''] = await ids(`Organization?identifier=${ods}|RYW`);
    const [council = ''] = await ids('Organization?identifier=E08000025');
    world = { citizen, other, trust, council, absolute: `${gateway.url}/fhir/Patient/${citizen}` };
  });
  afterAll(() => gateway.close());

  /** The same question asked of everything the caller sees, in plain code: what the gateway finds must be that. */
  async function agrees<R extends Resource>(type: string, cases: Case<R>[]): Promise<void> {
    const all = (await matches<R>(`${type}?_count=200`)).resources;
    const wrong: unknown[] = [];
    const idle: string[] = [];
    for (const { query, keep } of cases) {
      const expected = all.filter(keep).map((resource) => resource.id ?? '').sort();
      const found = await matches<R>(`${type}?${query.replaceAll('|', '%7C')}&_count=200`);
      const got = found.resources.map((resource) => resource.id ?? '').sort();
      if (JSON.stringify(got) !== JSON.stringify(expected) || found.total !== expected.length) wrong.push({ query, expected: expected.length, got: got.length, total: found.total });
      if (!query.includes('=ne') && (expected.length === 0 || expected.length === all.length)) idle.push(query);
    }
    expect(wrong).toEqual([]);
    expect(idle).toEqual([]);
  }

  it('of episodes finds what a reading of all of them finds, and its total', () => agrees('EpisodeOfCare', episodes(world)));
  it('of plans', () => agrees('CarePlan', plans(world)));
  it('of requests', () => agrees('ServiceRequest', requests(world)));
  it('of organisations', () => agrees('Organization', places(world)));
  it('of the systems that send', () => agrees('Device', systems(world)));

  it('by POST finds what it finds by GET', async () => {
    const form = { patient: world.citizen, status: 'active', _sort: 'date' };
    const posted = (await (await gateway.search('EpisodeOfCare', form, who)).json()) as Bundle;
    expect((posted.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'EpisodeOfCare' ? [resource.id] : [])))
      .toEqual((await matches(`EpisodeOfCare?${String(new URLSearchParams(form))}`)).resources.map((resource) => resource.id));
  });

  describe('for people', () => {
    const accentedAs = 'ward-doctor';
    it.each([
      'name=jose', 'name=JOSÉ', 'name=mar', 'name=avila', 'name=ó\'brien', "name=O'Brien-Avila", 'name=obrienavila', 'family=obr', 'family=O%27BRIEN', 'family=Ó’Brien',
      'given=jos', 'given=maria', 'family:contains=rien-áv', 'name:contains=OSÉ', 'given:contains=ari', 'family:exact=Ó\'BRIEN-ÁVILA', 'birthdate=1961-02-28', 'birthdate=1961', 'birthdate=ge1961-02&birthdate=lt1961-03', 'family=obrien&gender=male',
      'address-postalcode=B99 9XX', 'address-postalcode=b999xx', 'address-postalcode=B99', `identifier=${id('uhb', 'person')}|ACCENT1`, 'identifier=ACCENT1',
    ])('%s finds the one with the hard name', async (query) => {
      const [hard = ''] = await ids('Patient?identifier=ACCENT1', accentedAs);
      expect(hard).not.toBe('');
      expect(await ids(`Patient?${query.replace('|', '%7C')}&_count=200`, accentedAs)).toContain(hard);
    });

    it.each(['name=vila', 'name=rien', 'family:contains=ose', 'name:contains=brienj', 'family=jose', 'given=obrien', 'given=ose', 'family:exact=ó\'brien-ávila', 'family:exact=O\'BRIEN', 'birthdate=1961-02-27', 'birthdate=gt1961-02-28&birthdate=lt1962', 'address-postalcode=99', 'identifier=ACCENT', 'identifier=accent1', `identifier=${nhsNumber}|ACCENT1`, 'family=%25', 'family=o_rien'])('%s does not', async (query) => {
      const [hard = ''] = await ids('Patient?identifier=ACCENT1', accentedAs);
      const response = await gateway.get(`/fhir/Patient?${query.replace('|', '%7C')}&_count=200`, accentedAs);
      expect([200, 400]).toContain(response.status);
      expect(await response.text()).not.toContain(hard);
    });

    it('by gender and birth year finds each person once, with the total', async () => {
      const { total, resources } = await matches<Patient>('Patient?_count=200');
      expect(total).toBe(resources.length);
      expect(new Set(resources.map((patient) => patient.id)).size).toBe(resources.length);
      for (const gender of ['male', 'female']) {
        const found = await matches<Patient>(`Patient?gender=${gender}&_count=200`);
        expect(found.resources.map((patient) => patient.id).sort()).toEqual(resources.filter((patient) => patient.gender === gender).map((patient) => patient.id).sort());
        expect(found.total).toBe(found.resources.length);
      }
    });

    describe('holds all its parameters against one record, because two records may be of different times or people', () => {
      // the community trust has her old address, the hospital and the council the new one
      const family = 'family=kowalczyk';
      const old = 'address-postalcode=B21';
      const now = 'address-postalcode=B74';
      const trust = `identifier=${id('bchc', 'person')}%7C`;
      const hospital = `identifier=${id('uhb', 'person')}%7C`;

      it.each([`${family}&${old}`, `${family}&${now}`, `${family}&${old}&${trust}`, `${family}&${now}&${hospital}`, `${family}&birthdate=1949-12-19&gender=female&${old}`])('%s is said by one', async (query) => {
        expect(await ids(`Patient?${query}`)).toHaveLength(1);
      });

      it.each([`${family}&${old}&${now}`, `${family}&${now}&${trust}`, `${family}&${old}&${hospital}`, `${family}&${trust}&${hospital}`])('%s is said by none', async (query) => {
        expect(await matches(`Patient?${query}`)).toEqual({ total: 0, resources: [] });
      });

      it('and only against records the caller may see', async () => {
        const [woman = ''] = await ids(`Patient?${family}`);
        const seenBy = async (persona: string): Promise<string[]> => {
          const { resources: [patient] } = await matches<Patient>(`Patient?_id=${woman}`, persona);
          return (patient?.identifier ?? []).flatMap(({ system = '' }) => /\/Id\/(\w+)\/person$/.exec(system)?.[1] ?? []);
        };
        for (const persona of ['ward-doctor', 'social-worker', 'mental-health-nurse', 'privacy-officer', 'governance-lead']) {
          const partners = await seenBy(persona);
          for (const partner of ['uhb', 'bchc', 'bcc']) {
            expect([persona, partner, (await ids(`Patient?${family}&identifier=${id(partner, 'person')}%7C`, persona)).length]).toEqual([persona, partner, partners.includes(partner) ? 1 : 0]);
          }
        }
      });
    });
  });

  describe('is sorted', () => {
    const sorted = async <R extends Resource>(path: string, key: (resource: R) => string | number, as = who): Promise<(string | number)[]> => (await matches<R>(path, as)).resources.map(key);
    const ordered = (values: (string | number)[], descending = false): (string | number)[] => {
      const compared = [...values].sort((a, b) => (a < b ? -1 : Number(a > b)));
      return descending ? compared.reverse() : compared;
    };

    it.each([['date', false], ['-date', true]] as const)('by %s', async (sort, descending) => {
      const values = await sorted<EpisodeOfCare>(`EpisodeOfCare?_sort=${sort}&_count=200`, ({ period }) => span(period)?.[0] ?? -Infinity);
      expect(values).toEqual(ordered(values, descending));
      expect(new Set(values).size).toBeGreaterThan(5);
    });

    it.each([['_lastUpdated', false], ['-_lastUpdated', true], ['', true]] as const)('by %s, and newest first when nothing is said', async (sort, descending) => {
      const values = await sorted<EpisodeOfCare>(`EpisodeOfCare?${sort && `_sort=${sort}&`}_count=200`, ({ meta }) => Date.parse(meta?.lastUpdated ?? ''));
      expect(values).toEqual(ordered(values, descending));
      expect(new Set(values).size).toBeGreaterThan(1);
    });

    it.each([['family', false], ['-family', true]] as const)('people by %s', async (sort, descending) => {
      const values = await sorted<Patient>(`Patient?_sort=${sort}&_count=200`, ({ name }) => (name?.[0]?.family ?? '').normalize('NFD').toLowerCase().replace(/[^a-z]/g, ''));
      expect(values).toEqual(ordered(values, descending));
      expect(new Set(values).size).toBeGreaterThan(5);
    });

    it.each([['status', false], ['-status', true]] as const)('by the code of %s', async (sort, descending) => {
      const values = await sorted<EpisodeOfCare>(`EpisodeOfCare?_sort=${sort}&_count=200`, ({ status }) => status);
      expect(values).toEqual(ordered(values, descending));
      expect(new Set(values).size).toBeGreaterThan(1);
    });

    it('people by birthdate', async () => {
      const values = await sorted<Patient>('Patient?_sort=birthdate&_count=200', ({ birthDate }) => birthDate ?? '');
      expect(values).toEqual(ordered(values));
    });

    it('by several keys, each in its direction', async () => {
      const values = await sorted<ServiceRequest>('ServiceRequest?_sort=-authored,_id&_count=200', ({ authoredOn, id: own }) => `${9e13 - covered(authoredOn, 0)[0]} ${own ?? ''}`);
      expect(values).toEqual(ordered(values));
    });

    it('organisations by name', async () => {
      const values = await sorted<Organization>('Organization?_sort=name', ({ name }) => (name ?? '').toLowerCase().replace(/[^a-z]/g, ''));
      expect(values).toEqual(ordered(values));
    });
  });

  describe('goes through several resources', () => {
    const nhs = `${nhsNumber}%7C9990000743`;
    const bundleOf = async (path: string, as = who): Promise<Bundle> => (await gateway.get(`/fhir/${path}`, as)).json() as Promise<Bundle>;
    const included = ({ entry = [] }: Bundle): string[] => entry.flatMap(({ resource, search }) => (search?.mode === 'include' && resource?.resourceType !== 'Provenance' ? [`${resource?.resourceType ?? ''}/${resource?.id ?? ''}`] : [])).sort();

    it.each<[string, string, (world: World) => string]>([
      ['to people by what one source says of them', `EpisodeOfCare?patient.identifier=${nhs}`, ({ citizen }) => `EpisodeOfCare?patient=${citizen}`],
      ['to people, their type said', `EpisodeOfCare?patient:Patient.identifier=${nhs}&status=active`, ({ citizen }) => `EpisodeOfCare?patient=${citizen}&status=active`],
      ['to an organisation', 'EpisodeOfCare?organization.name=birmingham city', ({ council }) => `EpisodeOfCare?organization=Organization/${council}`],
      ['to an organisation among other types', `ServiceRequest?performer:Organization.identifier=${ods}%7CRYW`, ({ trust }) => `ServiceRequest?performer=Organization/${trust}`],
    ])('%s', async (_, chained, plain) => {
      const found = await ids(`${chained}&_count=200`);
      expect(found).not.toEqual([]);
      expect(found).toEqual(await ids(`${plain(world)}&_count=200`));
    });

    it('back to everybody with an open episode, and to the organisations that keep one', async () => {
      const open = (await matches<EpisodeOfCare>('EpisodeOfCare?status=active&_count=200')).resources;
      const people = await ids('Patient?_count=200');
      expect(await ids('Patient?_has:EpisodeOfCare:patient:status=active&_count=200')).toEqual(people.filter((id) => open.some(({ patient }) => refers(patient, `Patient/${id}`))));
      expect(await ids('Organization?_has:EpisodeOfCare:organization:status=active')).toEqual([...new Set(open.flatMap(({ managingOrganization }) => managingOrganization?.reference?.split('/')[1] ?? []))].sort());
    });

    it('and takes along whom and what the matches name, each once, beside the total', async () => {
      const bundle = await bundleOf(`EpisodeOfCare?patient=${world.citizen}&_include=EpisodeOfCare:patient&_include=EpisodeOfCare:organization&_count=2`);
      const episodes = (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'EpisodeOfCare' ? [resource] : []));
      expect(included(bundle)).toEqual([...new Set([`Patient/${world.citizen}`, ...episodes.flatMap(({ managingOrganization }) => managingOrganization?.reference ?? [])])].sort());
      expect(bundle.total).toBe((await ids(`EpisodeOfCare?patient=${world.citizen}&_count=200`)).length);
      expect((bundle.entry ?? []).filter(({ resource, search }) => resource?.resourceType === 'Patient' && search?.mode === 'include')).toHaveLength(1);
    });

    it('and takes along what names the matches, and from there on where asked to', async () => {
      const bundle = await bundleOf(`Patient?_id=${world.citizen}&_revinclude=EpisodeOfCare:patient&_include:iterate=EpisodeOfCare:organization`);
      const episodes = await ids(`EpisodeOfCare?patient=${world.citizen}&_count=200`);
      expect(included(bundle).filter((each) => each.startsWith('EpisodeOfCare/'))).toEqual(episodes.map((id) => `EpisodeOfCare/${id}`));
      expect(included(bundle).filter((each) => each.startsWith('Organization/')).length).toBeGreaterThan(0);
      expect(included(await bundleOf(`Patient?_id=${world.citizen}&_revinclude=EpisodeOfCare:patient&_include=EpisodeOfCare:organization`))).toEqual([]);
    });

    it('lists what went along in the audit trail', async () => {
      const [{ entry = '' } = {}] = await gateway.database.query<{ entry: string }>("select entry from audit_entry where entry like '%_revinclude=EpisodeOfCare%' order by seq desc limit 1");
      const [episode = ''] = await ids(`EpisodeOfCare?patient=${world.citizen}`);
      expect(entry).toContain(episode);
    });

    it('of one person alone', async () => {
      expect(await ids(`Patient/${world.citizen}/EpisodeOfCare?status=active&_count=200`)).toEqual(await ids(`EpisodeOfCare?patient=${world.citizen}&status=active&_count=200`));
      expect(await ids(`Patient/${'0'.repeat(8)}-0000-8000-8000-000000000000/EpisodeOfCare`)).toEqual([]);
      expect((await gateway.get(`/fhir/Patient/${world.citizen}/Organization`, who)).status).toBe(400);
      const { link = [] } = await bundleOf(`Patient/${world.citizen}/EpisodeOfCare?_count=1`);
      expect(link.map(({ relation }) => relation)).toEqual(['self', 'next']);
      expect(JSON.stringify(link)).not.toContain(world.citizen);
      const next = link.find(({ relation }) => relation === 'next')?.url?.slice(`${gateway.url}/fhir/`.length) ?? '';
      expect((await ids(next)).length).toBe(1);
    });
  });

  it('by the marks every record bears', async () => {
    const all = (await matches<EpisodeOfCare>('EpisodeOfCare?_count=200')).resources;
    const by = async (query: string, keep: Keep<EpisodeOfCare>): Promise<void> => {
      const expected = all.filter(keep).map(({ id: own }) => own ?? '').sort();
      expect([query, expected.length > 0, await ids(`EpisodeOfCare?${query}&_count=200`)]).toEqual([query, true, expected]);
    };
    const [first] = all;
    await by('_tag=RYW', ({ meta }) => meta?.tag?.some(({ code }) => code === 'RYW') ?? false);
    await by(`_tag:not=${ods}%7CRYW`, ({ meta }) => !meta?.tag?.some(({ code }) => code === 'RYW'));
    await by(`_source=${encodeURIComponent(first?.meta?.source ?? '')}`, ({ meta }) => meta?.source === first?.meta?.source);
    await by('_source:below=urn:onestory:bcc:bcc-cld', ({ meta }) => meta?.source?.startsWith('urn:onestory:bcc:bcc-cld#') ?? false);
    await by(`_profile=${first?.meta?.profile?.[0] ?? ''}`, ({ meta }) => meta?.profile?.includes(first?.meta?.profile?.[0] ?? '') ?? false);
    const classes = '=http://terminology.hl7.org/ValueSet/v3-ConfidentialityClassification';
    const classified = ({ meta }: EpisodeOfCare): boolean => meta?.security?.some(({ code = '' }) => 'ULMNRV'.includes(code)) ?? false;
    await by(`_security:not-in${classes}`, (each) => !classified(each));
    expect(await ids(`EpisodeOfCare?_security:in${classes}&_count=200`)).toEqual(all.filter(classified).map(({ id: own }) => own).sort());
    await by('_security:not=R', ({ meta }) => !meta?.security?.some(({ code }) => code === 'R'));
    expect(await ids('EpisodeOfCare?_profile=http://elsewhere.example/x')).toEqual([]);
  });

  it('a search that names somebody through other records is told of them', async () => {
    const [episode = ''] = await ids(`EpisodeOfCare?patient=${world.citizen}`);
    for (const query of [
      `ServiceRequest?based-on:CarePlan.patient=${world.citizen}`, `Task?focus:ServiceRequest.patient:Patient.identifier=${nhsNumber}%7C9990000743`, `Patient?_has:EpisodeOfCare:patient:_id=${episode}`,
      `Patient?_id=${'0'.repeat(8)}-0000-8000-8000-000000000000&identifier=${nhsNumber}%7C9990000743`,
    ]) {
      expect((await gateway.get(`/fhir/${query}`, who)).status).toBe(200);
      const [{ entry = '{}' } = {}] = await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1');
      expect([query, (JSON.parse(entry) as { citizen?: string }).citizen]).toEqual([query, world.citizen]);
    }
  });

  it('a link is as short as what was asked, however many codes that comes to', async () => {
    const asked = `EpisodeOfCare?${Array.from({ length: 3 }, () => 'type:not-in=http://hl7.org/fhir/ValueSet/defined-types').join('&')}&_count=1`;
    const page = async (path: string): Promise<Bundle> => (await gateway.get(path, who)).json() as Promise<Bundle>;
    const [first, all] = [await page(`/fhir/${asked}`), await ids('EpisodeOfCare?_count=200')];
    const [self = '', next = ''] = ['self', 'next'].map((name) => first.link?.find(({ relation }) => relation === name)?.url.slice(gateway.url.length));
    expect([self.length < 1000, next.length < 1000, first.total]).toEqual([true, true, all.length]);
    const [again, second] = [await page(self), await page(next)];
    expect(again.entry?.[0]?.resource?.id).toBe(first.entry?.[0]?.resource?.id);
    expect([second.entry?.[0]?.resource?.id === first.entry?.[0]?.resource?.id, second.entry?.length]).toEqual([false, 1]);
    expect((await gateway.get(next, 'social-worker')).status).toBe(400);
  });

  it('counts as it is asked to', async () => {
    const total = (await matches('EpisodeOfCare?status=active')).total;
    const answer = async (query: string): Promise<Bundle> => (await gateway.get(`/fhir/EpisodeOfCare?status=active&${query}`, who)).json() as Promise<Bundle>;
    expect(await answer('_summary=count')).toMatchObject({ total });
    expect(await answer('_summary=count')).not.toHaveProperty('entry');
    expect(await answer('_total=none')).not.toHaveProperty('total');
    expect(await answer('_total=accurate')).toMatchObject({ total });
  });

  it('finds the same when every row was indexed anew', async () => {
    const asked = ['EpisodeOfCare?status=active', `EpisodeOfCare?patient.identifier=${nhsNumber}%7C9990000743`, 'Patient?address-postalcode=B74', 'ServiceRequest?authored=ge2026-05', 'EpisodeOfCare?_source:below=urn:onestory:bcc:bcc-cld', 'Organization?name=birmingham', 'CarePlan?activity-date=ge2020'];
    const before = await Promise.all(asked.map((query) => ids(`${query}&_count=200`)));
    await gateway.database.query(`update citizen_row set tokens = '{}', from_at = null, value_keys = null where type <> 'Consent'; update shared_row set tokens = '{}'; update citizen_fragment set tokens = '{}'; delete from setting where name = 'search-index'`);
    await reindexRows(gateway.database, undefined, 7);
    expect(await Promise.all(asked.map((query) => ids(`${query}&_count=200`)))).toEqual(before);
    expect(before.map((each) => each.length > 0)).toEqual([true, true, true, true, true, true, true]);
  });

  it('counts what the caller may see, which is not what there is', async () => {
    const counts = await Promise.all(['community-nurse', 'mental-health-nurse', 'social-worker', 'governance-lead'].map(async (persona) => (await matches('EpisodeOfCare?_count=200', persona)).total));
    const [{ n } = { n: 0 }] = await gateway.database.query<{ n: number }>("select count(*)::int as n from citizen_row where type = 'EpisodeOfCare'");
    expect(counts.every((count) => count !== undefined && count < n)).toBe(true);
    expect(new Set(counts).size).toBeGreaterThan(1);
    expect(counts[3]).toBe(0);
  });

  it('tells a system that finds nothing what it could have found, alike of somebody known and of nobody, and tells people nothing', async () => {
    const told = async (number: string, as: string): Promise<string> => {
      const { total, entry, link: _, ...rest } = (await (await gateway.search('EpisodeOfCare', { 'patient.identifier': `${nhsNumber}|${number}` }, as)).json()) as Bundle;
      return JSON.stringify([total, entry ?? [], Object.keys(rest).sort()]);
    };
    const known = await told('9990000743', 'bwc-integration');
    expect(known).toBe(await told('9990000808', 'bwc-integration'));
    expect(known).toContain('agreement-opens-nothing');
    expect(await told('9990000808', who)).not.toContain('opens-nothing');
  });
});
