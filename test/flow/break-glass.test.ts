import type { AuditEvent, Bundle, OperationOutcome, Parameters, Task } from '@medplum/fhirtypes';
import { castIndex } from '../../src/demo/cast.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, custodiansOf, wholeRecord } from './whole-record.ts';

describe.each(databases)('emergency access, on $kind', ({ open }) => {
  let gateway: Gateway;
  const neville = personAt({ seed: 2018, citizens: 12 }, castIndex('objected'));
  const right = { 'nhs-number': neville.nhsNumber ?? '', 'birth-date': neville.birthDate ?? '', family: neville.name.family, reason: 'serious-harm-person', explanation: 'Found on the floor at home and cannot say who cares for him' };
  beforeAll(async () => { gateway = await startGateway(await open(), { citizens: 12 }); });
  afterAll(() => gateway.close());

  const values: Record<string, string> = { 'birth-date': 'valueDate', reason: 'valueCode' };
  const inputsOf = (given: Record<string, string>): Parameters => ({ resourceType: 'Parameters', parameter: Object.entries(given).map(([name, value]) => ({ name, [values[name] ?? 'valueString']: value })) });
  const ask = async (given: Record<string, string>, who = 'social-worker'): Promise<Response> => fetch(`${gateway.url}/fhir/Patient/$break-glass`, {
    method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(inputsOf(given)),
  });
  const end = async (citizen: string, who = 'social-worker'): Promise<Response> => fetch(`${gateway.url}/fhir/Patient/${citizen}/$end-break-glass`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}` } });
  const codeOf = async (response: Response): Promise<string | undefined> => ((await response.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code;
  const outputOf = async (response: Response): Promise<{ citizen: string; reference: string; until: string }> => {
    const { parameter = [] } = (await response.json()) as Parameters;
    const of = (name: string) => parameter.find((each) => each.name === name);
    return { citizen: of('patient')?.valueReference?.reference?.slice('Patient/'.length) ?? '', reference: of('reference')?.valueString ?? '', until: of('until')?.valueInstant ?? '' };
  };

  it('opens a record closed by an objection to the person who asked, for an hour, and to nobody else', async () => {
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
    const opened = await ask(right);
    expect(opened.status).toBe(200);
    const { citizen, until } = await outputOf(opened);
    expect(Date.parse(until) - Date.now()).toBeGreaterThan(59 * 60_000);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe(citizen);
    expect(custodiansOf(await wholeRecord(gateway, 'social-worker', citizen))).toEqual(expect.arrayContaining(['RRK', 'RYW']));
    expect(await citizenOf(gateway, 'mental-health-nurse', right['nhs-number'])).toBe('');
    await end(citizen);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
  });

  it('is one for one person and citizen, and each look under it is marked in the log', async () => {
    const first = await outputOf(await ask(right));
    const again = await outputOf(await ask(right));
    expect(again).toEqual(first);
    await wholeRecord(gateway, 'social-worker', first.citizen);
    const log = (await (await gateway.search('AuditEvent', { patient: `Patient/${first.citizen}`, _count: '1' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    expect(JSON.stringify(log.entry?.[0]?.resource)).toContain('This person had emergency access to the record.');
    await end(first.citizen);
  });

  it('asks each privacy officer concerned to review it, by a reference that names nobody', async () => {
    const { citizen, reference } = await outputOf(await ask(right));
    const found = (await (await gateway.search('Task', { identifier: `https://fhir.bicp.example/Id/emergency-access|${reference}` }, 'privacy-officer')).json()) as Bundle<Task>;
    const tasks = found.entry?.flatMap(({ resource }) => (resource?.resourceType === 'Task' ? [resource] : [])) ?? [];
    expect(tasks.map(({ owner }) => owner?.identifier?.value).sort()).toEqual(['E08000025', 'RRK', 'RYW']);
    for (const told of [citizen, 'social-worker', 'Sukhdev', neville.name.family, right['nhs-number'], right.explanation]) expect(JSON.stringify(tasks)).not.toContain(told);
    const seen = (await (await gateway.search('Task', { identifier: `https://fhir.bicp.example/Id/emergency-access|${reference}` }, 'social-worker')).json()) as Bundle;
    expect(seen.entry ?? []).toEqual([]);
    await end(citizen);
  });

  it('answers alike, word for word, for somebody who is not there, details that are not right, and a record it would open nothing of', async () => {
    const answers: [number, string][] = [];
    for (const given of [
      { ...right, 'nhs-number': '9991000046' }, { ...right, 'nhs-number': '9990000744' }, { ...right, 'birth-date': '1946-04-03' }, { ...right, family: 'Blagroves' },
    ]) {
      const response = await ask(given, 'community-nurse');
      answers.push([response.status, await response.text()]);
    }
    expect(new Set(answers.map(([status, text]) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.[0]).toBe(404);
    expect(answers[0]?.[1]).toContain('emergency-access-refused');
  });

  it('tells the log what it tells nobody else', async () => {
    const log = (await (await gateway.search('AuditEvent', { agent: 'community-nurse', _count: '10' }, 'governance-lead')).json()) as Bundle<AuditEvent>;
    const denied = (log.entry ?? []).filter(({ resource }) => JSON.stringify(resource).includes('break-glass'));
    expect(denied.length).toBeGreaterThanOrEqual(4);
    expect(JSON.stringify(denied)).not.toContain(right.explanation);
  });

  it('is not given when it was refused too often', async () => {
    for (let i = 0; i < 10; i += 1) await ask({ ...right, family: 'Somebody' }, 'mental-health-nurse');
    const refused = await ask(right, 'mental-health-nurse');
    expect([refused.status, await codeOf(refused)]).toEqual([429, 'emergency-access-too-often']);
  });

  it.each([['privacy-officer', 403, 'emergency-access-role'], ['governance-lead', 403, 'emergency-access-role'], ['uhb-adt', 403, 'scope-missing']])('is not for %s', async (who, status, code) => {
    const refused = await ask(right, who);
    expect([refused.status, await codeOf(refused)]).toEqual([status, code]);
  });

  it('tells every mistake of its inputs at once, by place', async () => {
    const refused = await ask({ 'nhs-number': 'abc', 'birth-date': '1946', reason: 'because', explanation: 'too short', more: 'x' });
    const { issue } = (await refused.json()) as OperationOutcome;
    expect(refused.status).toBe(400);
    expect(issue.map(({ diagnostics }) => diagnostics).join(' ')).toMatch(/nhs-number.*birth-date.*family.*reason.*explanation/s);
    expect(JSON.stringify(issue)).not.toContain('too short');
  });

  it('opens nothing that a partner or the law has closed', async () => {
    const desmond = personAt({ seed: 2018, citizens: 12 }, castIndex('restrictedStay'));
    const { citizen } = await outputOf(await ask({ ...right, 'nhs-number': desmond.nhsNumber ?? '', 'birth-date': desmond.birthDate ?? '', family: desmond.name.family }, 'ward-doctor'));
    expect(citizen).not.toBe('');
    const seen = await wholeRecord(gateway, 'ward-doctor', citizen);
    expect(seen.some(({ meta }) => meta?.security?.some(({ code }) => code === 'legal-restriction'))).toBe(false);
  });

  it('ends by itself', async () => {
    const { citizen } = await outputOf(await ask(right));
    await gateway.database.query("update emergency_access set until = now() where citizen_id = $1", [citizen]);
    expect(await citizenOf(gateway, 'social-worker', right['nhs-number'])).toBe('');
  });
});
