import { decodeJwt } from 'jose';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import { readClaims } from '../../src/edge/http/oauth/read-claims.ts';
import type { EmergencyDetails, EmergencyEntry } from '../../src/flow/sharing/list-emergencies.ts';
import type { Requester } from '../../src/fhir/sharing.ts';
import { openPostgres, type Database } from '../../src/store/database.ts';
import { auditSince, lastSeq } from '../edge/http/asking.ts';
import { databases, loadedPostgres, openLoadedPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { castMember, detailsOf, endEmergency, openEmergency, pause, population } from './emergency-asks.ts';
import { wholeRecord } from './whole-record.ts';

/** Emergency access is reviewed by a second person in each organisation concerned, and by nobody else. */

const opener = 'social-worker'; // of the council; the hospital and the community trust hold records of Neville
const officers = { RRK: 'privacy-officer', RYW: 'privacy-officer-bchc', E08000025: 'privacy-officer-bcc' };
const path = '/governance/emergency-accesses';
const right = detailsOf(castMember('objected'));

async function send(gateway: Gateway, address: string, who: string, body: unknown = {}): Promise<Response> {
  return fetch(`${gateway.url}${path}/${address}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}
const review = (gateway: Gateway, reference: string, who: string, outcome = 'appropriate', note = 'Spoke to the ward'): Promise<Response> => send(gateway, `${reference}/review`, who, { outcome, note });
async function told(response: Response): Promise<[number, string | undefined]> {
  return [response.status, ((await response.json()) as OperationOutcome).issue?.[0]?.details?.coding?.[0]?.code];
}
async function detailsFor(gateway: Gateway, reference: string, who: string): Promise<EmergencyDetails> {
  return (await (await gateway.get(`${path}/${reference}`, who)).json()) as EmergencyDetails;
}
async function listFor(gateway: Gateway, who: string, state = 'open'): Promise<EmergencyEntry[]> {
  return ((await (await gateway.get(`${path}?state=${state}`, who)).json()) as { emergencyAccesses: EmergencyEntry[] }).emergencyAccesses;
}

describe.each(databases)('emergency access, on $kind', ({ open }) => {
  let gateway: Gateway;
  let access: { citizen: string; reference: string };
  let tasks: Record<string, string>;
  beforeAll(async () => {
    gateway = await startGateway(await open(population.citizens));
    access = await openEmergency(gateway, right, opener);
    await wholeRecord(gateway, opener, access.citizen);
    await endEmergency(gateway, access.citizen, opener);
    const rows = await gateway.database.query<{ organisation: string; task: string }>('select v.organisation, v.task_id as task from emergency_review v join emergency_access a on a.id = v.id where a.reference = $1', [access.reference]);
    tasks = Object.fromEntries(rows.map(({ organisation, task }) => [organisation.split('|')[1] ?? '', task]));
  });
  afterAll(() => gateway.close());

  /** Ids of the Tasks this reader lays hands on, by each way to them. */
  async function tasksSeenBy(who: string): Promise<Record<string, string[]>> {
    const all = Object.values(tasks);
    const found = async (form: Record<string, string>): Promise<string[]> => (((await (await gateway.search('Task', form, who)).json()) as Bundle).entry ?? []).flatMap(({ resource }) => (all.includes(resource?.id ?? '') ? [resource?.id ?? ''] : []));
    const readable = async (suffix: string): Promise<string[]> => {
      const seen: string[] = [];
      for (const id of all) if ((await gateway.get(`/fhir/Task/${id}${suffix}`, who)).status === 200) seen.push(id);
      return seen;
    };
    const identifier = `https://fhir.bicp.example/Id/emergency-access|${access.reference}`;
    const counted = ((await (await gateway.search('Task', { identifier, _count: '1' }, who)).json()) as Bundle).total ?? 0;
    return {
      read: await readable(''), vread: await readable('/_history/1'), history: await readable('/_history'), search: await found({ _count: '200' }), byReference: await found({ identifier }),
      byId: await found({ _id: all.join(',') }), counted: all.slice(0, counted).map((_, i) => String(i)),
    };
  }

  it('its Tasks are read by their addressee\'s privacy officer alone, by every way to them', async () => {
    expect(Object.keys(tasks).sort()).toEqual(['E08000025', 'RRK', 'RYW']);
    for (const [organisation, who] of Object.entries(officers)) {
      const own = [tasks[organisation] ?? ''];
      expect([who, await tasksSeenBy(who)]).toEqual([who, { read: own, vread: own, history: own, search: own, byReference: own, byId: own, counted: ['0'] }]);
    }
    const nothing = { read: [], vread: [], history: [], search: [], byReference: [], byId: [], counted: [] };
    for (const who of ['privacy-officer-bsmhft', 'governance-lead', 'ward-doctor', 'community-nurse', opener, 'uhb-adt']) expect([who, await tasksSeenBy(who)]).toEqual([who, nothing]);
  });

  it('a Task is its addressee\'s, governance included, and nobody\'s when it is addressed to nobody', async () => {
    const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
    for (const [owner, statuses] of [[null, [404, 404]], [`${ods}|QHL`, [404, 200]], ['uhb-adt', [404, 404]], [`${ods}|RRK`, [200, 404]]] as const) {
      await gateway.database.query('update shared_row set owner = $2 where id = $1', [tasks['RRK'], owner]);
      const seen = await Promise.all(['privacy-officer', 'governance-lead'].map(async (who) => (await gateway.get(`/fhir/Task/${tasks['RRK']}`, who)).status));
      expect([owner, seen]).toEqual([owner, statuses]);
    }
  });

  it('is listed for those asked to review it, with who, when and why, and each other\'s reviews for governance only', async () => {
    for (const [organisation, who] of Object.entries(officers)) {
      const listed = await listFor(gateway, who);
      expect(listed).toEqual([expect.objectContaining({
        reference: access.reference, reason: right.reason, explanation: right.explanation, live: false, daysOpen: 0,
        openedBy: { person: opener, name: 'Sukhdev Bains', role: 'social-worker', organisation: 'https://fhir.bicp.example/Id/ons-code|E08000025', organisationName: 'Birmingham City Council' },
      })]);
      expect(listed[0]?.reviews.map((each) => [each.organisation.split('|')[1], each.state])).toEqual([[organisation, 'open']]);
    }
    expect((await listFor(gateway, 'governance-lead'))[0]?.reviews.map((each) => each.organisation.split('|')[1]).sort()).toEqual(['E08000025', 'RRK', 'RYW']);
    expect(await listFor(gateway, 'privacy-officer-bsmhft')).toEqual([]);
    expect(await listFor(gateway, 'privacy-officer', 'reviewed')).toEqual([]);
  });

  it('shows a reviewer what was looked at, of other organisations\' records nothing, and the citizen where the log does', async () => {
    const [ofCouncil, ofHospital] = [await detailsFor(gateway, access.reference, 'privacy-officer-bcc'), await detailsFor(gateway, access.reference, 'privacy-officer')];
    const total = ({ looks }: EmergencyDetails): number => Object.values(looks.records).reduce((sum, count) => sum + count, 0);
    expect([ofCouncil.citizen, ofHospital.citizen]).toEqual([access.citizen, access.citizen]);
    expect(total(ofHospital)).toBeGreaterThan(0);
    expect(total(ofCouncil)).toBeGreaterThan(total(ofHospital));
    expect(ofCouncil.looks.entries.map(({ interaction }) => interaction)).toEqual(['break-glass', 'everything', 'end-break-glass']);
    expect(ofHospital.looks.entries.map(({ interaction }) => interaction)).toEqual(['everything']);
    for (const details of [ofCouncil, ofHospital]) for (const secret of [right['nhs-number'], right.family, right['birth-date']]) expect(JSON.stringify(details)).not.toContain(secret);
    const log = (await (await gateway.search('AuditEvent', { agent: opener, patient: access.citizen }, 'privacy-officer')).json()) as Bundle;
    expect(log.entry?.map(({ resource }) => resource?.id)).toEqual(expect.arrayContaining(ofHospital.looks.entries.map(({ id }) => id)));
  });

  it.each<[string, string, string, number, string]>([
    ['somebody whose organisation was not asked', 'reference', 'privacy-officer-bsmhft', 404, 'emergency-access-unknown'],
    ['the governance lead, whose organisation was not asked', 'reference', 'governance-lead', 404, 'emergency-access-unknown'],
    ['anybody of a reference nobody gave', 'EA-0000000000000000', 'privacy-officer', 404, 'emergency-access-unknown'],
    ['anybody of what is no reference', '%00', 'privacy-officer', 404, 'emergency-access-unknown'],
    ['whoever gives care', 'reference', 'ward-doctor', 403, 'governance-role-required'],
    ['whoever opened it', 'reference', opener, 403, 'governance-role-required'],
    ['a feed', 'reference', 'uhb-adt', 403, 'governance-role-required'],
  ])('is not reviewed or revoked by %s, and the refusal is in the log', async (_, named, who, status, code) => {
    for (const change of ['review', 'revoke']) {
      const before = await lastSeq(gateway);
      const answer = await send(gateway, `${named === 'reference' ? access.reference : named}/${change}`, who, change === 'review' ? { outcome: 'appropriate', note: 'Fine' } : {});
      expect(await told(answer)).toEqual([status, code]);
      expect((await auditSince(gateway, before)).map(({ entry }) => [entry.code, entry.interaction])).toEqual([[code, `emergency-${change}`]]);
    }
    expect(await gateway.database.query('select 1 from emergency_review where outcome is not null')).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['another outcome', { outcome: 'fine', note: 'Fine' }, 'field-invalid'], ['no note', { outcome: 'appropriate' }, 'field-invalid'], ['an empty note', { outcome: 'appropriate', note: '  ' }, 'field-invalid'],
    ['a long note', { outcome: 'appropriate', note: 'x'.repeat(501) }, 'field-invalid'], ['a note that steers a terminal', { outcome: 'appropriate', note: 'a\u001b[31mb' }, 'field-invalid'],
    ['a note that turns the text around', { outcome: 'appropriate', note: 'a\u202eb' }, 'field-invalid'], ['two lines', { outcome: 'appropriate', note: 'a\nb' }, 'field-invalid'],
    ['somebody else\'s review', { outcome: 'appropriate', note: 'Fine', organisation: 'RYW' }, 'field-unknown'],
  ])('a review with %s is refused', async (_, body, code) => {
    expect(await told(await send(gateway, `${access.reference}/review`, 'privacy-officer', body))).toEqual([400, code]);
  });

  it('the list takes a state and its own links, and nothing else', async () => {
    for (const query of ['state=closed', 'state=open&state=open', 'name=x', '_page=x']) expect((await gateway.get(`${path}?${query}`, 'privacy-officer')).status).toBe(400);
    expect((await gateway.get(path, 'ward-doctor')).status).toBe(403);
  });

  it('is not reviewed by the one who opened it, in whatever role they come', async () => {
    const read = readClaims(decodeJwt(await gateway.token('privacy-officer-bcc')));
    if ('problem' in read) throw new Error(read.problem.code);
    const asOpener = { ...read.requester, person: { id: opener, name: 'Sukhdev Bains' } } satisfies Requester;
    const { person: _person, ...system } = read.requester;
    for (const requester of [asOpener, system]) {
      await expect(gateway.services.emergencies.review(requester, access.reference, { outcome: 'appropriate', note: 'My own' }, { id: 'r1' })).rejects.toMatchObject({ message: 'emergency-review-second-person' });
    }
  });

  it('is not reviewed while more may be looked at under it', async () => {
    const live = await openEmergency(gateway, right, opener);
    expect(await told(await review(gateway, live.reference, 'privacy-officer'))).toEqual([409, 'emergency-access-live']);
    await endEmergency(gateway, live.citizen, opener);
    await gateway.database.query('delete from emergency_review where id in (select id from emergency_access where reference = $1)', [live.reference]);
  });

  it('is reviewed once by each organisation asked, and its Task completed by a new version', async () => {
    const before = await lastSeq(gateway);
    const done = (await (await review(gateway, access.reference, 'privacy-officer', 'needs-follow-up', 'The ward did not know of it')).json()) as EmergencyDetails;
    expect(done.reviews).toEqual([expect.objectContaining({ state: 'reviewed', outcome: 'needs-follow-up', note: 'The ward did not know of it', reviewedBy: 'Marcus Facey' })]);
    expect(done.daysOpen).toBeNull();
    const entries = await auditSince(gateway, before);
    expect(entries.map(({ entry: { interaction, query, citizen } }) => [interaction, query, citizen])).toEqual([['emergency-review', `governance/emergency-accesses/${access.reference}/review outcome=needs-follow-up`, access.citizen]]);
    expect(entries[0]?.text).not.toContain('did not know');
    const task = (await (await gateway.get(`/fhir/Task/${tasks['RRK']}`, 'privacy-officer')).json()) as Task;
    expect(task).toMatchObject({ status: 'completed', meta: { versionId: '2' }, businessStatus: { coding: [{ code: 'needs-follow-up' }] } });
    expect(JSON.stringify(task)).not.toContain('did not know');
    expect((await gateway.get(`/fhir/Task/${tasks['RRK']}/_history/1`, 'privacy-officer-bchc')).status).toBe(404);
    expect((await gateway.get(`/fhir/Task/${tasks['RRK']}/_history/2`, 'governance-lead')).status).toBe(404);
    expect(((await (await gateway.get(`/fhir/Task/${tasks['RYW']}`, 'privacy-officer-bchc')).json()) as Task).status).toBe('requested');
    expect(await told(await review(gateway, access.reference, 'privacy-officer', 'appropriate', 'Second thoughts'))).toEqual([409, 'emergency-already-reviewed']);
    expect((await listFor(gateway, 'privacy-officer', 'reviewed')).map(({ reference }) => reference)).toEqual([access.reference]);
    expect(await listFor(gateway, 'privacy-officer')).toEqual([]);
    expect((await listFor(gateway, 'governance-lead')).map(({ reference }) => reference)).toEqual([access.reference]);
    expect((await listFor(gateway, 'privacy-officer-bchc'))[0]?.reviews).toEqual([expect.objectContaining({ state: 'open' })]);
    const answers = await Promise.all([1, 2, 3].map(() => review(gateway, access.reference, 'privacy-officer-bchc')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await review(gateway, access.reference, 'privacy-officer-bcc', 'not-appropriate')).status).toBe(200);
    expect(await listFor(gateway, 'governance-lead')).toEqual([]);
  });

  it('one under which nobody looked shows an organisation that only holds something no citizen', async () => {
    await pause(gateway);
    const { reference, citizen } = await openEmergency(gateway, right, opener);
    expect(await detailsFor(gateway, reference, 'privacy-officer')).toMatchObject({ citizen: null, looks: { entries: [], records: {} } });
    expect(await detailsFor(gateway, reference, 'privacy-officer-bcc')).toMatchObject({ citizen });
    const before = await lastSeq(gateway);
    expect((await send(gateway, `${reference}/revoke`, 'privacy-officer')).status).toBe(200);
    expect((await auditSince(gateway, before)).map(({ entry }) => [entry.interaction, entry.citizen])).toEqual([['emergency-revoke', undefined]]);
    expect(await told(await send(gateway, `${reference}/revoke`, 'privacy-officer'))).toEqual([409, 'emergency-access-over']);
  });

  it('is listed page by page, each once, longest open first and newest reviewed first', async () => {
    await gateway.database.query(`insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
      select gen_random_uuid(), gen_random_uuid(), organisation, person, from_at - make_interval(mins => (n / 2) * 10), until - interval '1 day', reason, explanation, 'EA-' || lpad(n::text, 16, '0')
      from emergency_access, generate_series(1, 120) n where reference = $1`, [access.reference]);
    await gateway.database.query(`insert into emergency_review (citizen_id, id, organisation, task_id) select citizen_id, id, 'https://fhir.nhs.uk/Id/ods-organization-code|RRK', gen_random_uuid() from emergency_access where reference like 'EA-0000000000%'`);
    for (const state of ['open', 'reviewed']) {
      const seen: EmergencyEntry[] = [];
      for (let next: string | null = `${path}?state=${state}`; next !== null;) {
        expect((await gateway.get(next, 'privacy-officer-bsmhft')).status).toBe(next.includes('_page') ? 400 : 200);
        const answer: { emergencyAccesses: EmergencyEntry[]; next: string | null } = (await (await gateway.get(next, 'privacy-officer')).json()) as { emergencyAccesses: EmergencyEntry[]; next: string | null };
        expect(answer.emergencyAccesses.length).toBeLessThanOrEqual(50);
        seen.push(...answer.emergencyAccesses);
        next = answer.next;
      }
      expect(new Set(seen.map(({ reference }) => reference)).size).toBe(seen.length);
      expect(seen).toHaveLength(121); // with the one just revoked, or the one reviewed before
      const times = seen.map(({ openedAt }) => Date.parse(openedAt));
      expect(times).toEqual([...times].sort((a, b) => (state === 'open' ? a - b : b - a)));
      await gateway.database.query(`update emergency_review set outcome = 'appropriate', note = 'x', reviewer = 'y', reviewer_name = 'z', reviewed_at = now() where id in (select id from emergency_access where reference like 'EA-0000000000%')`);
    }
  });
});

const houses: { kind: string; open: () => Promise<Database[]> }[] = [
  { kind: 'pglite', open: async () => [await openLoadedPglite(population.citizens)] },
  { kind: 'two processes of postgresql', open: async () => {
    const url = await loadedPostgres(population.citizens);
    return [await openPostgres(url), await openPostgres(url)];
  } },
];

describe.each(houses)('revoked emergency access, on $kind', ({ open }) => {
  let gateways: Gateway[];
  beforeAll(async () => {
    gateways = [];
    for (const database of await open()) gateways.push(await startGateway(database));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  it.each([['of the organisation that looked', 'privacy-officer-bcc'], ['of one that holds something', 'privacy-officer']])('is over for the very next request of every process, revoked by somebody %s', async (_, who) => {
    const [first, last] = [gateways[0] as Gateway, gateways.at(-1) as Gateway];
    const { citizen, reference } = await openEmergency(first, right, opener);
    const statuses = (): Promise<number[]> => Promise.all(gateways.map(async (gateway) => (await gateway.get(`/fhir/Patient/${citizen}`, opener)).status));
    expect(await statuses()).toEqual(gateways.map(() => 200));
    expect((await send(last, `${reference}/revoke`, who)).status).toBe(200);
    expect(await statuses()).toEqual(gateways.map(() => 404));
    expect((await detailsFor(first, reference, who)).live).toBe(false);
  });
});

it('nothing is reviewed or revoked whose entry cannot be written', async () => {
  let broken = false;
  const gateway = await startGateway(await openLoadedPglite(population.citizens), {
    adjust: async (services) => {
      const append = services.audit.append.bind(services.audit);
      services.audit.append = (entry) => (broken ? Promise.reject(new Error('full')) : append(entry));
      return Promise.resolve(services);
    },
  });
  try {
    const { reference, citizen } = await openEmergency(gateway, right, opener);
    broken = true;
    expect(await told(await send(gateway, `${reference}/revoke`, 'privacy-officer'))).toEqual([503, 'audit-unavailable']);
    broken = false;
    expect((await gateway.get(`/fhir/Patient/${citizen}`, opener)).status).toBe(200);
    await endEmergency(gateway, citizen, opener);
    broken = true;
    expect(await told(await review(gateway, reference, 'privacy-officer'))).toEqual([503, 'audit-unavailable']);
    broken = false;
    expect(await gateway.database.query('select 1 from emergency_review where outcome is not null')).toEqual([]);
  } finally {
    await gateway.close();
  }
});
