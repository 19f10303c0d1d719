import { readFileSync } from 'node:fs';
import type { Bundle, CapabilityStatement, OperationOutcome, Parameters, ValueSet } from '@medplum/fhirtypes';
import { openEmptyPglite } from '../../databases.ts';
import { startGateway, type Gateway } from '../../gateway.ts';
import { routeTable } from '../../flow/route-table.ts';
import { ask, askAudited, auditSince, codeOf, lastSeq, type Answer } from './asking.ts';

const nurse = 'community-nurse';
const base = 'https://fhir.bicp.example';
const json = { 'Content-Type': 'application/fhir+json' };

let gateway: Gateway;
beforeAll(async () => { gateway = await startGateway(await openEmptyPglite()); });
afterAll(() => gateway.close());

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => ask(gateway, { path: `/fhir/${path}`, who: nurse, headers });
const post = (path: string, body: object): Promise<Answer> => ask(gateway, { method: 'POST', path: `/fhir/${path}`, who: nurse, headers: json, body: JSON.stringify(body) });
const read = <T>(answer: Answer): T => {
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as T;
};
const idsOf = (bundle: Bundle): (string | undefined)[] => (bundle.entry ?? []).filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource?.id);

describe('what is published, over HTTP', () => {
  it('is found by url, name, status, version and id, and read by id, in both forms', async () => {
    const found = async (query: string): Promise<(string | undefined)[]> => idsOf(read<Bundle>(await get(query)));
    expect(await found(`ValueSet?url=${base}/ValueSet/programme`)).toEqual(['programme']);
    expect(await found('StructureDefinition?name=onestory-PATIENT')).toEqual(['OneStory-Patient']);
    expect(await found('StructureDefinition?name:contains=storypat&status=draft')).toEqual(['OneStory-Patient']);
    expect(await found('StructureDefinition?name:exact=onestorypatient')).toEqual([]);
    expect(await found('StructureDefinition?_id=OneStory-Patient,OneStory-Task&version=0.1.0')).toEqual(['OneStory-Patient', 'OneStory-Task']);
    expect(await found('CapabilityStatement')).toEqual(['onestory']);
    const answer = await get('ConceptMap/hl7v2-adt-sex');
    expect(read<{ url: string }>(answer).url).toBe(`${base}/ConceptMap/hl7v2-adt-sex`);
    expect((await get('ConceptMap/hl7v2-adt-sex', { 'If-None-Match': String(answer.headers.etag) })).status).toBe(304);
    expect((await get('StructureMap/hl7v2-person?_format=xml')).text).toMatch(/<StructureMap xmlns="http:\/\/hl7.org\/fhir"><id value="hl7v2-person"\/>/);
    expect(codeOf(await get('ConceptMap/unheard-of'))).toBe('not-found');
  });

  it('comes in pages, without repeats, by GET and by POST', async () => {
    const ids: (string | undefined)[] = [];
    let bundle = read<Bundle>(await ask(gateway, { method: 'POST', path: '/fhir/CodeSystem/_search', who: nurse, headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: '_count=50&_elements=url' }));
    for (;;) {
      ids.push(...idsOf(bundle));
      expect(bundle.entry?.every(({ resource }) => !(resource && 'concept' in resource))).toBe(true);
      const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
      if (next === undefined) break;
      bundle = read<Bundle>(await ask(gateway, { path: next.slice(gateway.url.length), who: nurse }));
    }
    expect(ids).toHaveLength(bundle.total ?? 0);
    expect([new Set(ids).size, ids.length > 100]).toEqual([ids.length, true]);
  });

  it.each([['ValueSet?publisher=x', 'search-parameter-unknown'], ['ValueSet?url:below=x', 'search-parameter-unknown'], ['ValueSet?url=', 'search-value-empty'], ['ValueSet?_count=x', 'search-value-invalid'], ['ValueSet?_page=AAAA', 'page-token-invalid']])('refuses %s: %s', async (path, code) => {
    const answer = await get(path);
    expect([answer.status, codeOf(answer)]).toEqual([400, code]);
    expect((await get(path, { Prefer: 'handling=lenient' })).status).toBe(400);
  });

  it('leaves out what only shapes the answer, where asked to, and says so', async () => {
    expect(codeOf(await get('ValueSet?_sort=name'))).toBe('search-parameter-unknown');
    expect(read<Bundle>(await get('ValueSet?_sort=name', { Prefer: 'handling=lenient' })).entry?.at(-1)?.search?.mode).toBe('outcome');
  });

  it('is nobody\'s data: no entry is written for it, and none of it is given without a token or scope', async () => {
    const before = await lastSeq(gateway);
    await get('ValueSet/programme');
    await get(`ValueSet/$expand?url=${base}/ValueSet/programme`);
    expect(await auditSince(gateway, before)).toEqual([]);
    const { answer, entries } = await askAudited(gateway, { path: '/fhir/ValueSet', who: null });
    expect([answer.status, entries.length]).toEqual([401, 1]);
    expect((await ask(gateway, { path: '/fhir/ValueSet/programme', who: 'uhb-adt' })).status).toBe(403);
  });
});

describe('terminology', () => {
  const programme = `${base}/ValueSet/programme`;
  const expanded = async (query: string): Promise<ValueSet['expansion']> => read<ValueSet>(await get(`ValueSet/${query}`)).expansion;
  const said = async (answer: Promise<Answer>): Promise<Record<string, unknown>> => Object.fromEntries((read<Parameters>(await answer).parameter ?? []).map(({ name = '', ...value }) => [name, Object.values(value)[0]]));

  it('lists the codes of our value sets and of those of R4, filtered and in pages', async () => {
    const whole = await expanded(`$expand?url=${programme}`);
    expect(whole?.contains?.length).toBe(whole?.total);
    expect(whole?.contains?.[0]).toEqual({ system: expect.stringMatching(/^https:/) as string, code: expect.any(String) as string, display: expect.any(String) as string });
    expect((await expanded('programme/$expand'))?.contains).toEqual(whole?.contains);
    const genders = await expanded('$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&offset=1&count=2');
    expect([genders?.total, genders?.offset, genders?.contains?.map(({ code, display }) => [code, display])]).toEqual([4, 1, [['female', 'Female'], ['other', 'Other']]]);
    expect((await expanded('$expand?url=http://hl7.org/fhir/ValueSet/administrative-gender&filter=FEM'))?.contains?.map(({ code }) => code)).toEqual(['female']);
    const posted = read<ValueSet>(await post('ValueSet/$expand', { resourceType: 'Parameters', parameter: [{ name: 'url', valueUri: programme }, { name: 'count', valueInteger: 1 }] }));
    expect([posted.expansion?.contains?.length, posted.expansion?.total]).toEqual([1, whole?.total]);
  });

  it('says whether a code is one of a value set, by itself, in a coding and in a concept', async () => {
    const gender = 'url=http://hl7.org/fhir/ValueSet/administrative-gender';
    const system = 'http://hl7.org/fhir/administrative-gender';
    expect(await said(get(`ValueSet/$validate-code?${gender}&code=male&system=${system}&display=MALE`))).toEqual({ result: true, display: 'Male' });
    expect(await said(get(`ValueSet/$validate-code?${gender}&code=male&display=Female`))).toMatchObject({ result: false, display: 'Male' });
    expect(await said(get(`ValueSet/$validate-code?${gender}&code=male&system=urn:other`))).toMatchObject({ result: false });
    const concept = { coding: [{ system: 'urn:other', code: 'm' }, { system, code: 'male' }] };
    expect(await said(post('ValueSet/$validate-code', { resourceType: 'Parameters', parameter: [{ name: 'url', valueUri: gender.slice(4) }, { name: 'codeableConcept', valueCodeableConcept: concept }] }))).toMatchObject({ result: true });
  });

  it('looks a code up, and translates one by the table the maps use', async () => {
    expect(await said(get('CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=female'))).toEqual({ name: 'AdministrativeGender', display: 'Female' });
    expect(codeOf(await get('CodeSystem/$lookup?system=http://hl7.org/fhir/administrative-gender&code=x'))).toBe('code-unknown');
    const answer = read<Parameters>(await get('ConceptMap/hl7v2-adt-sex/$translate?code=1'));
    expect(answer.parameter?.[1]?.part?.[1]).toEqual({ name: 'concept', valueCoding: { system: 'http://hl7.org/fhir/administrative-gender', code: 'male', display: 'Male' } });
    expect(await said(get(`ConceptMap/$translate?url=${base}/ConceptMap/hl7v2-adt-sex&code=unheard-of`))).toMatchObject({ result: false });
    expect(await said(get('ConceptMap/hl7v2-adt-sex/$translate?code=1&targetsystem=urn:other'))).toMatchObject({ result: false });
  });

  it.each([
    ['ValueSet/$expand', 400, 'operation-input-invalid'], ['ValueSet/$expand?url=urn:x&nonsense=1', 400, 'operation-input-invalid'], ['ValueSet/$expand?url=urn:x', 404, 'canonical-unknown'],
    ['ValueSet/unheard-of/$expand', 404, 'not-found'], ['ValueSet/programme/$expand?url=urn:x', 400, 'operation-input-invalid'], ['ValueSet/programme/$expand?count=-1', 400, 'operation-input-invalid'],
    ['ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/body-site', 422, 'value-set-not-listed'], ['ValueSet/programme/$validate-code', 400, 'operation-input-invalid'],
    ['CodeSystem/$lookup?code=x', 400, 'operation-input-invalid'], ['CodeSystem/$lookup?system=http://snomed.info/sct&code=x', 404, 'canonical-unknown'], ['ConceptMap/$translate?code=1', 400, 'operation-input-invalid'],
    ['ConceptMap/$translate?url=urn:x&code=1', 404, 'canonical-unknown'],
  ])('refuses %s: %i %s', async (path, status, code) => {
    const answer = await get(path);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});

describe('a map tried on what is sent', () => {
  const example = (path: string): Buffer => readFileSync(`mappings/${path}`);
  const binary = (bytes: Buffer | string): object => ({ resourceType: 'Binary', contentType: 'application/octet-stream', data: Buffer.from(bytes).toString('base64') });
  const tried = (path: string, body: object, who: string | null = 'uhb-integration'): Promise<Answer> => ask(gateway, { method: 'POST', path: `/fhir/StructureMap/${path}`, who, headers: json, body: JSON.stringify(body) });
  const typesIn = (answer: Answer): unknown[] => [...new Set((read<Bundle>(answer).entry ?? []).map(({ resource }) => resource?.resourceType))];

  it('makes what intake would make, by canonical or id, of bytes or of FHIR, and keeps nothing; the entry names the map alone', async () => {
    const adt = binary(example('hl7v2-adt/examples/stay-from-front-door-to-home/input.hl7'));
    const { answer, entries } = await askAudited(gateway, { method: 'POST', path: '/fhir/StructureMap/hl7v2-adt/$transform', who: 'uhb-integration', headers: json, body: JSON.stringify(adt) });
    expect(typesIn(answer)).toEqual(expect.arrayContaining(['Patient', 'Encounter']));
    expect(entries.map(({ interaction, query, status }) => [interaction, query, status])).toEqual([['transform', 'StructureMap/hl7v2-adt/$transform', 200]]);
    const byUrl = { resourceType: 'Parameters', parameter: [{ name: 'source', valueUri: `${base}/StructureMap/hl7v2-adt` }, { name: 'content', resource: adt }] };
    expect(typesIn(await tried('$transform', byUrl))).toEqual(typesIn(answer));
    expect(typesIn(await tried('fhir-r4/$transform', JSON.parse(example('fhir-r4/examples/every-type-taken/input.json').toString()) as object))).toEqual(expect.arrayContaining(['ServiceRequest', 'CareTeam']));
    expect((read<Bundle>(await ask(gateway, { path: '/fhir/Encounter?_summary=count', who: 'ward-doctor' }))).total).toBe(0);
  });

  it.each<[string, string, object, string | null, number, string]>([
    ['a map that others import', 'care-home-shared/$transform', binary('x'), 'uhb-integration', 422, 'map-not-entry'],
    ['a map nobody published', 'unheard-of/$transform', binary('x'), 'uhb-integration', 404, 'not-found'],
    ['a canonical nobody published', '$transform?source=urn:x', binary('x'), 'uhb-integration', 404, 'canonical-unknown'],
    ['no map', '$transform', binary('x'), 'uhb-integration', 400, 'operation-input-invalid'],
    ['no content', 'hl7v2-adt/$transform', { resourceType: 'Parameters' }, 'uhb-integration', 400, 'operation-input-invalid'],
    ['content that is no base64', 'hl7v2-adt/$transform', { resourceType: 'Binary', data: '*' }, 'uhb-integration', 400, 'operation-input-invalid'],
    ['FHIR for a map that reads none', 'hl7v2-adt/$transform', { resourceType: 'Patient' }, 'uhb-integration', 400, 'operation-input-invalid'],
    ['more records than are tried at once', 'cld-event/$transform', binary(`${example('cld/examples/abdul-reablement-release-1/input.csv').toString()}${'x\n'.repeat(101)}`), 'uhb-integration', 413, 'source-too-many-rows'],
    ['a person', 'hl7v2-adt/$transform', binary('x'), 'governance-lead', 403, 'integration-required'],
    ['a feed', 'hl7v2-adt/$transform', binary('x'), 'uhb-adt', 403, 'scope-missing'],
  ])('refuses %s', async (_what, path, body, who, status, code) => {
    const { answer, entries } = await askAudited(gateway, { method: 'POST', path: `/fhir/StructureMap/${path}`, who, headers: json, body: JSON.stringify(body) });
    expect([answer.status, codeOf(answer), entries.map((entry) => [entry.interaction, entry.status])]).toEqual([status, code, [['transform', status]]]);
  });
});

describe('what is offered', () => {
  interface Offered { method: string; path: string; query: string[]; body: string | undefined }
  let offered: Offered[];
  beforeAll(async () => {
    const document = JSON.parse((await ask(gateway, { path: '/fhir/openapi.json' })).text) as { paths: Record<string, Record<string, { parameters?: { name: string }[]; requestBody?: { content: object } }>> };
    offered = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).filter(([method]) => method !== 'parameters').map(([method, { parameters = [], requestBody }]) => (
      { method: method.toUpperCase(), path: path === '/' ? '' : path, query: parameters.map(({ name }) => name), body: Object.keys(requestBody?.content ?? {})[0] })));
  });
  const unknownId = '00000000-0000-4000-8000-000000000001';
  const reached = (path: string, route: string): boolean => {
    const [steps, places] = [path.split('/'), route.split('/')];
    return steps.length === places.length && places.every((place, i) => place === steps[i] || (place.startsWith(':') && !(steps[i] ?? '').startsWith('$') && steps[i] !== '_history' && steps[i] !== '_search'));
  };

  it('is answered, every request of it: no address and no method is only said to be there', async () => {
    expect(offered.length).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (const { method, path, body } of offered) {
      const answer = await ask(gateway, { method, path: `/fhir${path.replace('{id}', unknownId).replace('{version}', '1')}`, who: 'governance-lead', headers: { Accept: 'application/fhir+json', ...(body !== undefined && { 'Content-Type': body }) }, ...(body !== undefined && { body: '{}' }) });
      const code = answer.status >= 400 ? codeOf(answer) : '';
      if (answer.status >= 500 || ['address-unknown', 'type-unknown', 'interaction-unsupported', 'media-type-unsupported'].includes(code)) wrong.push(`${method} ${path}: ${answer.status} ${code}`);
    }
    expect(wrong).toEqual([]);
  });

  it('is every handler there is', () => {
    const handlers = routeTable(gateway.app).filter((route) => /^(?:GET|POST|PUT|PATCH|DELETE) \/fhir/.test(route) && !/openapi|well-known/.test(route)).map((route) => route.split(' ') as [string, string]);
    expect(handlers.filter(([method, route]) => !offered.some((each) => each.method === method && reached(`/fhir${each.path}`, route))).map((each) => each.join(' '))).toEqual([]);
  });

  it('is searched by every parameter that is listed', async () => {
    const values: Readonly<Record<string, string>> = { date: '2026', reference: `Patient/${unknownId}`, number: '1', quantity: '1', uri: 'urn:x', token: 'x', string: 'x' };
    const resources = read<CapabilityStatement>(await get('metadata')).rest?.[0]?.resource ?? [];
    const together = 10;
    const asked = resources.flatMap(({ type = '', searchParam = [] }) => {
      const each = searchParam.map(({ name, type: kind = '' }) => `${name}=${values[kind] ?? 'x'}`);
      return Array.from({ length: Math.ceil(each.length / together) }, (_, i) => `${type}?${each.slice(i * together, (i + 1) * together).join('&')}`);
    });
    const refused: string[] = [];
    for (const path of asked) {
      const answer = await ask(gateway, { path: `/fhir/${path}`, who: 'governance-lead' });
      if (answer.status !== 200 && (answer.status >= 500 || codeOf(answer) === 'search-parameter-unknown')) refused.push(`${path}: ${codeOf(answer)}`);
    }
    expect([asked.length > 15, refused]).toEqual([true, []]);
  });
});

describe('$validate', () => {
  const task = { resourceType: 'Task', status: 'requested', intent: 'order' };
  const found = async (answer: Promise<Answer>): Promise<(readonly [string | undefined, string | undefined])[]> =>
    read<OperationOutcome>(await answer).issue.map(({ severity, details }) => [severity, details?.coding?.[0]?.code] as const);
  const errorsIn = async (answer: Promise<Answer>): Promise<(string | undefined)[]> => (await found(answer)).filter(([severity]) => severity === 'error').map(([, code]) => code);

  it('tells everything wrong with a resource with 200, keeps nothing, and logs its type alone', async () => {
    const rows = async (): Promise<unknown> => gateway.database.query('select count(*) from citizen_row');
    const kept = await rows();
    const body = { resourceType: 'Patient', birthDate: '1950-02-30', nonsense: 'Margaret' };
    const { answer, entries } = await askAudited(gateway, { method: 'POST', path: '/fhir/Patient/$validate', who: nurse, headers: json, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    expect((JSON.parse(answer.text) as OperationOutcome).issue.map(({ details }) => details?.coding?.[0]?.code)).toEqual(expect.arrayContaining(['date-unreal', 'element-unknown']));
    expect(entries.map(({ interaction, query, disclosed }) => [interaction, query, disclosed])).toEqual([['validate', 'Patient/$validate', []]]);
    expect(JSON.stringify([entries, answer.text])).not.toContain('Margaret');
    expect(await rows()).toEqual(kept);
  });

  it('takes the resource by itself or as an input, in XML as in JSON, of any type of R4, from anybody with a token', async () => {
    expect(await errorsIn(post('Goal/$validate', { resourceType: 'Goal', lifecycleStatus: 'active', description: { text: 'Walk' }, subject: { reference: 'Patient/1' } }))).toEqual([]);
    expect(await errorsIn(post('Task/$validate', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { ...task, status: 'x' } }] }))).toContain('code-not-in-value-set');
    const xml = '<Basic xmlns="http://hl7.org/fhir"><code><text value="x"/></code></Basic>';
    expect(await errorsIn(ask(gateway, { method: 'POST', path: '/fhir/Basic/$validate', who: 'uhb-adt', headers: { 'Content-Type': 'application/fhir+xml', Accept: 'application/fhir+json' }, body: xml }))).toEqual([]);
    expect(await errorsIn(post('Patient/$validate', task))).toContain('resource-type-differs');
  });

  it('goes by the profile that is asked for, and by what the type takes', async () => {
    const asked = (more: object[]): Promise<Answer> => post('Task/$validate', { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: task }, ...more] });
    expect(await errorsIn(asked([{ name: 'profile', valueUri: `${base}/StructureDefinition/OneStory-Task` }]))).toEqual(await errorsIn(asked([])));
    expect(await errorsIn(asked([{ name: 'profile', valueUri: 'urn:unheard-of' }]))).toContain('profile-unknown');
    const [statement] = read<CapabilityStatement>(await get('metadata')).rest ?? [];
    const creates = statement?.resource?.find(({ type }) => type === 'Contract')?.interaction?.some(({ code }) => code === 'create') ?? false;
    const contract = post('Contract/$validate?mode=create', { resourceType: 'Contract' });
    expect((await errorsIn(contract)).includes('interaction-unsupported')).toBe(!creates);
  });

  it.each<[string, object | string, number, string]>([
    ['Task/$validate', { resourceType: 'Parameters' }, 400, 'operation-input-invalid'], ['Task/$validate?mode=x', task, 400, 'operation-input-invalid'], ['Task/$validate?mode=update', task, 400, 'operation-input-invalid'],
    ['Task/$validate?mode=profile', task, 400, 'operation-input-invalid'], ['Nonsense/$validate', task, 404, 'type-unknown'], ['Task/$validate', '{', 400, 'json-syntax'],
    ['Task/00000000-0000-4000-8000-000000000001/$validate', task, 404, 'not-found'],
  ])('refuses %s of %j: %i %s', async (path, body, status, code) => {
    const answer = await ask(gateway, { method: 'POST', path: `/fhir/${path}`, who: nurse, headers: json, body: typeof body === 'string' ? body : JSON.stringify(body) });
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
  });
});
