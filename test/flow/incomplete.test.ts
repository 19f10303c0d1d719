import type { Bundle, OperationOutcome } from '@medplum/fhirtypes';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

describe.each(databases)('what has not arrived, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  async function outcomes(citizen: string): Promise<OperationOutcome[]> {
    const bundle = (await (await gateway.get(`/fhir/Patient/${citizen}/$everything`, 'community-nurse')).json()) as Bundle;
    return (bundle.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'OperationOutcome' ? [resource] : []));
  }

  it('is said while a message about the person is in quarantine, and no longer once a later one was stored; and while a feed is late, since when', async () => {
    const found = (await (await gateway.search('Patient', { identifier: 'https://fhir.nhs.uk/Id/nhs-number|9990000743' }, 'community-nurse')).json()) as Bundle;
    const citizen = found.entry?.[0]?.resource?.id ?? '';
    expect(await outcomes(citizen)).toEqual([]);

    const messages = [...demoFiles({ seed: 2018, citizens: 12 })].filter(({ feed }) => feed === 'uhb-adt').flatMap(({ content }) => content.split(/(?=MSH\|)/));
    const good = messages.findLast((message) => message.includes('9990000743')) ?? '';
    const renamed = (suffix: string): string => good.replace(/^((?:[^|]*\|){9})([^|]*)/, `$1$2${suffix}`);
    await gateway.send('uhb-adt', '', `${renamed('X')}QQQ|1|unknown\r`);
    const [outcome] = await outcomes(citizen);
    expect(outcome?.issue[0]?.code).toBe('incomplete');
    expect(JSON.stringify(outcome)).toContain('University Hospitals Birmingham');

    await gateway.send('uhb-adt', '', renamed('Y'));
    expect(await outcomes(citizen)).toEqual([]);

    await gateway.database.query("update source_record set received_at = timestamptz '2026-01-15T09:12:00Z' where feed = 'bcc-cld'"); // expected every quarter
    const text = (await outcomes(citizen))[0]?.issue[0]?.details?.text;
    expect(text).toBe('The newest information from Birmingham City Council (nothing since 15-Jan-2026 09:12) has not arrived yet. What is missing here may still exist.');
    await gateway.database.query("update source_record set received_at = now() where feed = 'bcc-cld'");
    expect(await outcomes(citizen)).toEqual([]);
  });
});
