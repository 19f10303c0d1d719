import type { OneStoryServer } from './onestory-server.ts';
import type { World } from './world.ts';

/** Whoever reads in these measures: health and social care records of three custodians are open to this persona. */
export const reader = 'community-nurse';

interface Page {
  entry?: { resource: { resourceType: string; id: string; type?: { coding?: { system?: string; code?: string }[] }[]; patient?: { reference?: string } } }[];
  link: { relation: string; url: string }[];
}

export interface Samples {
  headers: Record<string, string>;
  episodes: string[];
  citizens: string[];
  /** the commonest type of an active episode, `system|code` */
  episodeType: string;
}

/** Episodes and citizens the reader may see, found as a client would find them. */
export async function readableSamples(world: World, server: OneStoryServer, wanted = 500): Promise<Samples> {
  const { token = '' } = await server.ask({ do: 'token', who: reader });
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/fhir+json' };
  const found: NonNullable<Page['entry']> = [];
  let url: string | undefined = `${server.url}/fhir/EpisodeOfCare?status=active&_count=100`;
  while (url !== undefined && found.length < wanted) {
    const response = await fetch(url, { headers });
    if (!response.ok) throw new Error(`looking for episodes was answered with ${response.status}`);
    const page = (await response.json()) as Page;
    found.push(...(page.entry ?? []).filter(({ resource }) => resource.resourceType === 'EpisodeOfCare'));
    url = page.link.find(({ relation }) => relation === 'next')?.url;
  }
  const citizens = new Set(found.flatMap(({ resource }) => resource.patient?.reference?.slice('Patient/'.length) ?? []));
  const types = found.flatMap(({ resource }) => resource.type?.[0]?.coding?.[0] ?? []).map(({ system = '', code = '' }) => `${system}|${code}`);
  world.say(`${found.length} episodes of ${citizens.size} people to read`);
  return { headers, episodes: found.map(({ resource }) => resource.id), citizens: [...citizens], episodeType: commonest(types) };
}

function commonest(values: readonly string[]): string {
  const counts = [...Map.groupBy(values, (value) => value)].sort(([, a], [, b]) => b.length - a.length);
  const [first] = counts;
  if (!first) throw new Error('no active episode is readable: the population is too small');
  return first[0];
}
