import type { AuditEvent, Bundle, Composition, CompositionSection, OperationOutcome, Patient, Resource, Task } from '@medplum/fhirtypes';
import type { LinkReviewDetails, LinkReviewEntry } from '../../src/flow/linkage/list-link-reviews.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message } from '../intake/adt.ts';
import { castMember } from './emergency-asks.ts';
import { matchAs, matchesIn, post } from './matching.ts';

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

  describe('a community nurse walks it from end to end', () => {
    const nurse = 'community-nurse';
    const [one, other] = [castMember('firstTwin'), castMember('secondTwin')];
    const story = async (citizen: string): Promise<CompositionSection[]> => {
      const bundle = (await (await gateway.get(`/fhir/Patient/${citizen}/$story`, nurse)).json()) as Bundle;
      return (bundle.entry?.[0]?.resource as Composition).section ?? [];
    };
    const codeOf = ({ code }: CompositionSection): string => code?.coding?.[0]?.code ?? '';
    const lines = (section: CompositionSection | undefined): CompositionSection[] => (section?.section ?? []).flatMap((each) => (each.section ? each.section : [each]));
    const said = ({ entry = [] }: CompositionSection): { by: string; on: string }[] => entry.map(({ extension }) => {
      const parts = new Map((extension?.[0]?.extension ?? []).map((part) => [part.url, part]));
      return { by: parts.get('custodian')?.valueReference?.display ?? '', on: parts.get('on')?.valueDateTime ?? '' };
    });
    const told = async (citizen: string): Promise<string[]> => (await story(citizen)).filter((section) => codeOf(section) !== 'not-shown').flatMap(lines).map(({ title = '' }) => title);
    const ids = async (citizen: string): Promise<string[]> => (await everything(nurse, citizen)).flatMap(({ resourceType, id }) => (['OperationOutcome', 'Provenance'].includes(resourceType) ? [] : `${resourceType}/${id ?? ''}`)).sort();
    /** the pair of the twins in the queue, as a reviewer has it */
    const review = async (what: string, who: string, body: object = {}): Promise<LinkReviewEntry> => {
      const { linkReviews } = (await (await gateway.get(`/governance/link-reviews?state=${what === 'undo' ? 'settled' : 'open'}`, who)).json()) as { linkReviews: LinkReviewEntry[] };
      const reference = linkReviews.find(({ foundBy }) => foundBy === 'merge-two-numbers' || foundBy === 'merge-twins')?.reference ?? '';
      const { seen } = (await (await gateway.get(`/governance/link-reviews/${reference}`, who)).json()) as LinkReviewDetails;
      return (await (await post(gateway, `/governance/link-reviews/${reference}/${what}`, who, JSON.stringify(what === 'decide' ? { ...body, seen } : body))).json()) as LinkReviewEntry;
    };

    it('finds Alice by a misspelt name and her birth date, and reads her story, where each line says who said it and when', async () => {
      const [found] = await matchesIn(await matchAs(gateway, nurse, { name: [{ family: 'Okaffor', given: ['Alise'] }], birthDate: castMember('alice').birthDate }));
      expect(found?.citizen).toBe(await idOf(nurse, people.alice));
      const sections = await story(found?.citizen ?? '');
      expect(sections.map(codeOf)).toEqual(['who', 'where-now', 'who-to-talk-to', 'plan', 'coming-next', 'alerts', 'told-once', 'referrals', 'what-happened', 'disagreements', 'not-shown']);
      const silent = sections.filter((section) => codeOf(section) !== 'not-shown').flatMap(lines).filter((line) => !said(line).some(({ by, on }) => by !== '' && /^\d{4}-\d\d-\d\d/.test(on)));
      expect(silent.map(codeOf).filter((code) => code !== 'contact-out-of-hours')).toEqual([]);
      const referrals = lines(sections.find((section) => codeOf(section) === 'referrals')).map((line) => [line.title ?? '', [...new Set(said(line).map(({ by }) => by))].sort()] as const);
      const twice = referrals.filter(([title]) => title.includes('The ward says that she will need help after hospital'));
      expect(twice).toEqual([[expect.stringContaining('told by 2 organisations'), ['Birmingham City Council', 'University Hospitals Birmingham NHS Foundation Trust']]]);
    });

    it('the twins stay two though a message joins them; joined by mistake they are one, and two again without a trace lost', async () => {
      const [first, second] = [await idOf(nurse, one.nhsNumber ?? ''), await idOf(nurse, other.nhsNumber ?? '')];
      const before = [await told(first), await told(second), await ids(first), await ids(second)];
      const merge = message({ id: 'TWINS-1', event: 'A40', at: '20260701080000', pid: { 3: `${one.known.uhb ?? ''}^^^RRK`, 5: `${one.name.family}^${one.name.given}^^^^^L`, 7: one.birthDate.replaceAll('-', ''), 8: '2' }, pv1: null, more: [`MRG|${other.known.uhb ?? ''}^^^RRK`] });
      const sent = (await (await gateway.send('uhb-adt', '', merge)).json()) as Task;
      expect(sent.resourceType).toBe('Task');
      expect(await gateway.database.query("select state, problems -> 0 ->> 'code' as code from intake_row where message_id = 'TWINS-1'")).toEqual([{ state: 'awaiting-merge', code: 'merge-needs-review' }]);
      expect([await told(first), await told(second), await ids(first), await ids(second)]).toEqual(before);

      for (const who of ['privacy-officer', 'governance-lead']) {
        await review('claim', who);
        await review('decide', who, { outcome: 'same', reason: 'Took them for one' });
        await review('release', who);
      }
      const joined = (await (await gateway.get(`/fhir/Patient/${second}`, nurse)).json()) as Patient;
      const both = new Set([...await ids(first)]);
      expect([[first, second].includes(joined.id ?? ''), await ids(second)]).toEqual([true, [...both].sort()]);
      expect(await review('undo', 'governance-lead', { reason: 'They are two' })).toMatchObject({ outcome: null });
      expect([await told(first), await told(second), await ids(first), await ids(second)]).toEqual(before);
      await gateway.services.worker.idle();
      for (const citizen of [first, second]) {
        const log = ((await (await gateway.search('AuditEvent', { patient: `Patient/${citizen}`, _count: '100' }, 'governance-lead')).json()) as Bundle<AuditEvent>).entry ?? [];
        expect(log.flatMap(({ resource }) => resource?.subtype?.at(-1)?.code ?? [])).toEqual(expect.arrayContaining(['story', 'link-merge', 'link-split']));
      }
    });
  });
});
