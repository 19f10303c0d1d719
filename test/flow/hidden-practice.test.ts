import { readFileSync } from 'node:fs';
import type { Observation } from '@medplum/fhirtypes';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { exampleBundle, resourceIn } from './fhir-examples.ts';
import { storedRows } from './intake-outcome.ts';
import { wholeRecord } from './whole-record.ts';
import { exampleFile } from '../mappings/run-example.ts';

/** The hospital hides where she is: before the practice sends her record, or after. */
const orders = [{ order: 'before', hiddenFirst: true }, { order: 'after', hiddenFirst: false }];

describe.each(databases.flatMap((database) => orders.map((order) => ({ ...database, ...order }))))('a practice\'s record of a person hidden $order it came, on $kind', ({ open, hiddenFirst }) => {
  let gateway: Gateway;
  let citizen = '';
  const hospital = readFileSync(exampleFile('hl7v2-adt', 'location-hidden', 'input.hl7'));
  const record = exampleBundle('gp-connect', 'gpexample-whole-record');
  Object.assign(resourceIn(record, 'Patient'), { name: [{ use: 'official', family: 'Lark', given: ['Maya'] }], birthDate: '1990-03-11' });
  const residents = JSON.parse(readFileSync(exampleFile('care-home', 'rowanhouse-resident-list', 'input.json'), 'utf8')) as { residents: object[] };
  residents.residents.length = 1;
  Object.assign(residents.residents[0] ?? {}, { nhsNumber: '999 000 1480', surname: 'Lark', forename: 'Maya', dateOfBirth: '1990-03-11' });
  const [number] = resourceIn(record, 'Patient').identifier ?? [];
  if (number) number.value = '9990001480';

  beforeAll(async () => {
    gateway = await startGateway(await open());
    const steps = [() => gateway.send('uhb-adt', '', hospital), async () => { await gateway.send('gpexample-gpc', '', JSON.stringify(record)); await gateway.send('rowanhouse-residents', 'residents', JSON.stringify(residents)); }];
    for (const step of hiddenFirst ? steps : steps.toReversed()) await step();
    const citizens = new Set((await storedRows(gateway, 'Patient')).map((row) => row.citizen));
    expect(citizens.size).toBe(1);
    [citizen = ''] = citizens;
    await gateway.send('gpexample-gpc', '', JSON.stringify(exampleBundle('gp-connect', 'temporary-resident')));
    // the ward has both in its care: a clause of the practices opens what they share
    for (const { citizen: each } of await storedRows(gateway, 'Patient')) {
      await gateway.database.query(`insert into relationship (citizen_id, id, organisation, kind, until) values ($1, $1, $2, 1, now() + interval '1 hour') on conflict do nothing`, [each, 'https://fhir.nhs.uk/Id/ods-organization-code|RRK']);
    }
  });
  afterAll(() => gateway.close());

  it('is not shown to whoever may not know where she is: neither the record nor whose it is', async () => {
    const seen = JSON.stringify(await wholeRecord(gateway, 'ward-doctor', citizen));
    expect(seen).toContain('RRK');
    for (const telling of ['M85001', 'The Example Practice', 'gpexample', 'Testwell', 'rowan', 'Rowan']) expect(seen).not.toContain(telling);
    const homes = (await storedRows(gateway)).filter((row) => row.citizen === citizen && JSON.stringify(row).includes('rowan'));
    expect(homes.map(({ type }) => type)).toEqual(expect.arrayContaining(['Patient', 'EpisodeOfCare']));
  });

  it('is shown of somebody who is not hidden', async () => {
    const other = (await storedRows(gateway, 'Patient')).find((row) => row.citizen !== citizen)?.citizen ?? '';
    expect(JSON.stringify(await wholeRecord(gateway, 'ward-doctor', other))).toContain('M85001');
  });

  it('of somebody who is not hidden is closed to others by a code that says they object, from the next read on, and open again without it', async () => {
    const other = (await storedRows(gateway, 'Patient')).find((row) => row.citizen !== citizen)?.citizen ?? '';
    const seen = async (): Promise<boolean> => JSON.stringify(await wholeRecord(gateway, 'ward-doctor', other)).includes('M85001');
    const objecting = exampleBundle('gp-connect', 'temporary-resident');
    const { identifier = [] } = resourceIn(exampleBundle('gp-connect', 'temporary-resident'), 'Patient');
    const [observation] = (exampleBundle('gp-connect', 'observations-about-sharing').entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Observation' ? [resource] : []));
    expect([identifier.length > 0, observation?.resourceType]).toEqual([true, 'Observation']);
    const about = { ...observation, subject: { reference: `Patient/${resourceIn(objecting, 'Patient').id ?? ''}` }, performer: undefined } as unknown as Observation;
    objecting.entry?.push({ resource: about });
    await gateway.send('gpexample-gpc', '', JSON.stringify(objecting));
    expect(await seen()).toBe(false);
    about.status = 'entered-in-error';
    await gateway.send('gpexample-gpc', '', JSON.stringify(objecting));
    expect(await seen()).toBe(true);
  });

  it('is kept, and the practice is no evidence of a relationship', async () => {
    expect((await storedRows(gateway)).map(({ type }) => type)).toEqual(expect.arrayContaining(['AllergyIntolerance', 'Condition', 'MedicationStatement', 'ServiceRequest']));
    const [row] = await gateway.database.query<{ n: string }>(`select count(*) as n from relationship where kind = 3 and citizen_id = $1`, [citizen]);
    expect(Number(row?.n)).toBe(0);
  });
});
