import type { Bundle, OperationOutcome, Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, fileObjection, people, wholeRecord } from './whole-record.ts';

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';

describe.each(databases)('access explained, on $kind', ({ open }) => {
  let gateway: Gateway;
  let citizen = '';
  let plan = '';
  beforeAll(async () => {
    gateway = await startGateway(await open(3));
    citizen = await citizenOf(gateway, 'community-nurse', people.alice);
    const found = (await (await gateway.search('CarePlan', { patient: `Patient/${citizen}`, _count: '50' }, 'community-nurse')).json()) as Bundle;
    plan = found.entry?.find(({ resource }) => resource?.resourceType === 'CarePlan' && resource.meta?.tag?.some(({ code }) => code === 'RYW'))?.resource?.id ?? '';
  });
  afterAll(() => gateway.close());

  const explain = async (who: string, query: Record<string, string> = {}, id = plan): Promise<Response> => gateway.get(`/fhir/CarePlan/${id}/$explain-access?${new URLSearchParams(query).toString()}`, who);
  const parts = (parameters: Parameters, name: string): ParametersParameter[][] => (parameters.parameter ?? []).filter((each) => each.name === name).map(({ part }) => part ?? []);
  const valueOf = (part: ParametersParameter[], name: string): unknown => part.find((each) => each.name === name)?.valueString ?? part.find((each) => each.name === name)?.valueCode ?? part.find((each) => each.name === name)?.valueInteger;

  it('says who may see a row and by which clause, and nothing of what stands in it', async () => {
    const response = await explain('governance-lead');
    expect(response.status).toBe(200);
    const answer = (await response.json()) as Parameters;
    const audiences = parts(answer, 'audience').map((part) => [valueOf(part, 'organisation'), valueOf(part, 'number')]);
    expect(audiences).toEqual(expect.arrayContaining([['Birmingham Community Healthcare NHS Foundation Trust', 1], ['University Hospitals Birmingham NHS Foundation Trust', 4]]));
    expect(JSON.stringify(answer)).toMatch(/Clause 2\.2 of/);
    expect(JSON.stringify(answer)).not.toMatch(/Intermediate|Okafor|visits/i);
  });

  it('agrees with the door: whom it names sees the row, and whom it does not name does not', async () => {
    const answer = (await (await explain('governance-lead')).json()) as Parameters;
    const sees = async (who: string): Promise<boolean> => (await wholeRecord(gateway, who, citizen)).some(({ id }) => id === plan);
    const named = (organisation: string, role: string): boolean => parts(answer, 'audience').some((part) =>
      valueOf(part, 'organisation') === organisation && part.some(({ name, valueCode }) => name === 'role' && valueCode === role) && part.some(({ name, valueCode }) => name === 'purpose' && valueCode === 'TREAT'));
    for (const [who, organisation, role] of [
      ['ward-doctor', 'University Hospitals Birmingham NHS Foundation Trust', 'doctor'], ['social-worker', 'Birmingham City Council', 'social-worker'],
      ['mental-health-nurse', 'Birmingham and Solihull Mental Health NHS Foundation Trust', 'nurse'], ['community-nurse', 'Birmingham Community Healthcare NHS Foundation Trust', 'nurse'],
    ] as const) expect([who, named(organisation, role)]).toEqual([who, await sees(who)]);
  });

  it('shows the rules one by one up to the one that decides, before an objection and after it', async () => {
    const doctor = { organisation: `${ods}|RRK`, role: 'doctor', purpose: 'TREAT' };
    const chainOf = async (): Promise<unknown[]> => parts((await (await explain('governance-lead', doctor)).json()) as Parameters, 'rule').map((part) => `${String(valueOf(part, 'number'))} ${String(valueOf(part, 'effect'))}`);
    expect(await chainOf()).toEqual(['1 not-decided', '2 not-decided', '3 not-decided', '4 permit']);
    expect((await fileObjection(gateway, citizen)).status).toBe(201);
    expect(await chainOf()).toEqual(['1 not-decided', '2 not-decided', '3 deny']);
    const nurse = { organisation: `${ods}|RYW`, role: 'nurse', purpose: 'TREAT' };
    expect(JSON.stringify(await (await explain('governance-lead', nurse)).json())).toContain('An organisation sees the records it wrote itself.');
  });

  it('explains a citizen, by an id of before as well, by each source Patient and by what is kept apart of it', async () => {
    const ask = async (who: string, id: string): Promise<ParametersParameter[]> => ((await (await gateway.get(`/fhir/Patient/${id}/$explain-access`, who)).json()) as Parameters).parameter ?? [];
    const records = await ask('governance-lead', citizen);
    expect(records.map(({ name }) => name)).toEqual(records.map(() => 'record'));
    const custodians = records.map(({ part = [] }) => valueOf(part, 'custodian'));
    expect(custodians).toEqual(expect.arrayContaining(['Birmingham Community Healthcare NHS Foundation Trust', 'University Hospitals Birmingham NHS Foundation Trust']));
    const source = records[0]?.part?.[0]?.valueReference?.reference?.slice('Patient/'.length) ?? '';
    const before = '01234567-89ab-4cde-8f01-23456789abcd';
    await gateway.database.query('insert into citizen_alias (citizen_id, now_id) values ($1, $2)', [before, citizen]);
    const [{ id: hidden } = { id: 0 }] = await gateway.database.query<{ id: number }>(`insert into sharing_class (custodian, category, labels) select custodian, category, '{LOCIS}' from sharing_class c join citizen_row r on r.class_id = c.class_id where r.id = $1
      on conflict do nothing returning class_id as id`, [source]);
    await gateway.database.query(`insert into citizen_fragment (citizen_id, id, version, path, body, class_id, target, tokens) select citizen_id, id, version, '/photo/0', '{}', $2, null, '{}' from citizen_row where id = $1`, [source, hidden]);
    await gateway.database.query('update policy_generation set generation = generation + 1');
    expect((await ask('governance-lead', before)).length).toBe(records.length);
    const own = await ask('privacy-officer', citizen);
    expect(own.map(({ part = [] }) => valueOf(part, 'custodian'))).toEqual(own.map(() => 'University Hospitals Birmingham NHS Foundation Trust'));
    const part = parts({ resourceType: 'Parameters', parameter: await ask('governance-lead', source) }, 'part').find((each) => valueOf(each, 'element') === 'photo') ?? [];
    expect([valueOf(part, 'element'), valueOf(part, 'label'), part.filter(({ name }) => name === 'audience').map((each) => valueOf(each.part ?? [], 'number'))]).toEqual(['photo', 'LOCIS', [1]]);
  });

  it.each([['community-nurse', 403, 'explain-governance-only'], ['privacy-officer', 404, 'not-found']])('is not for %s, to whom it does not belong', async (who, status, code) => {
    const refused = await explain(who);
    expect([refused.status, ((await refused.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code]).toEqual([status, code]);
  });

  it('of nothing is the one answer for nothing', async () => {
    expect((await explain('governance-lead', {}, '00000000-0000-4000-8000-000000000000')).status).toBe(404);
    expect((await explain('governance-lead', {}, 'nothing')).status).toBe(404);
  });

  it.each<[string, Record<string, string>]>([
    ['half a requester', { role: 'doctor' }], ['a role nobody has', { organisation: `${ods}|RRK`, role: 'king', purpose: 'TREAT' }],
    ['a parameter there is not', { organisation: `${ods}|RRK`, role: 'doctor', purpose: 'TREAT', more: '1' }], ['an organisation in words', { organisation: 'UHB', role: 'doctor', purpose: 'TREAT' }],
  ])('asked for with %s is refused with what was expected', async (_what, query) => {
    const refused = await explain('governance-lead', query);
    expect([refused.status, ((await refused.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code]).toEqual([400, 'operation-input-invalid']);
  });

  it('is in the log of the person it was about', async () => {
    const log = await (await gateway.search('AuditEvent', { patient: `Patient/${citizen}`, _count: '20' }, 'governance-lead')).text();
    expect(log).toContain('$explain-access');
  });
});
