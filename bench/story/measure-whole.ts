import { compareServers } from '../compare-servers.ts';
import { wireRequest } from '../send-requests.ts';
import type { Print } from '../settings.ts';
import type { World } from '../world.ts';
import type { GrownCitizens } from './grow-citizens.ts';

/** What is asked of one citizen's whole record, against all bodies of the citizen in one statement, seen or not. */
export async function measureWhole(world: World, print: Print, { database, server, headers, people }: GrownCitizens, operation: 'timeline' | 'story'): Promise<void> {
  const passThrough = await world.passThrough(database);
  for (const [size, citizen] of people) {
    const name = operation === 'story' ? `story.document.${size}` : `story.timeline.${size}`;
    const [theirs = 1, ours = 0] = await compareServers([
      { name: `${name}.passthrough`, url: new URL(passThrough), requests: [wireRequest('GET', new URL(`/Patient/${citizen}/everything`, passThrough), { Accept: 'application/fhir+json' })] },
      { name: `${name}.onestory`, url: new URL(server.url), requests: [wireRequest('GET', new URL(`/fhir/Patient/${citizen}/$${operation}`, server.url), headers)] },
    ], world.settings, world.say);
    print(`${name}.passthrough`, theirs, 'requests/s');
    print(`${name}.onestory`, ours, 'requests/s', ours / theirs);
  }
}
