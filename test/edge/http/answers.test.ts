import type { Bundle, OperationOutcome, Patient } from '@medplum/fhirtypes';
import { canonicalJson } from '../../../src/fhir/canonical-json.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { readXml } from '../../../src/fhir/xml/read-xml.ts';
import { databases } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { ask, askAudited, auditSince, citizenOf, codeOf, lastSeq, type Answer } from './asking.ts';

const abdul = '9990000379';
const rootOf = ({ text }: Answer): string | undefined => /^<\?xml[^>]*\?><(\w+) xmlns="http:\/\/hl7.org\/fhir"/.exec(text)?.[1];
/** Page links are drawn anew for every answer. */
const withoutPages = (value: JsonObject): string => canonicalJson(value).replace(/_page=[\w-]+/g, '_page=*');
const unknownId = '00000000-0000-4000-8000-000000000001';
const nurse = 'community-nurse';

describe.each(databases)('an answer, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizen: string;
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
    citizen = await citizenOf(gateway, nurse, abdul);
  });
  afterAll(() => gateway.close());

  const bundleOf = (answer: Answer): Bundle => {
    expect(answer.status).toBe(200);
    return JSON.parse(answer.text) as Bundle;
  };
  const idsOf = (bundle: Bundle): string[] => (bundle.entry ?? []).filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource?.id ?? '');
  const linkOf = (bundle: Bundle, relation: string): string | undefined => {
    const url = bundle.link?.find((link) => link.relation === relation)?.url;
    return url?.slice(gateway.url.length);
  };

  describe('in the form asked for', () => {
    it.each([undefined, '', '*/*', 'application/*', 'application/fhir+json', 'application/json', 'text/json', 'application/fhir+json; fhirVersion=4.0',
      'application/fhir+json;charset=utf-8;q=0.9', 'text/html,application/xhtml+xml,*/*;q=0.8', 'application/fhir+xml;q=0.1, application/fhir+json', 'APPLICATION/FHIR+JSON'])('Accept: %s', async (accept) => {
      const answer = await ask(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse, headers: accept === undefined ? {} : { Accept: accept } });
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/fhir+json; charset=utf-8']);
    });

    it.each(['json', 'application/json', 'application/fhir%2Bjson', 'application/fhir+json', 'text/json'])('_format=%s counts before Accept', async (format) => {
      expect((await ask(gateway, { path: `/fhir/Patient/${citizen}?_format=${format}`, who: nurse, headers: { Accept: 'text/html' } })).status).toBe(200);
    });

    it('the capability statement too is JSON or a refusal, for everyone and without an entry', async () => {
      const before = await lastSeq(gateway);
      expect((await ask(gateway, { path: '/fhir/metadata', headers: { Accept: 'text/html,*/*;q=0.1' } })).status).toBe(200);
      const refused = await ask(gateway, { path: '/fhir/metadata?_format=ttl' });
      expect([refused.status, codeOf(refused)]).toEqual([406, 'format-unsupported']);
      const xml = await ask(gateway, { path: '/fhir/metadata?_format=xml' });
      expect([xml.status, xml.headers['content-type'], rootOf(xml)]).toEqual([200, 'application/fhir+xml; charset=utf-8', 'CapabilityStatement']);
      expect(await auditSince(gateway, before)).toEqual([]);
    });

    it('HEAD gives the headers of GET and no body, and is written down as a look', async () => {
      const get = await ask(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse });
      const { answer: head, entries } = await askAudited(gateway, { method: 'HEAD', path: `/fhir/Patient/${citizen}`, who: nurse });
      expect([head.status, head.text, head.headers.etag, head.headers['content-type']]).toEqual([200, '', get.headers.etag, get.headers['content-type']]);
      expect(entries.map(({ interaction, disclosed }) => [interaction, disclosed.length > 0])).toEqual([['read', true]]);
      expect((await ask(gateway, { method: 'HEAD', path: `/fhir/Patient/${unknownId}`, who: nurse })).status).toBe(404);
    });

    it('nothing new is 304 without a body, whichever way the ETag is written; another ETag is not', async () => {
      const etag = String((await ask(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse })).headers.etag);
      for (const held of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
        const { answer, entries } = await askAudited(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse, headers: { 'If-None-Match': held } });
        expect([answer.status, answer.text, answer.headers.etag]).toEqual([304, '', etag]);
        expect(entries).toHaveLength(1);
      }
      expect((await ask(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse, headers: { 'If-None-Match': 'W/"0"' } })).status).toBe(200);
    });

    it('in XML, the same as in JSON: a person, a search, a history, the whole record, a refusal', async () => {
      for (const path of [`Patient/${citizen}`, 'Patient?_count=2', `CarePlan?patient=${citizen}`, `Patient/${citizen}/$everything?_count=5`, `Patient/${unknownId}`]) {
        const json = await ask(gateway, { path: `/fhir/${path}`, who: nurse });
        const xml = await ask(gateway, { path: `/fhir/${path}`, who: nurse, headers: { Accept: 'application/fhir+xml' } });
        expect([path, xml.status, xml.headers['content-type']]).toEqual([path, json.status, 'application/fhir+xml; charset=utf-8']);
        const read = readXml(Buffer.from(xml.text), { maxBytes: 10_000_000 });
        if ('problem' in read) throw new Error(`${path}: ${read.problem.code}`);
        expect(withoutPages(read.value)).toBe(withoutPages(JSON.parse(json.text) as JsonObject));
      }
    });

    it('pretty where asked, and refused in the form asked for', async () => {
      const pretty = await ask(gateway, { path: `/fhir/Patient/${citizen}?_pretty=true`, who: nurse });
      expect([pretty.text.startsWith('{\n  "'), pretty.text.replace(/\n\s*/g, '').length < pretty.text.length]).toEqual([true, true]);
      const refused = await ask(gateway, { path: '/fhir/Nonsense/1?_format=xml', who: nurse });
      expect([refused.status, rootOf(refused), refused.text.includes('<code value="type-unknown"/>')]).toEqual([404, 'OperationOutcome', true]);
    });

    it('in part: what was named or is a summary, tagged as a part, on every page and in every form', async () => {
      const part = JSON.parse((await ask(gateway, { path: `/fhir/Patient/${citizen}?_elements=birthDate`, who: nurse })).text) as Patient;
      expect([Object.keys(part).sort(), part.meta?.tag?.some(({ code }) => code === 'SUBSETTED')]).toEqual([
        ['_active', '_birthDate', '_deceasedBoolean', 'active', 'birthDate', 'deceasedBoolean', 'id', 'link', 'meta', 'resourceType'], true]); // active, deceased and link change what the rest means
      const first = bundleOf(await ask(gateway, { path: '/fhir/EpisodeOfCare?_elements=status&_count=1', who: nurse }));
      const second = bundleOf(await ask(gateway, { path: linkOf(first, 'next') ?? '', who: nurse }));
      for (const { entry } of [first, second]) expect(Object.keys(entry?.find(({ search }) => search?.mode === 'match')?.resource ?? {}).sort()).toEqual(['id', 'meta', 'patient', 'resourceType', 'status']);
      const repeated = JSON.parse((await ask(gateway, { path: `/fhir/Patient/${citizen}?_elements=birthDate&_elements=gender`, who: nurse })).text) as Patient;
      expect([repeated.birthDate, repeated.gender, repeated.name]).toEqual([expect.any(String), expect.any(String), undefined]);
      const posted = bundleOf(await ask(gateway, { method: 'POST', path: '/fhir/Patient/_search', who: nurse, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: `identifier=${abdul}&_summary=true` }));
      const [found] = (posted.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Patient' ? [resource] : []));
      expect([found?.contact, found?.name !== undefined, found?.meta?.tag?.some(({ code }) => code === 'SUBSETTED')]).toEqual([undefined, true, true]);
    });

    it('nothing changed since is 304 for what is stored whole, and never for what is composed, or sent with a part that may be seen only since', async () => {
      const own = await gateway.database.query<{ path: string; parts: boolean }>(
        `select r.type || '/' || r.id as path, exists (select from citizen_fragment f where f.citizen_id = r.citizen_id and f.id = r.id) as parts from citizen_row r join sharing_class c on c.class_id = r.class_id
         where r.citizen_id = $1 and c.custodian like '%|RYW' and r.type in ('CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'Observation', 'Encounter', 'CareTeam') order by r.id`, [citizen]);
      const [whole = '', apart = ''] = [false, true].map((parts) => own.find((row) => row.parts === parts)?.path);
      const since = async (path: string, date: string, more: Record<string, string> = {}): Promise<number> => (await ask(gateway, { path: `/fhir/${path}`, who: nurse, headers: { 'If-Modified-Since': date, ...more } })).status;
      const changedOf = async (path: string): Promise<string> => String((await ask(gateway, { path: `/fhir/${path}`, who: nurse })).headers['last-modified']);
      const changed = await changedOf(whole);
      expect([await since(whole, changed), await since(`${whole}/_history/1`, changed), await since(whole, 'Thu, 01 Jan 1970 00:00:00 GMT'), await since(whole, 'yesterday')]).toEqual([304, 304, 200, 200]);
      expect([await since(whole, changed, { 'If-None-Match': 'W/"0"' }), await since(`Patient/${citizen}`, new Date(Date.now() + 86_400_000).toUTCString())]).toEqual([200, 200]);
      expect([await since(apart, await changedOf(apart)), await since(apart, '', { 'If-None-Match': 'W/"1"' })]).toEqual([200, 200]);
    });

    it('what is kept is validated where it is, for whoever may see it', async () => {
      const [plan] = (bundleOf(await ask(gateway, { path: `/fhir/CarePlan?patient=${citizen}&_count=1`, who: nurse })).entry ?? []).map(({ resource }) => resource);
      for (const path of [`CarePlan/${plan?.id}`, `Patient/${citizen}`]) {
        const { answer, entries } = await askAudited(gateway, { path: `/fhir/${path}/$validate`, who: nurse });
        const errors = (JSON.parse(answer.text) as OperationOutcome).issue.filter(({ severity }) => severity === 'error');
        expect([path, answer.status, errors]).toEqual([path, 200, []]);
        expect(entries.map(({ interaction }) => interaction)).toEqual(['read']);
      }
      const changed = await ask(gateway, { method: 'POST', path: `/fhir/CarePlan/${plan?.id}/$validate`, who: nurse, headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify({ ...plan, id: 'other', status: 'x' }) });
      expect((JSON.parse(changed.text) as OperationOutcome).issue.map(({ details }) => details?.coding?.[0]?.code)).toEqual(expect.arrayContaining(['resource-id-differs', 'code-not-in-value-set']));
      const nobody = await ask(gateway, { path: `/fhir/CarePlan/${unknownId}/$validate`, who: nurse });
      expect([nobody.status, codeOf(nobody)]).toEqual([404, 'not-found']);
    });

    it('with the ids the caller gave, kept in the log, and with its organisation where the token says the same', async () => {
      const headers = { 'X-Request-ID': '60e0b220-8136-4ca5-ae46-1d97ef59d068', 'X-Correlation-ID': 'exchange-7', 'NHSD-End-User-Organisation-ODS': 'RYW', 'X-Organisation': 'https://fhir.nhs.uk/Id/ods-organization-code|RYW', 'X-Role': 'nurse', 'X-Purpose-Of-Use': 'TREAT' };
      const { answer, entries } = await askAudited(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse, headers });
      expect([answer.status, answer.headers['x-request-id'], answer.headers['x-correlation-id']]).toEqual([200, headers['X-Request-ID'], 'exchange-7']);
      expect(entries.map(({ request, correlation }) => [request, correlation])).toEqual([[headers['X-Request-ID'], 'exchange-7']]);
      const refused = await askAudited(gateway, { path: '/fhir/Nonsense', who: nurse, headers });
      expect(refused.entries.map(({ correlation, code }) => [correlation, code])).toEqual([['exchange-7', 'type-unknown']]);
      for (const odd of ['a b', 'x'.repeat(65), `about-${abdul}`]) {
        const told = await askAudited(gateway, { path: `/fhir/Patient/${citizen}`, who: nurse, headers: { 'X-Correlation-ID': odd } });
        expect([told.answer.headers['x-correlation-id'], told.entries.map(({ correlation }) => correlation)]).toEqual([undefined, [undefined]]);
      }
    });

    it('If-None-Match tells nothing of what is not there', async () => {
      const answer = await ask(gateway, { path: `/fhir/Patient/${unknownId}`, who: nurse, headers: { 'If-None-Match': '*' } });
      expect([answer.status, codeOf(answer)]).toEqual([404, 'not-found']);
    });
  });

  describe('of a search', () => {
    it('with _count=0 is the total and nothing else, without a next page', async () => {
      const counted = bundleOf(await ask(gateway, { path: '/fhir/EpisodeOfCare?_count=0', who: nurse }));
      const all = bundleOf(await ask(gateway, { path: '/fhir/EpisodeOfCare?_count=200', who: nurse }));
      expect(counted.total).toBe(idsOf(all).length);
      expect(counted.total).toBeGreaterThan(3);
      expect([idsOf(counted), linkOf(counted, 'next')]).toEqual([[], undefined]);
      const people = bundleOf(await ask(gateway, { path: '/fhir/Patient?_count=0', who: nurse }));
      expect([people.total ?? 0, idsOf(people), linkOf(people, 'next')]).toEqual([people.total, [], undefined]);
      expect(people.total).toBeGreaterThan(3);
    });

    it.each(['201', '1000000', '99999999999999999999', '9'.repeat(400)])('with _count=%s is a page of what one page may hold', async (count) => {
      expect((await ask(gateway, { path: `/fhir/EpisodeOfCare?_count=${count}`, who: nurse })).status).toBe(200);
      expect((await ask(gateway, { path: `/fhir/Patient/${citizen}/$everything?_count=${count}`, who: nurse })).status).toBe(200);
    });

    it('says which codes there are where another was asked for', async () => {
      const outcomes = async (path: string): Promise<(string | undefined)[]> => (bundleOf(await ask(gateway, { path, who: nurse })).entry ?? []).flatMap(({ search, resource }) => (search?.mode === 'outcome' && resource?.resourceType === 'OperationOutcome' ? resource.issue.map(({ details }) => `${details?.coding?.[0]?.code}: ${details?.text}`) : []));
      expect(await outcomes('/fhir/Patient?gender=M')).toEqual([expect.stringContaining('search-code-unlisted: No record can have a code that was asked for: gender is one of ')]);
      expect(await outcomes('/fhir/Patient?active=yes')).toEqual([expect.stringContaining('active is one of true, false')]);
      expect(await outcomes('/fhir/Patient?gender=male,female&active=true&_count=1')).toEqual([]);
    });

    it('says what it ignored when asked to be lenient, and only then', async () => {
      const asked = '/fhir/EpisodeOfCare?status=active&_contained=both&_sort=type';
      const bundle = bundleOf(await ask(gateway, { path: asked, who: nurse, headers: { Prefer: 'return=minimal, handling=lenient' } }));
      const outcomes = (bundle.entry ?? []).filter(({ search }) => search?.mode === 'outcome').map(({ resource }) => resource as OperationOutcome);
      expect(outcomes.map(({ issue }) => [issue[0]?.severity, issue[0]?.details?.coding?.[0]?.code, issue[0]?.details?.text])).toEqual([
        ['warning', 'search-parameter-ignored', 'These search parameters are not supported and were ignored: _contained, _sort.']]);
      const plain = bundleOf(await ask(gateway, { path: '/fhir/EpisodeOfCare?status=active', who: nurse }));
      expect([bundle.total, idsOf(bundle)]).toEqual([plain.total, idsOf(plain)]);
      expect((await ask(gateway, { path: asked, who: nurse, headers: { Prefer: 'handling=strict' } })).status).toBe(400);
      expect((await ask(gateway, { path: '/fhir/EpisodeOfCare?status=active&nonsense=1', who: nurse, headers: { Prefer: 'handling=lenient' } })).status).toBe(400);
    });

    it('of the audit trail too says what it ignored', async () => {
      const answer = await ask(gateway, { path: '/fhir/AuditEvent?_include=AuditEvent:patient&_count=1', who: 'governance-lead', headers: { Prefer: 'handling=lenient' } });
      expect(answer.text).toContain('were ignored: _include.');
      expect(answer.headers['preference-applied']).toBe('handling=lenient');
    });

    it('has no identifier in its links', async () => {
      const bundle = bundleOf(await ask(gateway, { path: `/fhir/CarePlan?patient=${citizen}&_count=1`, who: nurse }));
      const people = bundleOf(await ask(gateway, { path: `/fhir/Patient?identifier=${abdul}&family=x,a`, who: nurse }));
      const links = JSON.stringify([bundle.link, people.link]);
      expect(links).toContain('_page=');
      expect(links).not.toMatch(new RegExp(`${citizen}|${abdul}|family|identifier`));
    });
  });

  describe('page by page', () => {
    let next: string;
    beforeAll(async () => {
      next = linkOf(bundleOf(await ask(gateway, { path: '/fhir/EpisodeOfCare?_count=2', who: nurse })), 'next') ?? '';
    });
    const refused = async (path: string, who = nurse): Promise<[number, string]> => {
      const { answer, entries, code } = await askAudited(gateway, { path, who });
      expect(entries.map((entry) => [entry.status, entry.code])).toEqual([[400, 'page-token-invalid']]);
      return [answer.status, code];
    };

    it('goes on where it stopped', async () => {
      expect(bundleOf(await ask(gateway, { path: next, who: nurse })).entry).toHaveLength(2);
    });

    it('refuses a link of another person', async () => {
      expect(await refused(next, 'ward-doctor')).toEqual([400, 'page-token-invalid']);
    });

    it('refuses a link that was tampered with, anywhere', async () => {
      const at = next.indexOf('_page=') + '_page='.length;
      const token = next.slice(at);
      for (const place of [0, 1, 15, 16, 20, 37, 40, token.length - 1]) {
        const other = token[place] === 'A' ? 'B' : 'A';
        expect(await refused(next.slice(0, at) + token.slice(0, place) + other + token.slice(place + 1))).toEqual([400, 'page-token-invalid']);
      }
      for (const cut of [token.slice(0, -1), token.slice(0, 20), `${token}=`, `${token}A`, token.toUpperCase()]) {
        expect(await refused(next.slice(0, at) + cut)).toEqual([400, 'page-token-invalid']);
      }
    });

    it('refuses a link with something added', async () => {
      expect(await refused(`${next}&status=active`)).toEqual([400, 'page-token-invalid']);
    });

    it('refuses a link of another result', async () => {
      const token = next.slice(next.indexOf('_page='));
      for (const path of [`/fhir/CarePlan?${token}`, `/fhir/Patient?${token}`, `/fhir/Patient/${citizen}/$everything?${token}`, `/fhir/CarePlan/${unknownId}/_history?${token}`]) {
        expect(await refused(path)).toEqual([400, 'page-token-invalid']);
      }
      const everything = linkOf(bundleOf(await ask(gateway, { path: `/fhir/Patient/${citizen}/$everything?_count=1`, who: nurse })), 'next') ?? '';
      expect(everything).toContain('_page=');
      expect(await refused(everything.replace(citizen, unknownId))).toEqual([400, 'page-token-invalid']);
      expect(await refused(`/fhir/EpisodeOfCare?${everything.slice(everything.indexOf('_page='))}`)).toEqual([400, 'page-token-invalid']);
      const audit = linkOf(bundleOf(await ask(gateway, { path: '/fhir/AuditEvent?_count=1', who: 'governance-lead' })), 'next') ?? '';
      expect(await refused(audit.replace('AuditEvent', 'Contract'), 'governance-lead')).toEqual([400, 'page-token-invalid']);
    });
  });

  describe('of $everything by POST', () => {
    const post = (body?: string): Promise<Answer> => ask(gateway, {
      method: 'POST', path: `/fhir/Patient/${citizen}/$everything`, who: nurse, ...(body !== undefined && { body }), headers: { 'Content-Type': 'application/fhir+json' },
    });

    it('is that of GET, with parameters in a Parameters resource or none', async () => {
      const get = bundleOf(await ask(gateway, { path: `/fhir/Patient/${citizen}/$everything`, who: nurse }));
      expect(idsOf(bundleOf(await post()))).toEqual(idsOf(get));
      expect(idsOf(get).length).toBeGreaterThan(3);
      const two = bundleOf(await post('{"resourceType":"Parameters","parameter":[{"name":"_count","valueInteger":2}]}'));
      expect(idsOf(two)).toEqual(idsOf(get).slice(0, 3));
    });

    it('holds the types, and what was stored or was then, as it was asked for; the log lists what was sent', async () => {
      type Entry = NonNullable<Bundle['entry']>[number];
      const everything = async (query: string): Promise<Entry[]> => {
        const pages: Entry[] = [];
        for (let path: string | undefined = `/fhir/Patient/${citizen}/$everything?${query}`; path !== undefined;) {
          const { answer, entries } = await askAudited(gateway, { path, who: nurse });
          const bundle = bundleOf(answer);
          pages.push(...(bundle.entry ?? []));
          if (query.startsWith('_type')) expect(entries.flatMap(({ disclosed }) => disclosed).filter((version) => !query.includes(version.split('/')[0] ?? ''))).toEqual([]);
          path = linkOf(bundle, 'next');
        }
        return pages;
      };
      const told = (entries: readonly Entry[]): string[] => entries.flatMap(({ resource }) => (resource && resource.resourceType !== 'OperationOutcome' ? [`${resource.resourceType}/${resource.id ?? ''}`] : []));
      const typesOf = (entries: readonly Entry[]): string[] => [...new Set(told(entries).map((each) => each.split('/')[0] ?? ''))].sort();
      const all = await everything('_count=200');
      const some = await everything('_type=CarePlan,Organization&_type=EpisodeOfCare&_count=1');
      expect(typesOf(some)).toEqual(['CarePlan', 'EpisodeOfCare', 'Organization']);
      expect(told(some).filter((each) => !each.startsWith('Organization')).sort()).toEqual(told(all).filter((each) => /^(CarePlan|EpisodeOfCare)/.test(each)).sort());
      expect(told(await everything('_type=Patient'))).toEqual([`Patient/${citizen}`]);
      const matches = all.filter(({ search, resource }) => search?.mode === 'match' && resource?.resourceType !== 'Patient');
      const since = matches.map(({ resource }) => resource?.meta?.lastUpdated ?? '').sort().at(-1) ?? '';
      const fresh = (await everything(`_since=${since}`)).filter(({ search, resource }) => search?.mode === 'match' && resource?.resourceType !== 'Patient');
      expect(told(fresh)).toEqual(told(matches.filter(({ resource }) => (resource?.meta?.lastUpdated ?? '') >= since)));
      for (const [query, member] of [['start=2999', 'end'], ['end=1900', 'start']] as const) {
        const left = (await everything(query)).filter(({ resource }) => resource?.resourceType === 'EpisodeOfCare');
        expect(left.map(({ resource }) => (resource?.resourceType === 'EpisodeOfCare' ? resource.period?.[member] : null)).filter((day) => day !== undefined)).toEqual([]);
      }
      expect(typesOf(await everything('end=1900'))).toContain('Patient');
      const goesOn = (entries: readonly Entry[]): string[] => told(entries).filter((each) => /^(ServiceRequest|Condition|AllergyIntolerance)/.test(each)).sort();
      expect(goesOn(await everything('start=2999&_count=200'))).toEqual(goesOn(all));
      expect(goesOn(all)).not.toEqual([]);
      expect(typesOf(await everything('_type=Patient,Provenance'))).toEqual(['Patient', 'Provenance']);
    });

    it('refuses a body that is not one', async () => {
      const answer = await post('{"resourceType":"Patient"}');
      expect([answer.status, codeOf(answer)]).toEqual([400, 'resource-type-differs']);
    });
  });

  describe('to a choice', () => {
    const act = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    const objection = (patient: string): Record<string, unknown> => ({
      resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
      category: [{ coding: [{ system: act, code: 'IDSCL' }] }], patient: { reference: `Patient/${patient}` }, dateTime: '2026-06-30T10:00:00+01:00',
      policyRule: { coding: [{ system: act, code: 'OPTOUT' }] }, provision: { type: 'deny' },
    });
    const file = (consent: object): ReturnType<typeof askAudited> => askAudited(gateway, {
      method: 'POST', path: '/fhir/Consent', who: 'privacy-officer', headers: { 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(consent),
    });
    const nothingKept = async (): Promise<void> => {
      expect(await gateway.database.query("select 1 from source_record where feed = 'api'")).toEqual([]);
    };

    it.each<[string, string, object]>([
      ['a purpose no token here carries', 'provision.purpose[0]', { provision: { type: 'deny', purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HPAYMT' }] } }],
      ['a person', 'provision.actor[0].role', { provision: { type: 'deny', actor: [{ role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'PRCP' }] }, reference: { display: 'x' } }] } }],
      ['a sort of resource that is about nobody', 'provision.class[0]', { provision: { type: 'deny', class: [{ system: 'http://hl7.org/fhir/resource-types', code: 'Organization' }] } }],
      ['one record by no id of ours', 'provision.data[0].reference', { provision: { type: 'deny', data: [{ meaning: 'instance', reference: { reference: 'CarePlan/1' } }] } }],
      ['another scope', 'scope', { scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'research' }] } }],
      ['another rule', 'policyRule', { policyRule: { coding: [{ system: act, code: 'EMRGONLY' }] } }],
      ['a status that is no decision', 'status', { status: 'proposed' }],
    ])('that cannot be applied (%s) is 422 at %s, and nothing is kept', async (_, expression, change) => {
      const { answer, entries } = await file({ ...objection(citizen), ...change });
      const [issue] = (JSON.parse(answer.text) as OperationOutcome).issue;
      expect([answer.status, issue?.details?.coding?.[0]?.code, issue?.expression]).toEqual([422, 'consent-not-supported', [expression]]);
      expect(entries.map(({ status, code }) => [status, code])).toEqual([[422, 'consent-not-supported']]);
      await nothingKept();
    });

    it.each<[string, string, object]>([
      ['an exception that excepts nothing', 'provision.provision[0]', { provision: { type: 'deny', provision: [{ type: 'permit' }] } }],
      ['a permission under a refusal', 'provision.type', { provision: { type: 'permit' } }],
    ])('that contradicts itself (%s) is 422 at %s, and nothing is kept', async (_, expression, change) => {
      const { answer } = await file({ ...objection(citizen), ...change });
      const [issue] = (JSON.parse(answer.text) as OperationOutcome).issue;
      expect([answer.status, issue?.details?.coding?.[0]?.code, issue?.expression]).toEqual([422, 'consent-contradictory', [expression]]);
      await nothingKept();
    });

    it.each<[string, object]>([
      ['an unknown element', { nonsense: true }],
      ['a date that does not exist', { dateTime: '2026-02-30' }],
      ['a status that is no code of FHIR', { status: 'denied' }],
      ['a list where one thing belongs', { provision: [{ type: 'deny' }] }],
      ['no scope', { scope: undefined }],
    ])('that is not valid FHIR (%s) is 422 with the element, and nothing is kept', async (_, change) => {
      const { answer, entries } = await file({ ...objection(citizen), ...change });
      const { issue } = JSON.parse(answer.text) as OperationOutcome;
      expect(answer.status).toBe(422);
      expect(issue.every(({ expression }) => expression?.length === 1)).toBe(true);
      expect(entries.map(({ status, disclosed }) => [status, disclosed])).toEqual([[422, []]]);
      await nothingKept();
    });

    it('about nobody, about a record one may not know of and about no person at all is one and the same', async () => {
      const [row] = await gateway.database.query<{ id: string }>("select id from citizen_row where type = 'EpisodeOfCare' limit 1");
      const hidden = row?.id ?? '';
      expect(hidden).toMatch(/^[0-9a-f-]{36}$/);
      const answers = await Promise.all([unknownId, hidden, abdul].map(async (id) => {
        const { answer } = await file(objection(id));
        return [answer.status, answer.text, Object.keys(answer.headers)];
      }));
      expect(answers[0]?.[0]).toBe(422);
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      await nothingKept();
    });
  });
});
