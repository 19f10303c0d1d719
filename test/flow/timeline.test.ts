import type { Bundle, Extension, List, ListEntry, Provenance, Resource, Task } from '@medplum/fhirtypes';
import { demoReferenceDate } from '../../src/demo/calendar.ts';
import { castIndex } from '../../src/demo/cast.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { databases, roundsAt } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { csvFile } from './partner-rows.ts';
import { objectionOf } from './whole-record.ts';

const alice = personAt({ seed: 2018, citizens: 10 }, castIndex('alice'));
const bedReferral = alice.community.referrals[0];
/** What the hospital's own system says of the referral the community trust reports as well, and the demo does not send. */
const sentByTheHospital = [
  `MSH|^~\\&|PAS|RRK|BICP|QHL|20260508101000||REF^I12^REF_I12|RRKREF1|P|2.4`, `RF1|P^Pending|R^Routine||||R4900001^UHB|${bedReferral?.made.replace(/\D/g, '')}00|||^Bed for rehabilitation`, 'PRD|RT|Community services|||||RYW^ODS',
  `PID|1||${alice.nhsNumber}^^^NHS~${alice.known.uhb}^^^RRK||OKAFOR^ALICE^^^MRS^^L||19380211|2`, '',
].join('\r');

describe.each(databases)('what happened, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizen: string;
  let now = Date.parse(`${demoReferenceDate}T12:00:00Z`);
  beforeAll(async () => {
    gateway = await startGateway(await open(), { citizens: 10, clock: () => new Date(now) });
    await gateway.send('uhb-ref', '', sentByTheHospital);
    const found = (await (await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${alice.nhsNumber}` }, 'community-nurse')).json()) as Bundle;
    citizen = found.entry?.[0]?.resource?.id ?? '';
  });
  afterAll(() => gateway.close());

  const timeline = async (who: string, query = ''): Promise<Bundle> => (await (await gateway.get(`/fhir/Patient/${citizen}/$timeline${query}`, who)).json()) as Bundle;
  const listIn = (bundle: Bundle): List => bundle.entry?.[0]?.resource as List;
  const resources = (bundle: Bundle): Resource[] => (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  const part = (entry: ListEntry | undefined, name: string): Extension[] => (entry?.extension?.[0]?.extension ?? []).filter(({ url }) => url === name);
  const value = (extension: Extension | undefined, name: string): Extension | undefined => extension?.extension?.find(({ url }) => url === name);
  const dateOf = (entry: ListEntry | undefined): string => part(entry, 'from')[0]?.valueDateTime ?? '';
  const sources = (entry: ListEntry | undefined): string[] => part(entry, 'witness').map((witness) => `${value(witness, 'how')?.valueCode} ${value(witness, 'who')?.valueReference?.display}`);
  const ofKind = (bundle: Bundle, kind: string): ListEntry[] => (listIn(bundle).entry ?? []).filter(({ flag }) => flag?.coding?.[0]?.code === kind);

  test('Alice leaving the hospital, told by three partners, is one line with its sources, each with who said it, when and by which rule', async () => {
    const bundle = await timeline('community-nurse', '?kind=discharge');
    const leaving = ofKind(bundle, 'discharge').find((entry) => dateOf(entry).startsWith('2026-05-11'));
    expect(new Set(sources(leaving))).toEqual(new Set(['tells University Hospitals Birmingham NHS Foundation Trust', 'mentions Birmingham Community Healthcare NHS Foundation Trust', 'mentions Birmingham City Council']));
    for (const witness of part(leaving, 'witness')) {
      expect(value(witness, 'rule')?.valueString).toMatch(/^event-/);
      expect(value(witness, 'stored')?.valueInstant).toBeDefined();
    }
    const ids = new Set(resources(bundle).map(({ id, resourceType }) => `${resourceType}/${id}`));
    for (const witness of part(leaving, 'witness')) expect(ids).toContain(value(witness, 'record')?.valueReference?.reference);
  });

  test('a referral that sender and receiver report is one line with two sources, and says how it stands', async () => {
    const lines = ofKind(await timeline('community-nurse', '?kind=referral'), 'referral');
    const told = lines.filter((entry) => sources(entry).filter((source) => source.startsWith('tells')).length === 2);
    expect(told.map((entry) => sources(entry).filter((source) => source.startsWith('tells')))).toEqual([
      ['tells University Hospitals Birmingham NHS Foundation Trust', 'tells Birmingham City Council'],
      ['tells University Hospitals Birmingham NHS Foundation Trust', 'tells Birmingham Community Healthcare NHS Foundation Trust'],
    ]);
    const [referral] = part(told[1], 'referral');
    expect(value(referral, 'state')?.valueCode).toBe('closed');
    expect((referral?.extension ?? []).filter(({ url }) => url === 'lane').map((lane) => `${value(lane, 'side')?.valueCode} ${value(lane, 'state')?.valueCode}`)).toEqual(['sender sent', 'receiver closed']);
  });

  test('her spell of care is one thread from the hospital bed to the bed of the community trust and its plan', async () => {
    const entries = listIn(await timeline('community-nurse', '?_count=200')).entry ?? [];
    const threadOf = (entry: ListEntry | undefined): string | undefined => part(entry, 'thread')[0]?.valueString;
    const leaving = entries.find((entry) => entry.flag?.coding?.[0]?.code === 'discharge' && dateOf(entry).startsWith('2026-05-11'));
    const thread = entries.filter((entry) => threadOf(entry) === threadOf(leaving)).map(({ flag }) => flag?.coding?.[0]?.code);
    expect(new Set(thread)).toEqual(new Set(['stay', 'discharge', 'referral', 'episode', 'plan']));
  });

  test('pages give every line once, newest first, whatever their size; a filter leaves the rest out', async () => {
    const whole = listIn(await timeline('community-nurse', '?_count=200')).entry ?? [];
    const paged: ListEntry[] = [];
    for (let next: string | undefined = `/fhir/Patient/${citizen}/$timeline?_count=4`; next !== undefined;) {
      const bundle = (await (await gateway.get(next, 'community-nurse')).json()) as Bundle;
      paged.push(...(listIn(bundle).entry ?? []));
      next = bundle.link?.find(({ relation }) => relation === 'next')?.url?.slice(gateway.url.length);
    }
    const keys = (entries: readonly ListEntry[]): (string | undefined)[] => entries.map((entry) => part(entry, 'key')[0]?.valueString);
    expect(whole.length).toBeGreaterThan(10);
    expect(keys(paged)).toEqual(keys(whole));
    const dates = whole.map(dateOf).filter((date) => date !== '').map((date) => Date.parse(date));
    const days = dates.map((date) => Math.floor(date / 86_400_000));
    expect(days).toEqual([...days].sort((a, b) => b - a));
    const june = listIn(await timeline('community-nurse', '?from=2026-06-01&to=2026-06-30&organisation=https://fhir.nhs.uk/Id/ods-organization-code|RYW')).entry ?? [];
    expect(keys(june)).toEqual(keys(whole.filter((entry) => dateOf(entry) >= '2026-06-01' && sources(entry).some((source) => source.endsWith('Birmingham Community Healthcare NHS Foundation Trust')))));
    expect(june.length).toBeGreaterThan(0);
  });

  test('it is valid FHIR, and the entry of the look lists the versions that were sent', async () => {
    const bundle = await timeline('community-nurse');
    for (const resource of [listIn(bundle), ...resources(bundle).filter(({ resourceType }) => resourceType === 'Provenance')]) expect(validateResource(resource as unknown as JsonObject)).toEqual([]);
    const log = (await (await gateway.get(`/fhir/AuditEvent?patient=Patient/${citizen}&_count=1`, 'governance-lead')).json()) as Bundle;
    const said = JSON.stringify(log);
    expect(said).toContain('"timeline"');
    const named = resources(bundle).flatMap((resource) => ((resource as Provenance).entity ?? []).flatMap(({ what }) => what.reference ?? []));
    expect(named.length).toBeGreaterThan(10);
    for (const reference of named) expect(said).toContain(reference);
  });

  test('who may not see one of the witnesses is told of the event without it, and of nothing missing', async () => {
    const told = await timeline('social-worker', '?kind=referral');
    expect(JSON.stringify(await timeline('mental-health-nurse', '?kind=referral'))).toContain('Older Adult Community Mental Health Team');
    expect(JSON.stringify(listIn(told))).not.toContain('Mental Health NHS Foundation Trust');
    expect(JSON.stringify(told)).not.toContain('Older Adult Community Mental Health Team');
    expect(ofKind(told, 'referral').length).toBeGreaterThan(0);
  });

  test('what a person decides stands for everybody from the next look on, says who decided, and can be taken back', async () => {
    const lines = async (): Promise<string[]> => ofKind(await timeline('ward-doctor', '?kind=referral'), 'referral').map((entry) => sources(entry).filter((source) => source.startsWith('tells')).join(' and '));
    const decide = async (who: string, verdict: string, reason = 'The bed was asked for by telephone as well'): Promise<[number, string]> => {
      const [sent, received] = ofKind(await timeline('ward-doctor', '?kind=referral'), 'referral').flatMap((entry) => part(entry, 'witness')).flatMap((witness) => value(witness, 'record')?.valueReference?.reference ?? []).filter((reference) => bed.has(reference));
      const response = await fetch(`${gateway.url}/fhir/${sent}/$same-event`, {
        method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'other', valueReference: { reference: received } }, { name: 'verdict', valueCode: verdict }, { name: 'reason', valueString: reason }] }),
      });
      return [response.status, await response.text()];
    };
    const before = await lines();
    const both = ofKind(await timeline('ward-doctor', '?kind=referral'), 'referral').find((entry) => sources(entry).join().includes('tells Birmingham Community') && sources(entry).filter((source) => source.startsWith('tells')).length === 2);
    const bed = new Set(part(both, 'witness').flatMap((witness) => value(witness, 'record')?.valueReference?.reference ?? []));
    expect(await decide('ward-doctor', 'different')).toEqual([200, expect.stringContaining('different')]);
    expect((await lines()).length).toBe(before.length + 1);
    expect(await decide('community-nurse', 'undecided')).toEqual([200, expect.stringContaining('undecided')]);
    expect(await lines()).toEqual(before);
    expect(await decide('ward-doctor', 'undecided')).toEqual([409, expect.stringContaining('event-not-decided')]);
    expect(await decide('ward-doctor', 'same', '')).toEqual([400, expect.stringContaining('operation-input-invalid')]);
    expect(await decide('privacy-officer', 'same')).toEqual([403, expect.stringContaining('event-deciders-only')]);
    const kept = await gateway.database.query<{ person_name: string; undone: boolean }>('select person_name, undone_at is not null as undone from event_decision');
    expect(kept).toEqual([{ person_name: expect.stringMatching(/\w+ \w+/) as string, undone: true }]);
  });

  test('a decision about what the caller cannot see is refused like one about nothing', async () => {
    const hidden = (await gateway.database.query<{ id: string }>(`select r.id from citizen_row r join sharing_class c on c.class_id = r.class_id where r.citizen_id = $1 and r.type = 'ServiceRequest' and c.custodian like '%RXT'`, [citizen]))[0]?.id;
    const ask = async (other: string): Promise<string> => {
      const seen = ofKind(await timeline('social-worker', '?kind=referral'), 'referral')[0]?.item.reference ?? '';
      const response = await fetch(`${gateway.url}/fhir/${seen}/$same-event`, {
        method: 'POST', headers: { Authorization: `Bearer ${await gateway.token('social-worker')}`, 'Content-Type': 'application/fhir+json' },
        body: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'other', valueReference: { reference: `ServiceRequest/${other}` } }, { name: 'verdict', valueCode: 'same' }, { name: 'reason', valueString: 'They look alike' }] }),
      });
      return `${response.status} ${await response.text()}`;
    };
    expect(hidden).toBeDefined();
    expect(await ask(hidden ?? '')).toBe(await ask('01234567-89ab-4cde-8f01-23456789abcd'));
  });

  test('a referral nobody answers becomes a Task for its sender alone, and is done once a reply arrives', async () => {
    await gateway.services.lateReferrals.stop(); // a round of its own beside these may go past what is sent below
    await roundsAt(gateway.database, 'start');
    const movedHouse = personAt({ seed: 2018, citizens: 10 }, castIndex('movedHouse'));
    const tasksOf = async (who: string): Promise<Task[]> => {
      const patient = ((await (await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${movedHouse.nhsNumber}` }, who)).json()) as Bundle).entry?.[0]?.resource?.id;
      return resources((await (await gateway.get(`/fhir/Task?patient=Patient/${patient}`, who)).json()) as Bundle).filter((resource): resource is Task => resource.resourceType === 'Task' && ['no-reply', 'no-answer'].includes(resource.code?.coding?.[0]?.code ?? ''));
    };
    const sent = [
      'MSH|^~\\&|PAS|RRK|BICP|QHL|20260620101000||REF^I12^REF_I12|RRKREF2|P|2.4', 'RF1|P^Pending|R^Routine||||R4900002^UHB|20260620100000|||^Wound care', 'PRD|RT|Community services|||||RYW^ODS',
      `PID|1||${movedHouse.nhsNumber}^^^NHS~${movedHouse.known.uhb}^^^RRK||${movedHouse.name.family.toUpperCase()}^${movedHouse.name.given.toUpperCase()}^^^^^L||${movedHouse.birthDate.replaceAll('-', '')}|2`, '',
    ].join('\r');
    await gateway.send('uhb-ref', '', sent);
    await gateway.services.lateReferrals.look(0);
    await gateway.services.lateReferrals.look(0);
    const [task, ...more] = await tasksOf('ward-doctor');
    expect(more).toEqual([]);
    expect(task).toMatchObject({ status: 'requested', focus: { reference: expect.stringMatching(/^ServiceRequest\//) as string } });
    expect(validateResource(task as unknown as JsonObject)).toEqual([]);
    expect(await tasksOf('community-nurse')).toEqual([]);
    await gateway.send('bchc-rio', 'referral', csvFile(gateway, 'bchc-rio', 'referral', [{
      clientId: movedHouse.known.bchc ?? '', referralNumber: 'BR9000001', referralDate: '2026-06-20 10:05:00', receivedDate: '2026-06-20 10:30:00', referralSource: 'HOSP', referringOrganisation: 'RRK', urgency: '2D', teamReferredTo: 'DN-S',
    }]));
    await gateway.services.lateReferrals.look(0);
    expect((await tasksOf('ward-doctor'))[0]?.status).toBe('requested'); // looked at once a day
    now += 2 * 86_400_000;
    await gateway.services.lateReferrals.look(0);
    expect(await tasksOf('ward-doctor')).toMatchObject([{ id: task?.id, status: 'completed', meta: { versionId: '2' } }]);
    now += 40 * 86_400_000;
    await gateway.services.lateReferrals.look(0);
    const unanswered = (await tasksOf('ward-doctor')).find(({ code }) => code?.coding?.[0]?.code === 'no-answer');
    expect(unanswered).toMatchObject({ status: 'requested', focus: task?.focus });
    await gateway.send('bchc-rio', 'referral', csvFile(gateway, 'bchc-rio', 'referral', [{
      clientId: movedHouse.known.bchc ?? '', referralNumber: 'BR9000001', referralDate: '2026-06-20 10:05:00', receivedDate: '2026-06-20 10:30:00', acceptedDate: '2026-06-20 11:00:00', referralSource: 'HOSP', referringOrganisation: 'RRK', urgency: '2D', teamReferredTo: 'DN-S',
    }]));
    now += 2 * 86_400_000;
    await gateway.services.lateReferrals.look(0);
    expect((await tasksOf('ward-doctor')).map(({ status }) => status)).toEqual(['completed', 'completed']);
    expect(await gateway.database.query('select 1 from awaited_reply where id = $1', [task?.focus?.reference?.slice('ServiceRequest/'.length)])).toEqual([]);
  });

  test('a parameter in no form and one unheard of are refused with their place', async () => {
    for (const [query, code] of [['?kind=birthday', 'search-value-invalid'], ['?from=yesterday', 'search-value-invalid'], ['?organisation=RRK', 'search-value-invalid'], ['?sort=date', 'search-parameter-unknown']] as const) {
      const response = await gateway.get(`/fhir/Patient/${citizen}/$timeline${query}`, 'community-nurse');
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(code)]);
    }
    expect((await gateway.get('/fhir/Patient/01234567-89ab-4cde-8f01-23456789abcd/$timeline', 'community-nurse')).status).toBe(404);
  });

  test('as at a day it is told from what had arrived by its end, under the rights of now, and the entry names the moment', async () => {
    const day = new Date(now).toISOString().slice(0, 10);
    now += 3 * 86_400_000;
    await gateway.send('uhb-ref', '', sentByTheHospital.replace('20260508101000', '20260509101000').replace('RRKREF1', 'RRKREF9').replace('R^Routine', 'S^Stat'));
    const sent = (bundle: Bundle): unknown[] => resources(bundle).flatMap((resource) => (resource.resourceType === 'ServiceRequest' && JSON.stringify(resource).includes('R4900001') ? [[resource.priority, resource.meta?.versionId]] : []));
    expect([sent(await timeline('ward-doctor')), sent(await timeline('ward-doctor', `?at=${day}`))]).toEqual([[['stat', '2']], [['routine', '1']]]);
    const [entry] = (await gateway.database.query<{ entry: string }>(`select entry from audit_entry where entry like '%$timeline?at=%' order by seq desc limit 1`)).map((row) => JSON.parse(row.entry) as { query: string; disclosed: string[] });
    expect(entry?.query).toMatch(/^Patient\/[0-9a-f-]{36}\/\$timeline\?at=\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
    expect(entry?.disclosed.filter((version) => version.startsWith('ServiceRequest/') && version.endsWith('/_history/2'))).toEqual([]);
    const story = async (query: string): Promise<[number, string]> => {
      const response = await gateway.get(`/fhir/Patient/${citizen}/$story${query}`, 'ward-doctor');
      return [response.status, await response.text()];
    };
    expect(await story(`?at=${day}`)).toEqual([200, expect.stringContaining('Birmingham Community Healthcare')]);
    expect(await story('?at=2020-01-01')).toEqual([404, expect.stringContaining('not-found')]); // before anything of her was known
    for (const wrong of ['?at=2999-01-01', '?at=then', `?at=${day}&at=${day}`]) expect(await story(wrong)).toEqual([400, expect.stringContaining('search-value-invalid')]);
    const filed = await fetch(`${gateway.url}/fhir/Consent`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token('privacy-officer')}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(objectionOf(citizen)) });
    expect(filed.status).toBe(201);
    const told = resources(await timeline('ward-doctor', `?at=${day}`)).filter(({ resourceType }) => resourceType !== 'Organization');
    expect(new Set(told.flatMap(({ meta }) => (meta?.tag ?? []).map(({ code }) => code)))).toEqual(new Set(['RRK'])); // an objection of now holds for then
  });
});
