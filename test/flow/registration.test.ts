import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf, wholeRecord } from './whole-record.ts';

/** A practice sees whom it has registered, because a partner said so, and for as long as it does. */

const mayaLark = '9990001480';

/** The hospital's nth message about her: PD1 names the practice as it is written here, ZU8-4 hides where she is. */
function message(n: number, practice: string, hidden = false): string {
  const at = `202406${String(10 + n)}1200`;
  const event = n === 0 ? 'A28' : 'A31';
  return [
    `MSH|^~\\&|PAS|RRK|BICP|QHL|${at}||ADT^${event}^ADT_A05|RRK77000${String(n).padStart(2, '0')}|P|2.4|||||GBR|UNICODE|EN||iTKv1.0`,
    `EVN||${at}|||U123^Singh^Harpreet^^^Dr|${at}`,
    `PID|||${mayaLark}^^^NHS~H7700001^^^RRK&2.16.840.1.113883.2.1.3.2.4.18&ISO||LARK^MAYA^^^^^L||19400311|2|||1 HIDDEN WAY^^BIRMINGHAM^^B30 1XX^GBR^H||07700 900200^PRN^CP|||||||||||||||||||NSTS01`,
    `PD1|||${practice}`,
    ...(hidden ? ['ZU8|S|||2'] : []),
  ].join('\r') + '\r';
}
const [own, other, none] = ['THE EXAMPLE PRACTICE^^M85001', 'CANALSIDE EXAMPLE SURGERY^^M85002', '""'];

// each case finds her as the one before left her
describe.each(databases)('a GP, on $kind', ({ open }) => {
  let gateway: Gateway;
  let sent = 0;
  beforeAll(async () => {
    gateway = await startGateway(await open());
  });
  afterAll(() => gateway.close());

  const tell = async (practice: string, hidden = false): Promise<void> => {
    const task = (await (await gateway.send('uhb-adt', '', message(sent, practice, hidden))).json()) as { id: string };
    sent += 1;
    expect(await statusOf(task.id)).toBe('completed');
  };
  const statusOf = async (task: string): Promise<string> => ((await (await gateway.get(`/fhir/Task/${task}`, 'uhb-adt')).json()) as { status: string }).status;
  const knows = async (): Promise<boolean> => (await citizenOf(gateway, 'gp', mayaLark)) !== '';
  const registrations = (): Promise<{ organisation: string; days: number }[]> =>
    gateway.database.query(`select organisation, round(extract(epoch from until - now()) / 86400)::int as days from relationship where kind = 3`);

  it('learns of a person once a partner says that the practice has registered them', async () => {
    await tell(other);
    expect(await knows()).toBe(false);
    await tell(own);
    expect(await knows()).toBe(true);
    expect(await registrations()).toEqual([{ organisation: 'https://fhir.nhs.uk/Id/ods-organization-code|M85001', days: 1095 }]);
    expect(JSON.stringify(await wholeRecord(gateway, 'gp', await citizenOf(gateway, 'gp', mayaLark)))).toContain('HIDDEN WAY');
  });

  it('knows of them no longer once they have moved to another practice', async () => {
    await tell(other);
    expect(await knows()).toBe(false);
  });

  it('nor once they have none', async () => {
    await tell(own);
    expect(await knows()).toBe(true);
    await tell(none);
    expect([await knows(), await registrations()]).toEqual([false, []]);
  });

  it('nor once it is too long since anybody said so', async () => {
    await tell(own);
    expect(await knows()).toBe(true);
    await gateway.database.query('update relationship set until = now() where kind = 3');
    expect(await knows()).toBe(false);
  });

  it('learns nothing by it of a person whose location is hidden, from then on, whoever says it again', async () => {
    await tell(other);
    await tell(own);
    expect(await knows()).toBe(true);
    await tell(own, true);
    expect([await knows(), await registrations()]).toEqual([false, []]);
    await tell(other, true);
    await tell(own, true);
    expect([await knows(), await registrations()]).toEqual([false, []]);
  });
});
