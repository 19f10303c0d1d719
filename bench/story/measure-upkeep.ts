import { join } from 'node:path';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { openPostgres } from '../../src/store/database.ts';
import { median } from '../compare-servers.ts';
import { hospitalMessages } from '../population-files.ts';
import type { Print } from '../settings.ts';
import { loadCitizens } from '../sharing/load-citizens.ts';
import { copyCitizens } from './copy-citizens.ts';
import type { World } from '../world.ts';
import { grownFrom, type GrownCitizens } from './grow-citizens.ts';

/** ms: until the message is stored, and until the story that has it is read for the first time */
interface Upkeep {
  arrive: number;
  told: number;
}

/**
 * What a record that arrives costs one person's story, in a record of ever more people: a message about somebody's stay, from its
 * bytes to a stored row, and the first page of the timeline read after it. Each size against the smallest, in which the city's
 * organisations are all there.
 */
export async function measureUpkeep(world: World, print: Print, grown: GrownCitizens): Promise<void> {
  const { storyPeople } = world.settings;
  const messages = await messagesOf(world, grown);
  let first: Upkeep | undefined;
  let people = 0;
  for (const size of [storyPeople / 100, storyPeople / 10, storyPeople].map(Math.ceil)) {
    await growTo(world, grown.database, people, size);
    people = size;
    const upkeep = await measureOne(world, grown, messages);
    first ??= upkeep;
    print(`story.upkeep.${size}`, upkeep.arrive, 'ms', upkeep.arrive / first.arrive, { of: 'ratio', atMost: 1.5 });
    print(`story.upkeep.${size}.told`, upkeep.told, 'ms', upkeep.told / first.told, { of: 'ratio', atMost: 1.5 });
  }
}

/** People of another city beside those of the demo, written past intake: the first of them by the gateway's own writer, the rest copied from those. */
async function growTo(world: World, url: string, from: number, to: number): Promise<void> {
  loadDefinitions();
  loadProfiles(join(import.meta.dirname, '..', '..', 'profiles'));
  const database = await openPostgres(url, 4);
  try {
    if (from === 0) await loadCitizens(database, 0, to, world.say);
    else await copyCitizens(database, Math.ceil(world.settings.storyPeople / 100), { from, to }, world.say);
  } finally {
    await database.close();
  }
  await world.query(url, 'vacuum analyze');
}

/** Messages without end about one stay of somebody whose story is short, each with another consultant: what is known of the stay does not grow. */
async function messagesOf(world: World, { database, people }: GrownCitizens): Promise<Iterator<string>> {
  const [citizen] = people.values();
  const [{ key = '' } = {}] = await world.query<{ key: string }>(database, "select person_key as key from source_person where citizen_id = $1 and feed = 'uhb-adt' order by 1 limit 1", [citizen]);
  const own = hospitalMessages(grownFrom).filter((text) => text.includes(`~${key}^`) || text.includes(`|${key}^`));
  const admitted = own.find((text) => text.includes('ADT^A01'));
  if (admitted === undefined) throw new Error('whose story is short was never in hospital');
  return (function* () {
    for (let n = 1; ; n += 1) yield admitted.split('\r').map((segment) => changed(segment.split('|'), n).join('|')).join('\r');
  })();
}

/** The nth message: the first admits, all others update. Fields are counted as HL7 does, of MSH one less. */
function changed(fields: string[], n: number): string[] {
  const at = `202607${String(1 + Math.floor(n / 1440)).padStart(2, '0')}${String(Math.floor(n / 60) % 24).padStart(2, '0')}${String(n % 60).padStart(2, '0')}00`;
  if (fields[0] === 'MSH') [fields[6], fields[9]] = [at, `UPKEEP${n}`];
  if (fields[0] === 'MSH' && n > 1) fields[8] = 'ADT^A08^ADT_A01';
  if (fields[0] === 'EVN') fields[2] = at;
  if (fields[0] === 'PV1') [fields[7], fields[19]] = [`C${n}^CONSULTANT`, 'VUPKEEP^^^RRK'];
  return fields;
}

async function measureOne({ settings, say }: World, { server, headers, people }: GrownCitizens, messages: Iterator<string>): Promise<Upkeep> {
  const { token = '' } = await server.ask({ do: 'token', who: 'uhb-adt' });
  const [citizen] = people.values();
  const times: Upkeep[] = [];
  const [warmUp, samples] = [5, Math.max(5, Math.round(settings.seconds * 10))];
  for (let n = 0; n < warmUp + samples; n += 1) {
    const begun = performance.now();
    await sendOne(server.url, token, String(messages.next().value));
    const stored = performance.now();
    const page = await fetch(`${server.url}/fhir/Patient/${citizen ?? ''}/$timeline?_count=200`, { headers });
    if (!(await page.text()).includes('VUPKEEP')) throw new Error('what arrived is not in the timeline');
    if (n >= warmUp) times.push({ arrive: stored - begun, told: performance.now() - stored });
  }
  say(`${samples} messages of one person taken in, each told at once`);
  return { arrive: median(times.map(({ arrive }) => arrive)), told: median(times.map(({ told }) => told)) };
}

async function sendOne(url: string, token: string, message: string): Promise<void> {
  const response = await fetch(`${url}/intake/uhb-adt`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/octet-stream', Prefer: 'wait=10' }, body: message });
  const task = (await response.json()) as { status?: string };
  if (task.status !== 'completed') throw new Error(`a message was answered with ${response.status} ${String(task.status)}`);
}
