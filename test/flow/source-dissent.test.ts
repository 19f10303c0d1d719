import type { Bundle } from '@medplum/fhirtypes';
import { demoFiles } from '../../src/demo/demo-files.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';

/** Rows of a RiO extract about one client. */
function rowsOf(content: string, client: string): string {
  const [header = '', ...rows] = content.split('\r\n').length > 1 ? content.split('\r\n') : content.split('\n');
  return [header, ...rows.filter((row) => row.startsWith(`${client},`) || row.startsWith(`"${client}",`))].join('\n') + '\n';
}

describe.each(databases)('a partner\'s own dissent flag, on $kind', ({ open }) => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  it('covers what the partner said before the flag and after it', async () => {
    const found = (await (await gateway.search('Patient', { identifier: 'https://fhir.nhs.uk/Id/nhs-number|9990000743' }, 'community-nurse')).json()) as Bundle;
    const citizen = found.entry?.[0]?.resource?.id ?? '';
    const visible = async (who: string, type: string): Promise<number> =>
      ((await (await gateway.search(type, { patient: `Patient/${citizen}` }, who)).json()) as Bundle).total ?? 0;
    expect(await visible('social-worker', 'CarePlan')).toBeGreaterThan(2);
    expect(await visible('community-nurse', 'EpisodeOfCare')).toBeGreaterThan(2);

    const client = [...demoFiles({ seed: 2018, citizens: 12 })].find(({ feed, part }) => feed === 'bchc-rio' && part === 'client');
    const own = /(?:^|\n)"?(C\d+)"?,"?9990000743/.exec(client?.content ?? '')?.[1] ?? '';
    const [header = '', row = ''] = rowsOf(client?.content ?? '', own).split('\n');
    const column = header.replaceAll('"', '').split(',').indexOf('SensitiveFlag');
    const cells = row.split(',');
    expect(cells[column]?.replaceAll('"', '')).not.toBe('Y');
    cells[column] = 'Y';
    expect((await gateway.send('bchc-rio', 'client', `${header}\n${cells.join(',')}\n`)).ok).toBe(true);

    expect(await visible('community-nurse', 'EpisodeOfCare')).toBeGreaterThan(2);
    const others = (await (await gateway.search('EpisodeOfCare', { patient: `Patient/${citizen}` }, 'social-worker')).json()) as Bundle;
    expect(JSON.stringify(others)).not.toContain('"code":"RYW"');
  });
});
