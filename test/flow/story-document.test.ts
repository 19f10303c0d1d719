import { writeFileSync } from 'node:fs';
import type { Bundle } from '@medplum/fhirtypes';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

const people = { abdul: '9990000379', alice: '9990000743' };

describe.each(databases.slice(0, Number(process.env['ONE'] ?? 2)))('one story, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(), { citizens: 12 });
  });
  afterAll(() => gateway.close());

  async function idOf(who: string, number: string): Promise<string> {
    const bundle = (await (await gateway.search('Patient', { identifier: `https://fhir.nhs.uk/Id/nhs-number|${number}` }, who)).json()) as Bundle;
    return bundle.entry?.[0]?.resource?.id ?? '';
  }

  async function story(who: string, number: string): Promise<Bundle> {
    const response = await gateway.get(`/fhir/Patient/${await idOf(who, number)}/$story`, who);
    const text = await response.text();
    if (process.env['DUMP']) writeFileSync(`/tmp/storyb-${number}-${who}.json`, text);
    expect(response.status).toBe(200);
    return JSON.parse(text) as Bundle;
  }
  it('reads', async () => {
    const b = await story('community-nurse', people.alice);
    expect(validateResource(b as unknown as JsonObject)).toEqual([]);
    const c = await story('community-nurse', people.abdul);
    expect(validateResource(c as unknown as JsonObject)).toEqual([]);
  });
});
