import { searchToken } from '../src/fhir/search-token.ts';
import { compareServers, type Side } from './compare-servers.ts';
import { readableSamples } from './readable-samples.ts';
import { wireRequest } from './send-requests.ts';
import type { Print } from './settings.ts';
import type { World } from './world.ts';

const workListCount = 20;

/** `GET /fhir/EpisodeOfCare/{id}`, authorised and audited, against the same body by id. */
export async function measureRead(world: World, print: Print): Promise<void> {
  await measurePair(world, print, 'read', ({ episodes }) => episodes.map((id) => ({ ours: `/fhir/EpisodeOfCare/${id}`, theirs: `/EpisodeOfCare/${id}` })));
}

/** `GET /fhir/Patient/{id}/$everything` against all bodies of the citizen in one statement. */
export async function measureEverything(world: World, print: Print): Promise<void> {
  await measurePair(world, print, 'everything', ({ citizens }) => citizens.map((id) => ({ ours: `/fhir/Patient/${id}/$everything?_count=200`, theirs: `/Patient/${id}/everything` })));
}

/** The newest active episodes of one type, as a team's work list asks for them; ours also counts them all. */
export async function measureSearch(world: World, print: Print): Promise<void> {
  await measurePair(world, print, 'search.worklist', ({ episodeType }) => {
    const tokens = [searchToken('EpisodeOfCare', 'status', 'token', 'active'), searchToken('EpisodeOfCare', 'type', 'token', episodeType)];
    return [{
      ours: `/fhir/EpisodeOfCare?${new URLSearchParams({ status: 'active', type: episodeType, _count: String(workListCount) }).toString()}`,
      theirs: `/EpisodeOfCare?${new URLSearchParams({ tokens: `{${tokens.join(',')}}`, count: String(workListCount) }).toString()}`,
    }];
  });
}

/** The same read with the trail as it is, and with one that resolves at once. */
export async function measureAudit(world: World, print: Print): Promise<void> {
  const url = await world.loaded();
  const [audited, unaudited] = [await world.onestory(url), await world.onestory(url, { composition: 'unaudited' })];
  const sides: Side[] = [];
  for (const [name, server] of [['audit.on', audited], ['audit.off', unaudited]] as const) {
    const { headers, episodes } = await readableSamples(world, server);
    sides.push({ name, url: new URL(server.url), requests: episodes.map((id) => wireRequest('GET', new URL(`/fhir/EpisodeOfCare/${id}`, server.url), headers)) });
  }
  const [on = 0, off = 1] = await compareServers(sides, world.settings, world.say);
  print('audit.off', off, 'requests/s');
  print('audit.on', on, 'requests/s', on / off);
}

type Paths = { ours: string; theirs: string };

async function measurePair(world: World, print: Print, name: string, pathsOf: (samples: Awaited<ReturnType<typeof readableSamples>>) => Paths[]): Promise<void> {
  const database = await world.loaded();
  const onestory = await world.onestory(database);
  const passThrough = await world.passThrough(database);
  const samples = await readableSamples(world, onestory);
  const paths = pathsOf(samples);
  const [theirs = 1, ours = 0] = await compareServers([
    { name: `${name}.passthrough`, url: new URL(passThrough), requests: paths.map((path) => wireRequest('GET', new URL(path.theirs, passThrough), { Accept: 'application/fhir+json' })) },
    { name: `${name}.onestory`, url: new URL(onestory.url), requests: paths.map((path) => wireRequest('GET', new URL(path.ours, onestory.url), samples.headers)) },
  ], world.settings, world.say);
  print(`${name}.passthrough`, theirs, 'requests/s');
  print(`${name}.onestory`, ours, 'requests/s', ours / theirs);
}
