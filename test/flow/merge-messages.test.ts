import type { Bundle, Encounter, Patient, ServiceRequest } from '@medplum/fhirtypes';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { searchToken } from '../../src/fhir/search-token.ts';
import { mergedInAChain } from '../citizens.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { message, type MessageFacts } from '../intake/adt.ts';
import { post } from './matching.ts';
import { fileObjection, wholeRecord } from './whole-record.ts';

const doctor = 'ward-doctor';
const numbers = ['9990000743', '9990031010', '9990031118'];
type Row = { messageId: string; state: string; codes: string[] };

describe.each(databases)('messages that say who is who, on $kind', ({ open }) => {
  let gateway: Gateway;
  let sent = 0;
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
  });
  afterAll(() => gateway.close());

  const pid = (key: string, name = 'MERGER^ALMA', more: Record<number, string> = {}): Record<number, string> => ({ 3: `${key}^^^RRK`, 5: `${name}^^^^L`, 7: '19380211', 8: '2', 32: 'NSTS04', ...more });
  const send = async (...messages: MessageFacts[]): Promise<Row[]> => {
    const ids = messages.map(() => `MM${(sent += 1)}`);
    await gateway.send('uhb-adt', '', messages.map((each, i) => message({ pv1: null, at: `20240601${String(sent).padStart(4, '0')}00`.replace(/(\d{8})(\d{2})(\d{2})00/, (_, day: string, h: string, m: string) => `${day}${String(Number(h) % 24).padStart(2, '0')}${String(Number(m) % 60).padStart(2, '0')}00`), ...each, id: ids[i] ?? '' })).join(''));
    return rows(ids);
  };
  const rows = async (ids: readonly string[]): Promise<Row[]> => (await gateway.database.query<{ message_id: string; state: string; problems: { code: string; severity?: string }[] }>(
    `select message_id, state, problems from intake_row where message_id = any ($1) order by record_id, row_no`, [ids]))
    .map(({ message_id: messageId, state, problems }) => ({ messageId, state, codes: problems.filter(({ severity }) => severity === undefined).map(({ code }) => code) }));
  const merge = (event: string, kept: string, lost: string): MessageFacts => ({ event, pid: pid(kept), more: [`MRG|${lost}^^^RRK`] });
  const unlink = (one: string, other: string): MessageFacts => ({ event: 'A37', pid: pid(one), more: [`PID|1||${other}^^^RRK||MERGER^ALMA`] });
  const citizenOf = async (key: string): Promise<string> => (await gateway.database.query<{ citizen_id: string }>('select citizen_id from source_person where person_key = $1', [key]))[0]?.citizen_id ?? '';
  const read = async (id: string): Promise<Patient> => (await gateway.get(`/fhir/Patient/${id}`, doctor)).json() as Promise<Patient>;
  const visit = (number: string): Record<number, string> => ({ 2: 'I', 3: 'RRK^W12^B4^RRK15', 19: `${number}^^^RRK`, 44: '20240501080000' });
  const visitsOf = async (form: Record<string, string>): Promise<string[]> => ((await (await gateway.search('Encounter', form, doctor)).json()) as Bundle<Encounter>).entry?.flatMap(({ resource }) => resource?.identifier?.flatMap(({ value }) => value ?? []) ?? []).sort() ?? [];
  const loggedFor = async (citizen: string): Promise<string[]> => ((await (await gateway.search('AuditEvent', { patient: `Patient/${citizen}`, _count: '100' }, 'governance-lead')).json()) as Bundle)
    .entry?.flatMap(({ resource }) => (resource?.resourceType === 'AuditEvent' ? [resource.subtype?.at(-1)?.code ?? ''] : [])) ?? [];

  it('a merge makes one citizen of two: the old id answers everywhere, and an unlinking takes it apart with what came later', async () => {
    await send({ event: 'A01', pid: pid('K1'), pv1: visit('VK1') }, { event: 'A01', pid: pid('L1'), pv1: visit('VL1') });
    const [kept, lost] = [await citizenOf('K1'), await citizenOf('L1')];
    expect(kept).not.toBe(lost);
    expect((await read(lost)).id).toBe(lost);
    expect(await send(merge('A40', 'K1', 'L1'))).toMatchObject([{ state: 'stored', codes: [] }]);

    const patient = await read(lost);
    expect(patient.id).toBe(kept);
    expect(patient.link?.filter(({ type }) => type === 'replaces')).toEqual([{ other: { reference: `Patient/${lost}`, type: 'Patient' }, type: 'replaces' }]);
    expect(patient.link?.filter(({ type }) => type === 'seealso')).toHaveLength(2);
    expect(await read(kept)).toEqual(patient);
    for (const named of [{ patient: lost }, { subject: `Patient/${lost}` }, { patient: `Patient/${kept}` }]) expect(await visitsOf(named as Record<string, string>)).toEqual(['VK1', 'VL1']);
    const found = (await (await gateway.search('Patient', { _id: lost }, doctor)).json()) as Bundle;
    expect(found.entry?.map(({ resource }) => resource?.id)).toEqual([kept]);
    const everything = (await (await gateway.get(`/fhir/Patient/${lost}/$everything?_count=50`, doctor)).json()) as Bundle;
    expect(everything.entry?.[0]?.resource?.id).toBe(kept);
    expect(JSON.stringify(everything)).not.toContain(`"reference":"Patient/${lost}","type":"Patient"},"status`);

    // the visit goes on under the id that stays, with what was said of it before; and new messages of the old id arrive
    await send({ event: 'A02', pid: pid('K1'), pv1: { 2: 'I', 3: 'RRK^W14^B1^RRK15', 19: 'VL1^^^RRK' } }, { event: 'A01', pid: pid('L1'), pv1: visit('VL2') });
    expect(await citizenOf('L1')).toBe(kept);
    const [encounter] = ((await (await gateway.search('Encounter', { patient: lost }, doctor)).json()) as Bundle<Encounter>).entry?.flatMap(({ resource }) => (resource?.identifier?.some(({ value }) => value === 'VL1') ? [resource] : [])) ?? [];
    expect(encounter?.period?.start).toMatch(/^2024-05-01/);

    expect(await send(unlink('K1', 'L1'))).toMatchObject([{ state: 'stored', codes: [] }]);
    expect([await citizenOf('K1'), await citizenOf('L1')]).toEqual([kept, lost]);
    expect(await visitsOf({ patient: lost })).toEqual(['VL1', 'VL2']);
    expect(await visitsOf({ patient: kept })).toEqual(['VK1']);
    expect((await read(lost)).link?.some(({ type }) => type === 'replaces')).toBe(false);
    expect((await read(kept)).id).toBe(kept);
    for (const citizen of [kept, lost]) expect(await loggedFor(citizen)).toEqual(expect.arrayContaining(['link-merge', 'link-split', 'read']));
    expect(await send(merge('A40', 'K1', 'L1'))).toMatchObject([{ state: 'quarantined', codes: ['merge-told-apart'] }]);
  });

  it('of two people with different choices the stricter holds for whoever asks, and apart each has their own again', async () => {
    const [{ citizen_id: old = '', person_key: key = '' } = {}] = await gateway.database.query<{ citizen_id: string; person_key: string }>(`select citizen_id, person_key from source_person where feed = 'uhb-adt' and facts ->> 'nhsNumber' = '9990000743'`);
    const seen = async (citizen: string): Promise<string[]> => (await wholeRecord(gateway, 'community-nurse', citizen)).flatMap(({ id, resourceType }) => (resourceType === 'Provenance' ? [] : id ?? [])).sort();
    const before = await seen(old);
    await send({ event: 'A28', pid: pid('OBJECTOR', 'OKAFOR^ALICE') });
    const objector = await citizenOf('OBJECTOR');
    expect((await fileObjection(gateway, objector)).status).toBe(201);
    expect(await seen(old)).toEqual(before);
    expect(await send({ ...merge('A40', 'OBJECTOR', key), pid: pid('OBJECTOR', 'OKAFOR^ALICE') })).toMatchObject([{ state: 'stored' }]);
    for (const id of [old, objector]) expect((await seen(id)).length).toBeLessThan(before.length);
    expect(await send({ ...unlink('OBJECTOR', key), pid: pid('OBJECTOR', 'OKAFOR^ALICE') })).toMatchObject([{ state: 'stored' }]);
    expect(await seen(old)).toEqual(before);
  });

  it('under three numbers merged one into the next somebody is one, every reference leads there, and who read the first is still told', async () => {
    const { keys: [a, b, c], name } = mergedInAChain;
    await send(...mergedInAChain.keys.map((key): MessageFacts => ({ event: 'A01', pid: pid(key, name), pv1: visit(`V${key}`) })));
    const [first, second, third] = [await citizenOf(a), await citizenOf(b), await citizenOf(c)];
    expect(new Set([first, second, third]).size).toBe(3);
    await read(first);
    expect(await send({ ...merge('A40', b, a), pid: pid(b, name) }, { ...merge('A40', c, b), pid: pid(c, name) })).toMatchObject([{ state: 'stored' }, { state: 'stored' }]);
    for (const id of [first, second]) expect((await read(id)).id).toBe(third);
    expect((await read(first)).link?.flatMap(({ type, other }) => (type === 'replaces' ? other.reference ?? [] : [])).sort()).toEqual([`Patient/${first}`, `Patient/${second}`].sort());
    expect(await visitsOf({ patient: first })).toEqual(mergedInAChain.keys.map((key) => `V${key}`));
    expect(await gateway.database.query("select v.id from citizen_row r join citizen_version v using (citizen_id, id, version) where r.citizen_id = $1 and (v.body like '%Patient/' || $2 || '%' or v.body like '%Patient/' || $3 || '%')", [third, first, second])).toEqual([]);
    expect(await loggedFor(first)).toEqual(expect.arrayContaining(['read', 'link-merge']));
    expect(await send({ ...merge('A40', a, c), pid: pid(a, name) })).toMatchObject([{ state: 'unchanged' }]);
  });

  it('whom other partners look after comes along with all of that, under the old id too, and goes back', async () => {
    const [alice] = await gateway.database.query<{ citizen_id: string; person_key: string }>(`select citizen_id, person_key from source_person where feed = 'uhb-adt' and facts ->> 'nhsNumber' = '9990000743'`);
    const { citizen_id: old = '', person_key: key = '' } = alice ?? {};
    const seen = async (citizen: string): Promise<string[]> => (await wholeRecord(gateway, 'community-nurse', citizen)).filter(({ resourceType }) => !['Patient', 'Provenance', 'Organization'].includes(resourceType)).flatMap(({ id }) => id ?? []).sort();
    const before = await seen(old);
    expect(before.length).toBeGreaterThan(3);
    // she asked for one of her referrals herself
    const [{ id: asked } = { id: '' }] = await gateway.database.query<{ id: string }>(
      `update citizen_row set tokens = (select array_agg(distinct t order by t) from unnest(tokens || $2::bigint[]) t)
       where id = (select id from citizen_row where citizen_id = $1 and type = 'ServiceRequest' and id = any ($3::uuid[]) order by id limit 1) returning id`,
      [old, [`Patient/${old}`, old].map((value) => String(searchToken('ServiceRequest', 'requester', 'reference', value))), before]);
    const askedBy = async (requester: string, more: Record<string, string> = {}): Promise<string[]> => ((await (await gateway.search('ServiceRequest', { requester, ...more }, 'community-nurse')).json()) as Bundle).entry?.flatMap(({ resource }) => resource?.id ?? []) ?? [];
    for (const name of [old, `Patient/${old}`]) expect(await askedBy(name)).toEqual([asked]);
    // and it stands in the lists people work from
    const { status } = (await (await gateway.get(`/fhir/ServiceRequest/${asked}`, 'community-nurse')).json()) as ServiceRequest;
    await gateway.database.query('update citizen_row set tokens = (select array_agg(distinct t order by t) from unnest(tokens || $2::bigint[]) t) where id = $1',
      [asked, indexResource({ resourceType: 'ServiceRequest', status, requester: { reference: `Patient/${old}` } }).tokens.map(String)]);
    expect(await askedBy(`Patient/${old}`, { status })).toEqual([asked]);
    await send({ event: 'A28', pid: pid('NEWALICE', 'OKAFOR^ALICE') });
    expect(await send({ ...merge('A40', 'NEWALICE', key), pid: pid('NEWALICE', 'OKAFOR^ALICE') })).toMatchObject([{ state: 'stored' }]);
    const now = await citizenOf('NEWALICE');
    expect(now).not.toBe(old);
    expect([await seen(old), await seen(now)]).toEqual([before, before]);
    for (const name of [old, `Patient/${old}`, now, `Patient/${now}`, `Organization/${old},Patient/${old}`]) expect(await askedBy(name)).toEqual([asked]);
    for (const name of [old, now]) expect(await askedBy(`Patient/${name}`, { status })).toEqual([asked]);
    const objected = await fileObjection(gateway, old);
    expect(objected.status).toBe(201);
    const consent = (objected.headers.get('location') ?? '').split('/').find((_, i, all) => all[i - 1] === 'Consent') ?? '';
    expect(await gateway.database.query('select citizen_id from citizen_row where id = $1', [consent])).toEqual([{ citizen_id: now }]);
    expect((await seen(old)).length).toBeLessThan(before.length);
    expect(await send({ ...unlink('NEWALICE', key), pid: pid('NEWALICE', 'OKAFOR^ALICE') })).toMatchObject([{ state: 'stored' }]);
    expect(await gateway.database.query('select r.citizen_id from choice_rule r where r.id = $1 and effect = $2 and live @> statement_timestamp() order by 1', [consent, 'deny'])).toEqual([old, now].sort().map((id) => ({ citizen_id: id })));
    expect((await seen(old)).length).toBeLessThan(before.length); // denied while they were one: for both, until something is decided
  });

  it('what hides the one hides the whole, and goes on hiding both when they are two again', async () => {
    await send({ event: 'A01', pid: pid('K7', 'OPEN^ADA', { 11: '1 OPEN ROAD^^BIRMINGHAM^^B13 8XX^GBR^H' }), pv1: visit('VK7') }, { event: 'A28', pid: pid('L7', 'OPEN^ADA'), more: ['ZU8||2||1'] });
    const labelsOf = async (key: string): Promise<string[]> => {
      const parts = await gateway.database.query<{ labels: string[] }>(
        `select distinct c.labels from source_person p join citizen_fragment f on f.citizen_id = p.citizen_id and f.id = p.id and f.path = '/address' join sharing_class c using (class_id) where p.person_key = $1`, [key]);
      return parts.flatMap(({ labels }) => labels);
    };
    expect(await labelsOf('K7')).toEqual([]);
    expect(await send({ ...merge('A40', 'K7', 'L7'), pid: pid('K7', 'OPEN^ADA') })).toMatchObject([{ state: 'stored' }]);
    expect(await labelsOf('K7')).toContain('LOCIS');
    const denied = (): Promise<{ person_key: string }[]> => gateway.database.query(
      `select distinct p.person_key from choice_rule r join source_person p using (citizen_id) where p.person_key in ('K7', 'L7') and r.effect = 'deny' and r.live @> statement_timestamp() order by 1`);
    expect(await denied()).toEqual([{ person_key: 'K7' }, { person_key: 'L7' }]); // the objection of the one is the whole's
    await send({ ...unlink('K7', 'L7') });
    expect(await denied()).toEqual([{ person_key: 'L7' }]);
    expect(await citizenOf('K7')).not.toBe(await citizenOf('L7'));
    expect(await labelsOf('K7')).toContain('LOCIS');
    await send({ event: 'A31', pid: pid('K7', 'OPEN^ADA', { 11: '2 NEW ROAD^^BIRMINGHAM^^B13 8XX^GBR^H' }) });
    expect(await labelsOf('K7')).toContain('LOCIS');
  });

  it('who read the old id is found under every id, and what was said before is not said anew', async () => {
    const stay = { event: 'A01', pid: pid('L2'), pv1: visit('VL2A'), at: '20240501080000' };
    await send({ event: 'A28', pid: pid('K2') }, stay);
    expect(await send(stay)).toMatchObject([{ state: 'unchanged' }]);
    const [kept, lost] = [await citizenOf('K2'), await citizenOf('L2')];
    await read(lost);
    const reads = async (citizen: string): Promise<number> => (await loggedFor(citizen)).filter((code) => code === 'read').length;
    expect([await reads(lost), await reads(kept)]).toEqual([1, 0]);
    await send(merge('A34', 'K2', 'L2'));
    expect(await send(stay)).toMatchObject([{ state: 'unchanged' }]); // nothing new was said
    await read(lost);
    expect([await reads(lost), await reads(kept)]).toEqual([2, 2]);
  });

  it.each([
    ['twins', pid('T1', 'TWIN^ALICE'), pid('T2', 'TWIN^ELSIE'), /^link-likelihood-/], // parked when the second was described
    ['two verified numbers', { ...pid('N1', 'NUMBERED^ADA'), 3: `${numbers[1]}^^^NHS~N1^^^RRK`, 32: 'NSTS01' }, { ...pid('N2', 'NUMBERED^ADA'), 3: `${numbers[2]}^^^NHS~N2^^^RRK`, 32: 'NSTS01' }, /^merge-two-numbers$/],
  ])('a wrong merge of %s is refused and waits in the work list, and the pair is in the review queue', async (_, one, other, rule) => {
    expect(await send({ event: 'A28', pid: one }, { event: 'A28', pid: other })).toMatchObject([{ state: 'stored' }, { state: 'stored' }]);
    const keyOf = (fields: Record<number, string>): string => /([TN]\d)\^\^\^RRK/.exec(fields[3] ?? '')?.[1] ?? '';
    const [kept, lost] = [await citizenOf(keyOf(one)), await citizenOf(keyOf(other))];
    const before = await gateway.database.query('select count(*) as n from citizen_version');
    const [row] = await send({ event: 'A40', pid: one, more: [`MRG|${keyOf(other)}^^^RRK`] });
    expect(row).toMatchObject({ state: 'awaiting-merge', codes: ['merge-needs-review'] });
    expect([await citizenOf(keyOf(one)), await citizenOf(keyOf(other))]).toEqual([kept, lost]);
    expect(await gateway.database.query('select count(*) as n from citizen_version')).toEqual(before);
    expect(await gateway.database.query('select rule from link_review where citizen_id = $1 and candidate = $2', [lost, kept])).toEqual([{ rule: expect.stringMatching(rule) }]);
  });

  it.each(['same', 'different'] as const)('what waits for a review is taken up by itself when the pair is decided to be %s', async (outcome) => {
    const [kept, lost] = [`R${outcome}1`, `R${outcome}2`];
    await send({ event: 'A28', pid: pid(kept, `${outcome}^ADA`) }, { event: 'A28', pid: pid(lost, `${outcome}^ADA`, { 7: '19660211' }) });
    const [waiting] = await send({ ...merge('A40', kept, lost), pid: pid(kept, `${outcome}^ADA`) });
    expect(waiting).toMatchObject({ state: 'awaiting-merge', codes: ['merge-needs-review'] });
    const [review] = await gateway.database.query<{ reference: string; rule: string }>('select reference, rule from link_review where (citizen_id, candidate) in (($1::uuid, $2::uuid), ($2, $1))', [await citizenOf(kept), await citizenOf(lost)]);
    const act = (what: string, body: object): Promise<Response> => post(gateway, `/governance/link-reviews/${review?.reference ?? ''}/${what}`, 'governance-lead', JSON.stringify(body));
    await act('claim', {});
    const { seen } = (await (await gateway.get(`/governance/link-reviews/${review?.reference ?? ''}`, 'governance-lead')).json()) as { seen: string };
    expect((await act('decide', { outcome, reason: 'Looked at both', seen })).status).toBe(200);
    await gateway.services.worker.idle();
    expect(await rows([waiting?.messageId ?? ''])).toMatchObject([outcome === 'same' ? { state: 'unchanged', codes: [] } : { state: 'quarantined', codes: ['merge-told-apart'] }]);
    expect((await citizenOf(kept)) === (await citizenOf(lost))).toBe(outcome === 'same');
  });

  it('whom nobody described yet is put where the merge says, whichever of the two it is, unless what is said then speaks against it', async () => {
    await send({ event: 'A28', pid: pid('K3', 'FIRST^KNOWN') });
    expect(await send(merge('A47', 'K3', 'L3'), merge('A43', 'NEW3', 'K3'), merge('A40', 'K3', 'L4'), merge('A40', 'K3', 'L9'))).toEqual(Array.from({ length: 4 }, () => expect.objectContaining({ state: 'stored' })));
    await send({ event: 'A28', pid: { 3: 'L3^^^RRK', 5: 'FIRST^KNOWN' } }, { event: 'A28', pid: pid('NEW3', 'FIRST^KNOWN') }, { event: 'A28', pid: pid('L4', 'FIRST^OTHER') }, { event: 'A28', pid: pid('L9', 'LAST^OTHER', { 7: '19660211' }) });
    const kept = await citizenOf('K3');
    expect([await citizenOf('L3'), await citizenOf('NEW3')]).toEqual([kept, kept]);
    for (const doubtful of ['L4', 'L9']) {
      expect(await citizenOf(doubtful)).not.toBe(kept);
      expect(await gateway.database.query('select candidate from link_review where citizen_id = $1', [await citizenOf(doubtful)])).toEqual([{ candidate: kept }]);
    }
  });

  it('whom nobody described yet goes along with the one a merge named them with, and leaves again', async () => {
    await send({ event: 'A28', pid: pid('K8', 'LEAVER^ADA') }, { event: 'A28', pid: pid('X8', 'LEAVER^ADA') });
    expect(await send(merge('A40', 'X8', 'K8'), merge('A40', 'K8', 'L8'), unlink('X8', 'K8'))).toEqual(Array.from({ length: 3 }, () => expect.objectContaining({ state: 'stored' })));
    await send({ event: 'A28', pid: pid('L8', 'LEAVER^ADA') });
    expect(await citizenOf('K8')).not.toBe(await citizenOf('X8'));
    expect(await citizenOf('L8')).toBe(await citizenOf('K8'));
    expect(await send(unlink('K8', 'L8'))).toMatchObject([{ state: 'stored' }]);
    expect(new Set([await citizenOf('K8'), await citizenOf('L8'), await citizenOf('X8')]).size).toBe(3);
  });

  it('whom nobody described yet joins nobody they were told apart from, whatever that one has become', async () => {
    await send({ event: 'A28', pid: pid('K10', 'APART^ADA') }, { event: 'A28', pid: pid('X10', 'APART^ADA') });
    expect(await send(unlink('X10', 'L10'), merge('A40', 'X10', 'L10'))).toMatchObject([{ state: 'stored' }, { state: 'quarantined', codes: ['merge-told-apart'] }]);
    expect(await send(merge('A40', 'K10', 'L10'), merge('A40', 'X10', 'K10'))).toMatchObject([{ state: 'stored' }, { state: 'stored' }]);
    await send({ event: 'A28', pid: pid('L10', 'APART^ADA') });
    expect(await citizenOf('K10')).toBe(await citizenOf('X10'));
    expect(await citizenOf('L10')).not.toBe(await citizenOf('X10'));
    expect(await gateway.database.query('select rule from link_review where citizen_id = $1 and candidate = $2', [await citizenOf('L10'), await citizenOf('X10')])).toEqual([]);
  });

  it('waits for people of whom nothing is known, and is done when one of them arrives', async () => {
    const [early] = await send(merge('A40', 'K5', 'L5'));
    expect(early).toMatchObject({ state: 'awaiting-merge', codes: ['merge-nobody-known'] });
    await send({ event: 'A28', pid: pid('L5', 'LATE^COMER') });
    expect(await rows([early?.messageId ?? ''])).toMatchObject([{ state: 'stored', codes: [] }]);
    await send({ event: 'A28', pid: pid('K5', 'LATE^COMER') });
    expect(await citizenOf('K5')).toBe(await citizenOf('L5'));
  });

  it('what it cannot do by itself waits with its reason, and national numbers alone join nobody', async () => {
    await send({ event: 'A28', pid: pid('K6', 'WAITING^LONG') });
    const told = await send(
      { event: 'A45', pid: pid('K6'), pv1: visit('V61'), more: ['MRG|L6^^^RRK||||V62'] },
      { event: 'A40', pid: { ...pid('K6'), 3: `${numbers[0]}^^^NHS~K6^^^RRK` }, more: [`MRG|${numbers[1]}^^^NHS`] });
    expect(told).toMatchObject([{ state: 'awaiting-merge', codes: ['visit-move-unknown'] }, { state: 'awaiting-merge', codes: ['merge-numbers-only'] }]);
  });
});
