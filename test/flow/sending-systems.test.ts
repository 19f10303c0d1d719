import type { Bundle, Device, OperationOutcome } from '@medplum/fhirtypes';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { feedSystem, loadDirectory } from '../../src/flow/directory.ts';
import { loadSecrets } from '../../src/store/secrets.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { citizenOf } from '../edge/http/asking.ts';

/** A reader of an entry can be told which system it was written in: `meta.source` names the feed, the directory the system. */

const nurse = 'community-nurse';

describe.each(databases)('the systems that send, on $kind', ({ open }) => {
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await startGateway(await open(12));
  });
  afterAll(() => gateway.close());

  const devices = async (query: string, who = nurse): Promise<Device[]> => {
    const bundle = (await (await gateway.get(`/fhir/Device?${query}`, who)).json()) as Bundle<Device>;
    return (bundle.entry ?? []).flatMap(({ resource, search }) => (resource && search?.mode === 'match' ? [resource] : []));
  };
  const deviceOf = async (feed: string): Promise<Device> => {
    const found = await devices(String(new URLSearchParams({ identifier: `${feedSystem}|${feed}` })));
    if (!found[0] || found.length > 1) throw new Error(`${found.length} systems for ${feed}`);
    return found[0];
  };

  it('are one Device per feed, owned by its partner', async () => {
    const { feeds } = gateway.services.mappings;
    expect(feeds.map(({ key, system }) => [key, system])).toEqual(expect.arrayContaining([
      ['uhb-adt', 'Hospital patient administration system'], ['bcc-cld', 'Council adult social care system'], ['bsmhft-rio', 'Mental health RiO'], ['bchc-rio', 'Community RiO'],
    ]));
    for (const feed of feeds) {
      const device = await deviceOf(feed.key);
      expect(device).toMatchObject({
        identifier: [{ system: feedSystem, value: feed.key }], status: 'active', deviceName: [{ name: feed.system, type: 'user-friendly-name' }],
        owner: { display: feed.partner.name }, note: [{ text: feed.title }], meta: { versionId: '1', source: 'urn:onestory:directory' },
      });
      const owner = await gateway.get(`/fhir/${device.owner?.reference ?? ''}`, nurse);
      expect(await owner.json()).toMatchObject({ resourceType: 'Organization', name: feed.partner.name });
      expect(validateResource(device as unknown as JsonObject)).toEqual([]);
    }
  });

  it('are found from every entry of a record', async () => {
    const citizen = await citizenOf(gateway, nurse, '9990000379');
    const bundle = (await (await gateway.get(`/fhir/Patient/${citizen}/$everything?_count=200`, nurse)).json()) as Bundle;
    const feeds = new Set((bundle.entry ?? []).flatMap(({ resource }) => /^urn:onestory:[a-z0-9]+:([a-z0-9-]+)#/.exec(resource?.meta?.source ?? '')?.[1] ?? []));
    expect(feeds.size).toBeGreaterThan(1);
    for (const feed of feeds) expect((await deviceOf(feed)).identifier?.[0]?.value).toBe(feed);
  });

  it('are read, with their versions', async () => {
    const { id = '' } = await deviceOf('bchc-rio');
    expect(await (await gateway.get(`/fhir/Device/${id}`, nurse)).json()).toMatchObject({ resourceType: 'Device', id });
    expect(await (await gateway.get(`/fhir/Device/${id}/_history/1`, nurse)).json()).toMatchObject({ id, meta: { versionId: '1' } });
    expect((((await (await gateway.get(`/fhir/Device/${id}/_history`, nurse)).json()) as Bundle).entry ?? []).map(({ resource }) => resource?.id)).toEqual([id]);
    expect((await devices(`_id=${id}`)).map((device) => device.id)).toEqual([id]);
    expect((await devices('_lastUpdated=lt2020')).map((device) => device.id)).toEqual([]);
  });

  it.each(['ward-doctor', 'social-worker', 'mental-health-nurse', 'privacy-officer', 'governance-lead'])('are told to %s', async (who) => {
    expect(await devices('status=active&_count=100', who)).toHaveLength(gateway.services.mappings.feeds.length);
  });

  it('are not for the client of a feed, which reads its tasks and nothing else', async () => {
    const { id = '' } = await deviceOf('uhb-adt');
    for (const path of ['Device', `Device/${id}`, `Device/${id}/_history`, `Device/${id}/_history/1`]) {
      const answer = await gateway.get(`/fhir/${path}`, 'uhb-adt');
      expect([answer.status, ((await answer.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code]).toEqual([403, 'scope-missing']);
    }
  });

  it('get a new version when the configuration says something else, and none when it does not', async () => {
    const { mappings } = gateway.services;
    const secrets = await loadSecrets(gateway.database);
    await loadDirectory(gateway.database, secrets, mappings, new Date());
    expect((await deviceOf('bcc-cld')).meta?.versionId).toBe('1');
    const feeds = mappings.feeds.map((feed) => (feed.key === 'bcc-cld' ? { ...feed, system: 'Another system' } : feed));
    await loadDirectory(gateway.database, secrets, { ...mappings, feeds }, new Date());
    expect(await deviceOf('bcc-cld')).toMatchObject({ meta: { versionId: '2' }, deviceName: [{ name: 'Another system' }] });
    expect((await deviceOf('uhb-adt')).meta?.versionId).toBe('1');
  });
});
