import type { Bundle, Composition, CompositionSection, List, Measure, MeasureReport, OperationOutcome, Parameters, Task } from '@medplum/fhirtypes';
import type { JsonObject } from '../../src/fhir/json.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { databases, roundsAt } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { awayFromMidnight } from '../patience.ts';

const people = { abdul: '9990000379', alice: '9990000743' };
const [bchc, council, uhb] = ['Birmingham Community Healthcare NHS Foundation Trust', 'Birmingham City Council', 'University Hospitals Birmingham NHS Foundation Trust'];

describe.each(databases)('one story, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  async function idOf(number: string, who = 'community-nurse'): Promise<string> {
    const bundle = (await (await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${number}` }, who)).json()) as Bundle;
    return bundle.entry?.[0]?.resource?.id ?? '';
  }

  async function story(number: string, who = 'community-nurse'): Promise<Bundle> {
    const response = await gateway.get(`/fhir/Patient/${await idOf(number, who)}/$story`, who);
    expect(response.status).toBe(200);
    return (await response.json()) as Bundle;
  }

  const sections = (bundle: Bundle): CompositionSection[] => (bundle.entry?.[0]?.resource as Composition).section ?? [];
  const section = (bundle: Bundle, code: string): CompositionSection | undefined => sections(bundle).find((each) => each.code?.coding?.[0]?.code === code);
  const lines = (within: CompositionSection | undefined): CompositionSection[] => (within?.section ?? []).flatMap((each) => (each.section ? each.section : [each]));
  const titles = (within: CompositionSection | undefined): string[] => lines(within).map(({ title }) => title ?? '');
  const saidBy = (line: CompositionSection | undefined): string[] => [...new Set((line?.entry ?? []).flatMap(({ extension }) => extension?.[0]?.extension?.find(({ url }) => url === 'custodian')?.valueReference?.display ?? []))].sort();

  async function act(operation: string, number: string, parameter: unknown[], who = 'community-nurse'): Promise<{ status: number; code: string | undefined; text: string }> {
    const response = await fetch(`${gateway.url}/fhir/Patient/${await idOf(number)}/$${operation}`, {
      method: 'POST', body: JSON.stringify({ resourceType: 'Parameters', parameter }), headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' },
    });
    const text = await response.text();
    return { status: response.status, code: (JSON.parse(text) as OperationOutcome).issue?.[0]?.details?.coding?.[0]?.code, text };
  }
  const about = (reference: string): unknown => ({ name: 'reference', valueReference: { reference } });

  it.each(Object.entries(people))('tells %s from top to bottom in one valid document', async (_name, number) => {
    const bundle = await story(number);
    expect(validateResource(bundle as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    expect(sections(bundle).map(({ code }) => code?.coding?.[0]?.code)).toEqual(['who', 'where-now', 'who-to-talk-to', 'plan', 'coming-next', 'alerts', 'told-once', 'referrals', 'what-happened', 'disagreements', 'not-shown']);
    expect(bundle.entry?.slice(0, 2).map(({ resource }) => resource?.resourceType)).toEqual(['Composition', 'Patient']);
  });

  it('says of each line who said it, in which version and when, and holds what it names', async () => {
    const bundle = await story(people.alice);
    const held = new Set(bundle.entry?.map(({ fullUrl }) => fullUrl));
    const all = sections(bundle).filter(({ code }) => code?.coding?.[0]?.code !== 'not-shown').flatMap(lines);
    expect(all.length).toBeGreaterThan(20);
    for (const line of all.filter(({ code }) => code?.coding?.[0]?.code !== 'contact-out-of-hours')) {
      expect(line.entry?.length).toBeGreaterThan(0);
      for (const { reference = '', extension } of line.entry ?? []) {
        expect(held).toContain(reference);
        const parts = Object.fromEntries((extension?.[0]?.extension ?? []).map(({ url, ...value }) => [url, value]));
        expect(parts).toMatchObject({ custodian: { valueReference: { display: expect.stringMatching(/./) as string } }, on: { valueDateTime: expect.stringMatching(/^\d{4}/) as string }, 'age-days': { valueInteger: expect.any(Number) as number } });
        expect(parts['record']?.valueReference?.reference).toMatch(new RegExp(`^${reference.replace(/[$.*+?^()[\]{}|]/g, '\\$&')}/_history/\\d+$`));
      }
    }
  });

  it('makes one plan of Abdul\'s two partners\' plans, with both named', async () => {
    const bundle = await story(people.abdul);
    const [plan, ...others] = (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'CarePlan' && resource.meta?.source === 'urn:onestory:composed#plan-v1' ? [resource] : []));
    expect(others).toEqual([]);
    expect(plan?.contributor?.map(({ display }) => display).sort()).toEqual([council, bchc].sort());
    expect(plan?.activity?.map(({ extension }) => extension?.[0]?.extension?.find(({ url }) => url === 'custodian')?.valueReference?.display).sort()).toEqual(expect.arrayContaining([council, bchc]) as string[]);
    const told = section(bundle, 'plan');
    expect(saidBy(lines(told)[0])).toEqual([council, bchc].sort());
    expect(titles(told)).toEqual(expect.arrayContaining([expect.stringContaining('Walking practice with a frame'), 'Out of hours: 0121 496 0499, Birmingham City Council', expect.stringContaining('Reablement')]) as string[]);
  });

  it('tells Alice\'s way from hospital bed to home as one thread, in which leaving is one line of three organisations', async () => {
    const bundle = await story(people.alice);
    const happened = section(bundle, 'what-happened');
    const left = lines(happened).find((each) => / Left /.test(each.title ?? '') && saidBy(each).includes(uhb));
    if (!left) throw new Error(titles(happened).join('\n'));
    expect(saidBy(left)).toEqual([council, bchc, uhb].sort());
    const thread = happened?.section?.find((each) => each.section?.some(({ title }) => title === left?.title));
    const inThread = (thread?.section ?? []).map(({ title = '' }) => title);
    for (const kind of ['Referral', 'Stay', 'Left', 'Plan']) expect([kind, inThread.some((title) => title.includes(`: ${kind}`))]).toEqual([kind, true]);
    const list = bundle.entry?.find(({ fullUrl }) => fullUrl === thread?.entry?.[0]?.reference)?.resource as List | undefined;
    const held = new Set(bundle.entry?.map(({ fullUrl }) => fullUrl));
    expect([...new Set(list?.entry?.map(({ item }) => item.type))].sort()).toEqual(expect.arrayContaining(['CarePlan', 'Encounter', 'ServiceRequest']));
    for (const { item } of list?.entry ?? []) expect(held).toContain(item.reference);
  });

  it('is at no address but its own: what is composed cannot be read by itself', async () => {
    const bundle = await story(people.abdul);
    const composed = (bundle.entry ?? []).filter(({ fullUrl }) => fullUrl?.startsWith('urn:uuid:'));
    expect(composed.length).toBeGreaterThan(2);
    for (const { resource } of composed.slice(0, 3)) expect((await gateway.get(`/fhir/${resource?.resourceType ?? ''}/${resource?.id ?? ''}`, 'community-nurse')).status).toBe(404);
  });

  it('tells a reader with fewer rights a story with less in it, and that there may be more, and not what', async () => {
    const bundle = await story(people.alice, 'mental-health-nurse');
    expect(JSON.stringify(bundle)).not.toContain('Home support');
    expect(titles(section(bundle, 'not-shown')).join()).toContain('Some information is not shown');
    expect(titles(section(bundle, 'not-shown')).join()).not.toMatch(/council|social|plan/i);
  });

  describe('a summary, and what is asked before it', () => {
    const numberOf = (number: string): unknown => ({ name: 'identifier', valueString: `https://fhir.nhs.uk/Id/nhs-number|${number}` });
    const post = async (path: string, parameter: unknown[], who = 'community-nurse'): Promise<Response> => fetch(`${gateway.url}/fhir/${path}`, {
      method: 'POST', body: JSON.stringify({ resourceType: 'Parameters', parameter }), headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' },
    });
    const lastEntry = async (interaction: string): Promise<{ query: string; disclosed: string[]; status: number } | undefined> =>
      (await gateway.database.query<{ entry: string }>(`select entry from audit_entry order by seq desc limit 5`)).map(({ entry }) => JSON.parse(entry) as { interaction: string; query: string; disclosed: string[]; status: number }).find((each) => each.interaction === interaction);

    it.each(Object.entries(people))('tells %s as a valid document of which every reference is held, by id and by number', async (_name, number) => {
      const response = await gateway.get(`/fhir/Patient/${await idOf(number)}/$summary`, 'community-nurse');
      expect(response.status).toBe(200);
      const bundle = (await response.json()) as Bundle;
      expect(validateResource(bundle as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
      const [first, ...rest] = bundle.entry ?? [];
      const composition = first?.resource as Composition;
      const held = new Set(rest.map(({ fullUrl }) => fullUrl));
      const references = (composition.section ?? []).flatMap(({ entry }) => (entry ?? []).map(({ reference }) => reference));
      expect([bundle.type, composition.type.coding?.[0]?.code, rest[0]?.resource?.resourceType, references.length > 0]).toEqual(['document', '60591-5', 'Patient', true]);
      for (const reference of references) expect(held).toContain(reference);
      const disclosed = (await lastEntry('summary'))?.disclosed ?? [];
      expect(disclosed).toEqual(expect.arrayContaining(rest.flatMap(({ resource }) => (resource?.resourceType === 'Organization' || resource?.meta?.source?.startsWith('urn:onestory:composed') ? [] : [`${resource?.resourceType ?? ''}/${resource?.id ?? ''}/_history/${resource?.meta?.versionId ?? ''}`]))) as string[]);
      const named = await post('Patient/$summary', [numberOf(number)]);
      expect([named.status, ((await named.json()) as Bundle).entry?.map(({ fullUrl }) => fullUrl)]).toEqual([200, bundle.entry?.map(({ fullUrl }) => fullUrl)]);
      expect((await lastEntry('summary'))?.query).toBe('Patient/$summary?identifier=*');
    });

    it('says that something is kept back as far as it may be said, and not of which section', async () => {
      const bundle = (await (await post('Patient/$summary', [numberOf(people.alice)], 'mental-health-nurse')).json()) as Bundle;
      expect(JSON.stringify(bundle)).not.toContain('Home support');
      expect(section(bundle, 'not-shown')?.text?.div).toContain('Some information is not shown');
      expect(sections(bundle).filter(({ text }) => text?.div?.includes('not shown'))).toHaveLength(1);
    });

    it('answers alike of nobody, of a stranger and of what is no id; and refuses what names nobody', async () => {
      const ways: (() => Promise<Response>)[] = [
        () => gateway.get('/fhir/Patient/00000000-0000-4000-8000-000000000000/$summary', 'community-nurse'), () => gateway.get('/fhir/Patient/x/$summary', 'community-nurse'),
        () => post('Patient/$summary', [numberOf('9991234561')]), () => post('Patient/$summary', [numberOf(people.abdul)], 'gp'),
      ];
      const answers = await Promise.all(ways.map(async (way) => { const response = await way(); return `${response.status} ${await response.text()}`; }));
      expect([new Set(answers).size, answers[0]?.slice(0, 3)]).toEqual([1, '404']);
      for (const parameter of [[], [{ name: 'identifier', valueString: people.alice }], [numberOf(people.alice), { name: 'profile', valueCanonical: 'urn:other' }], [{ name: 'identifier', valueString: 'a|b,c|d' }]]) expect((await post('Patient/$summary', parameter)).status).toBe(400);
    });

    it('tells a system whether there is anything, as numbers, and nobody and a stranger alike', async () => {
      const answer = (await (await post('Patient/$presence', [numberOf(people.abdul)])).json()) as Parameters;
      expect(answer.parameter?.[0]).toEqual({ name: 'present', valueBoolean: true });
      const counted: Record<string, number | undefined> = Object.fromEntries((answer.parameter ?? []).filter(({ name }) => name === 'category').map(({ part }) => [part?.[0]?.valueCode, part?.[1]?.valueInteger]));
      const everything = (await (await gateway.get(`/fhir/Patient/${await idOf(people.abdul)}/$everything?_count=200`, 'community-nurse')).json()) as Bundle;
      const rows = (everything.entry ?? []).filter(({ resource, search }) => search?.mode === 'match' && resource?.resourceType !== 'Patient');
      expect(Object.values(counted).reduce<number>((sum, each) => sum + (each ?? 0), 0)).toBe(rows.length);
      const nobody = await (await post('Patient/$presence', [numberOf('9991234561')])).text();
      expect([nobody, await (await post('Patient/$presence', [numberOf(people.abdul)], 'gp')).text(), await (await gateway.get('/fhir/Patient/x/$presence', 'community-nurse')).text()]).toEqual(Array.from({ length: 3 }, () => '{"resourceType":"Parameters","parameter":[{"name":"present","valueBoolean":false}]}'));
      expect(await lastEntry('presence')).toMatchObject({ status: 200, disclosed: [] });
    });

    it('gives the other identifiers of whom it may show, in the words of ITI-83 where it does not', async () => {
      const pix = async (query: string, who = 'community-nurse'): Promise<{ status: number; body: Pick<Parameters, 'parameter'> & Partial<Pick<OperationOutcome, 'issue'>> }> => {
        const response = await gateway.get(`/fhir/Patient/$ihe-pix?${query}`, who);
        return { status: response.status, body: (await response.json()) as Pick<Parameters, 'parameter'> };
      };
      const source = `sourceIdentifier=https://fhir.nhs.uk/Id/nhs-number%7C${people.abdul}`;
      const { body } = await pix(source);
      const found = (body.parameter ?? []).flatMap(({ valueIdentifier }) => valueIdentifier ?? []);
      expect(found.length).toBeGreaterThan(1);
      expect(found.map(({ value }) => value)).not.toContain(people.abdul);
      expect(body.parameter?.at(-1)).toEqual({ name: 'targetId', valueReference: { reference: `${gateway.url}/fhir/Patient/${await idOf(people.abdul)}` } });
      const [{ system = '', value = '' } = {}] = found;
      expect((await pix(`${source}&targetSystem=${encodeURIComponent(system)}`)).body.parameter?.flatMap(({ valueIdentifier }) => valueIdentifier?.system ?? [])).toEqual(found.filter((each) => each.system === system).map(() => system));
      const back = await pix(`sourceIdentifier=${encodeURIComponent(`${system}|${value}`)}&targetSystem=https://fhir.nhs.uk/Id/nhs-number`);
      expect(back.body.parameter?.[0]?.valueIdentifier?.value).toBe(people.abdul);
      expect(await pix(`${source}&targetSystem=https://fhir.bicp.example/Id/bsmhft/person`)).toMatchObject({ status: 200, body: { resourceType: 'Parameters' } });
      const refused = async (query: string, who?: string): Promise<unknown[]> => { const { status, body: { issue } } = await pix(query, who); return [status, issue?.[0]?.code, issue?.[0]?.diagnostics]; };
      const unknown = [404, 'not-found', 'sourceIdentifier Patient Identifier not found'];
      expect([await refused(source.replace(people.abdul, '9991234561')), await refused(source, 'gp')]).toEqual([unknown, unknown]);
      expect(await refused('sourceIdentifier=urn:nobody%7C1')).toEqual([400, 'code-invalid', 'sourceIdentifier Assigning Authority not found']);
      expect(await refused(`${source}&targetSystem=urn:nobody`)).toEqual([403, 'code-invalid', 'targetSystem not found']);
      expect((await pix('targetSystem=urn:nobody')).status).toBe(400);
    });

    it('names the documents there are about whom it may show, and of nobody none', async () => {
      const docref = async (query: string): Promise<Bundle> => (await gateway.get(`/fhir/DocumentReference/$docref?${query}`, 'community-nurse')).json() as Promise<Bundle>;
      const alice = await idOf(people.alice);
      const found = await docref(`patient=${alice}&type=http://loinc.org%7C60591-5&start=2020-01-01&on-demand=true`);
      expect(validateResource(found as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
      const [address = ''] = (found.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'DocumentReference' ? [resource.content[0]?.attachment.url ?? ''] : []));
      expect([found.total, (await gateway.get(address.slice(gateway.url.length), 'community-nurse')).status]).toEqual([1, 200]);
      expect((await docref(`patient=Patient/${alice}`)).total).toBe(2);
      const none = await docref('patient=00000000-0000-4000-8000-000000000000');
      expect([none.total, none.entry]).toEqual([0, undefined]);
      for (const query of ['', 'patient=a/b', `patient=${alice}&start=x`, `patient=${alice}&on-demand=x`, `patient=${alice}&profile=urn:x`]) expect((await gateway.get(`/fhir/DocumentReference/$docref?${query}`, 'community-nurse')).status).toBe(400);
      expect((await post('DocumentReference/$docref', [{ name: 'patient', valueId: alice }, { name: 'type', valueCoding: { code: 'story' } }])).status).toBe(200);
    });
  });

  it('answers alike of nobody, of a stranger and of whom one may not know', async () => {
    const answers = await Promise.all(['00000000-0000-4000-8000-000000000000', 'x'].map(async (id) => (await gateway.get(`/fhir/Patient/${id}/$story`, 'community-nurse')).text()));
    expect(new Set(answers).size).toBe(1);
    expect((await gateway.get(`/fhir/Patient/${await idOf(people.alice)}/$story?_count=5`, 'community-nurse')).status).toBe(400);
  });

  it('leaves an entry with exactly the versions the document holds', async () => {
    const bundle = await story(people.alice);
    const sent = (bundle.entry ?? []).flatMap(({ fullUrl, resource }) => (fullUrl?.startsWith('urn:') || resource?.meta?.source?.startsWith('urn:onestory:composed') ? [] : [`${resource?.resourceType ?? ''}/${resource?.id ?? ''}/_history/${resource?.meta?.versionId ?? ''}`]));
    const entries = await gateway.database.query<{ entry: string }>(`select entry from audit_entry order by seq desc limit 5`);
    const [last] = entries.map(({ entry }) => JSON.parse(entry) as { interaction: string; query: string; disclosed: string[] }).filter(({ interaction }) => interaction === 'story');
    expect(last?.query).toMatch(/^Patient\/[0-9a-f-]{36}\/\$story$/);
    expect(last?.disclosed.sort()).toEqual(sent.sort());

    const paper = `/fhir/Patient/${await idOf(people.alice)}/$story?print=`;
    const printed = (await (await gateway.get(`${paper}true`, 'community-nurse')).json()) as Bundle;
    const [written] = (await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1')).map(({ entry }) => JSON.parse(entry) as { interaction: string; disclosed: string[] });
    const held = (printed.entry ?? []).flatMap(({ fullUrl, resource }) => (fullUrl?.startsWith('urn:') || resource?.meta?.source?.startsWith('urn:onestory:composed') ? [] : [`${resource?.resourceType ?? ''}/${resource?.id ?? ''}/_history/${resource?.meta?.versionId ?? ''}`]));
    expect([written?.interaction, written?.disclosed.sort()]).toEqual(['print', held.sort()]);
    expect(held).toEqual(expect.arrayContaining(sent));
    expect((await gateway.get(`${paper}maybe`, 'community-nurse')).status).toBe(400);
  });

  it('says to the next reader that a fact was found still right, until the record changes', async () => {
    const line = lines(section(await story(people.alice), 'told-once')).find(({ title }) => title?.startsWith('Accommodation status'));
    const record = line?.entry?.[0]?.extension?.[0]?.extension?.find(({ url }) => url === 'record')?.valueReference?.reference?.slice(`${gateway.url}/fhir/`.length) ?? '';
    const [name = '', version = ''] = record.split('/_history/');
    await awayFromMidnight();
    expect(await act('confirm', people.alice, [about(`${name}/_history/${Number(version) + 1}`)])).toMatchObject({ status: 412, code: 'version-outdated' });
    expect(await act('confirm', people.alice, [about(record)])).toMatchObject({ status: 200 });
    expect(await act('confirm', people.alice, [about(record)], 'social-worker')).toMatchObject({ status: 409, code: 'confirmed-today' });
    const next = await story(people.alice, 'social-worker');
    expect(section(next, 'told-once')?.text?.div).toContain(`by ${bchc}`);
    const [confirmation] = (next.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Provenance' && resource.activity ? [resource] : []));
    expect(confirmation?.target[0]?.reference).toBe(`${gateway.url}/fhir/${record}`);
    expect(JSON.stringify(await story(people.alice, 'mental-health-nurse'))).not.toContain('found still right');
  });

  it('counts for governance what was found still right, by organisation and month, and of too few people no number', async () => {
    const counted = async (): Promise<{ smallNumber: number; lines: { organisation: string; organisationName: string | null; month: string; facts: number | null; people: number | null }[] }> =>
      (await gateway.get('/governance/told-once', 'governance-lead')).json() as Promise<Awaited<ReturnType<typeof counted>>>;
    expect((await counted()).lines).toMatchObject([{ organisationName: bchc, facts: null, people: null }]); // one, of the test above
    const rows = await gateway.database.query<{ citizen: string; id: string }>(`select citizen_id as citizen, id from citizen_row where type = 'Patient' order by citizen_id, id`);
    const say = async (organisation: string, at: string, some: typeof rows): Promise<void> => {
      await gateway.database.query(`insert into confirmation select citizen_id, id, 1, now() - $2::interval, $1, 'p', 'n' from unnest($3::uuid[], $4::uuid[]) c(citizen_id, id)`,
        [organisation, at, some.map(({ citizen }) => citizen), some.map(({ id }) => id)]);
    };
    const people = [...new Map(rows.map((row) => [row.citizen, row])).values()];
    await say('a|1', '0', people.slice(0, 5));
    await say('a|1', '2 years', people);
    await say('b|2', '0', people.slice(0, 4));
    await say('b|2', '1 second', people.slice(0, 4)); // often, and yet about few
    const told = await counted();
    expect(told.smallNumber).toBe(5);
    expect(told.lines.filter(({ organisation }) => organisation !== told.lines.at(-1)?.organisation)).toMatchObject([{ organisation: 'a|1', facts: 5, people: 5 }, { organisation: 'b|2', facts: null, people: null }]);
    expect(told.lines.every(({ month }) => /^\d{4}-\d{2}$/.test(month))).toBe(true);
    const [entry] = await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1');
    expect(JSON.parse(entry?.entry ?? '{}')).toMatchObject({ interaction: 'told-once-count', query: 'governance/told-once' });
    for (const [who, path, status] of [['ward-doctor', '', 403], ['privacy-officer', '', 403], ['governance-lead', '?month=2026-01', 400]] as const) expect((await gateway.get(`/governance/told-once${path}`, who)).status).toBe(status);
    const measured = (await (await gateway.get('/governance/told-once', 'governance-lead', { Accept: 'application/fhir+json' })).json()) as Bundle<Measure | MeasureReport>;
    expect(validateResource(measured as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    const [measure, ...reports] = (measured.entry ?? []).flatMap(({ resource }) => resource ?? []);
    expect(reports.map((report) => (report.resourceType === 'MeasureReport' ? [report.measure, report.reporter?.identifier?.value, report.group?.[0]?.population?.map(({ count }) => count)] : [])))
      .toEqual(told.lines.map(({ organisation, facts, people: of }) => [`${measure?.resourceType === 'Measure' ? (measure.url ?? '') : ''}|1`, organisation.split('|')[1], [facts ?? undefined, of ?? undefined]]));
    await gateway.database.query(`delete from confirmation where person = 'p'`);
  });

  it('tells a referral once that its sender and its receiver both sent, with both as sources', async () => {
    const told = lines(section(await story(people.alice), 'referrals')).map((line) => saidBy(line));
    expect(told.filter((sources) => sources.length > 1)).toEqual([[council, uhb].sort()]);
  });

  it('refuses to confirm what is not there, what may not be seen, and what is no such fact', async () => {
    const stranger = await act('confirm', people.alice, [about('Observation/00000000-0000-4000-8000-000000000000/_history/1')]);
    const plan = (await story(people.alice)).entry?.find(({ resource }) => resource?.resourceType === 'CarePlan' && resource.meta?.versionId !== undefined && resource.description === 'Home support, two visits a day')?.resource;
    const unseen = await act('confirm', people.alice, [about(`CarePlan/${plan?.id ?? ''}/_history/${plan?.meta?.versionId ?? ''}`)], 'mental-health-nurse');
    expect([stranger.status, unseen.text]).toEqual([404, stranger.text]);
    expect(await act('confirm', people.alice, [about(`CarePlan/${plan?.id ?? ''}/_history/${plan?.meta?.versionId ?? ''}`)])).toMatchObject({ status: 422, code: 'confirm-no-fact' });
    expect(await act('confirm', people.alice, [about('Observation/x'), { name: 'more' }])).toMatchObject({ status: 400, code: 'operation-input-invalid' });
  });

  it('sends a correction to who keeps the record, and lets who asked follow it until a new version comes', async () => {
    const plan = (await story(people.alice)).entry?.find(({ resource }) => resource?.resourceType === 'CarePlan' && resource.description === 'Home support, two visits a day' && resource.meta?.versionId !== undefined)?.resource;
    const [record, parts] = [`CarePlan/${plan?.id ?? ''}`, [{ name: 'element', valueString: 'description' }, { name: 'value', valueString: 'Three visits a day since Monday' }]];
    const asked = await act('correct', people.alice, [about(`${record}/_history/1`), ...parts]);
    expect(asked.status).toBe(200);
    const task = /Task\/[0-9a-f-]{36}/.exec(asked.text)?.[0] ?? '';
    expect(await act('correct', people.alice, [about(`${record}/_history/1`), ...parts])).toMatchObject({ status: 409, code: 'correction-open' });
    expect(await act('correct', people.alice, [about(`${record}/_history/1`), { name: 'element', valueString: 'goal' }, { name: 'value', valueString: 'x' }])).toMatchObject({ status: 422, code: 'correct-no-element' });
    expect(await act('correct', people.alice, [about(`${record}/_history/1`), ...parts], 'social-worker')).toMatchObject({ status: 409, code: 'correct-own-record' });
    const follow = async (): Promise<Task> => (await (await gateway.get(`/fhir/${task}`, 'community-nurse')).json()) as Task;
    expect(await follow()).toMatchObject({ status: 'requested', focus: { reference: record } });
    expect(validateResource(await follow() as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    const tasksOf = async (who: string): Promise<Task[]> => ((await (await gateway.search('Task', { patient: `Patient/${await idOf(people.alice)}` }, who)).json()) as Bundle<Task>).entry?.flatMap(({ resource }) => (resource?.code?.coding?.[0]?.code === 'correction' ? [resource] : [])) ?? [];
    expect((await tasksOf('social-worker')).map(({ focus }) => JSON.stringify(focus))).toEqual([expect.stringContaining('Three visits a day since Monday')]);
    expect(await tasksOf('mental-health-nurse')).toEqual([]);
    expect(await tasksOf('governance-lead')).toEqual([]);
    await gateway.services.corrections.look();
    expect((await follow()).status).toBe('requested');
    await gateway.database.query('update citizen_row set version = 2 where id = $1', [plan?.id]);
    await gateway.database.query('insert into citizen_version select citizen_id, id, 2, body, deleted, updated_at, record_id, row_no from citizen_version where id = $1 and version = 1', [plan?.id]);
    await gateway.services.corrections.look();
    expect((await follow()).status).toBe('completed');
    expect((await tasksOf('social-worker')).map(({ status }) => status)).toEqual(['completed']);
    expect(await act('correct', people.alice, [about(`${record}/_history/2`), ...parts])).toMatchObject({ status: 200 });
  });

  it('tells what changed in a plan, by whom and when, from versions the reader may see; what was made anew of the same bytes changed nothing', async () => {
    const [plan] = await gateway.database.query<{ citizen: string; id: string }>(`select citizen_id as citizen, id from citizen_version where version = 1 and body like '%"CarePlan"%Home support, two visits a day%'`);
    const [citizen, id] = [plan?.citizen, plan?.id ?? ''];
    const versionAs = async (version: number, from: number, description: string, record: string): Promise<void> => {
      await gateway.database.query(`insert into citizen_version select citizen_id, id, $2::int, replace(replace(body, 'Home support, two visits a day', $4), v.b[1], $5), deleted, now(), record_id, row_no
        from citizen_version, regexp_match(body, '"source":"([^"]+)"') v (b) where id = $1 and version = $3`, [id, version, from, description, record]);
      await gateway.database.query('update citizen_row set version = $2 where id = $1', [id, version]);
    };
    await versionAs(3, 1, 'Home support, four visits a day', 'urn:onestory:bcc:bcc-cld#900/1'); // what came before is another test's, of the same bytes
    await versionAs(4, 1, 'Home support, four visits each day', 'urn:onestory:bcc:bcc-cld#900/1');
    const bundle = await story(people.alice);
    const changes = (told: Bundle): CompositionSection[] => lines(section(told, 'plan')).filter(({ code }) => code?.coding?.[0]?.code === 'plan-change');
    expect(changes(bundle).map((line) => [line.title, saidBy(line)])).toEqual([["Why there is Home Support changed from 'Home support, two visits a day' to 'Home support, four visits a day'", [council]]]);
    expect(changes(bundle)[0]?.entry?.[0]?.extension?.[0]?.extension?.find(({ url }) => url === 'record')?.valueReference?.reference).toBe(`${gateway.url}/fhir/CarePlan/${id}/_history/3`);
    expect(validateResource(bundle as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    const [entry] = (await gateway.database.query<{ entry: string }>('select entry from audit_entry order by seq desc limit 1')).map((row) => JSON.parse(row.entry) as { interaction: string; disclosed: string[] });
    expect([entry?.interaction, entry?.disclosed.filter((version) => version.startsWith(`CarePlan/${id}`)).sort()]).toEqual(['story', [2, 3, 4].map((version) => `CarePlan/${id}/_history/${version}`)]);
    const summary = await (await gateway.get(`/fhir/Patient/${citizen ?? ''}/$summary`, 'community-nurse')).text();
    expect(summary).toContain("changed from 'Home support, two visits a day' to 'Home support, four visits a day'");
    expect(await (await gateway.get(`/fhir/Patient/${citizen ?? ''}/$story`, 'mental-health-nurse')).text()).not.toContain('plan-change');
    // a choice about dates reaches the versions whose dates are not kept, and not the plan of today
    await gateway.database.query(`insert into choice_rule (citizen_id, id, n, effect, opt_out, overrides, live, valid_from, valid_until, dates_from, dates_until)
      values ($1, $2, 0, 'deny', false, '{}', tstzmultirange(tstzrange(null, null)), '-infinity', 'infinity', '1990-01-01', '1991-01-01')`, [citizen, id]);
    const kept = await story(people.alice);
    expect([changes(kept), JSON.stringify(kept).includes('four visits each day'), JSON.stringify(kept).includes('two visits a day')]).toEqual([[], true, false]);
    await gateway.database.query('delete from choice_rule where citizen_id = $1 and id = $2', [citizen, id]);
  });

  it('asks each who says one side of a disagreement to look at its own record, until they agree', async () => {
    await gateway.services.disagreements.stop(); // what is looked at below is looked at here alone
    await roundsAt(gateway.database, 'start');
    while (await gateway.services.disagreements.look(0));
    const [apart] = await gateway.database.query<{ citizen: string; id: string }>(`select citizen_id as citizen, id from disagreement where about = 'address' and owner like '%RYW' limit 1`);
    const tasks = async (who: string): Promise<Task[]> => ((await (await gateway.search('Task', { patient: `Patient/${apart?.citizen ?? ''}` }, who)).json()) as Bundle<Task>).entry?.flatMap(({ resource }) => (resource?.code?.coding?.[0]?.code === 'disagreement' ? [resource] : [])) ?? [];
    expect(await tasks('community-nurse')).toEqual([expect.objectContaining({ status: 'requested', focus: expect.objectContaining({ reference: `Patient/${apart?.id ?? ''}` }) as unknown })]);
    expect(validateResource((await tasks('community-nurse'))[0] as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    const told = await gateway.get(`/fhir/Patient/${apart?.citizen ?? ''}/$story`, 'community-nurse');
    const sides = lines(section((await told.json()) as Bundle, 'disagreements')).filter(({ title }) => title?.startsWith('Home address'));
    expect(sides.length).toBeGreaterThan(1);
    expect(new Set(sides.flatMap(saidBy)).size).toBeGreaterThan(1);
    await gateway.database.query(`delete from citizen_fragment where citizen_id = $1 and path = '/address' and id <> $2`, [apart?.citizen, apart?.id]);
    await gateway.database.query(`update citizen_row set updated_at = now() where id = $1`, [apart?.id]);
    while (await gateway.services.disagreements.look(0));
    expect((await tasks('community-nurse')).map(({ status }) => status)).toEqual(['completed']);
  });
});
