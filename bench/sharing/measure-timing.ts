import { createSecretKey } from 'node:crypto';
import { randomFor } from '../../src/demo/random.ts';
import { nhsNumberSystem } from '../../src/fhir/nhs-number-status.ts';
import { keyedUuid } from '../../src/store/secrets.ts';
import { median } from '../compare-servers.ts';
import type { Print } from '../settings.ts';
import { choiceOf, citizenId, makeCitizen, recordId } from './citizen-records.ts';
import type { City } from './city.ts';
import { sameDistribution } from './same-distribution.ts';
import { percentile, takeTurns } from './take-turns.ts';

const reader = 'social-worker';
const nobodyKey = createSecretKey(Buffer.from('nobody'));
const shuffles = 200;
const wanted = 300;

/** One way to ask: what is there and denied, and what never was. Both are asked like everything else, over HTTP. */
interface Probe {
  name: string;
  request: (n: number, denied: boolean) => { path: string; post?: { type: string; body: string } };
}

/**
 * Whether the time an answer takes tells what is denied from what never was: as many requests of each, in turns, one at a
 * time. Beside the difference of the medians stands what labels dealt out at random would show (the noise of this run),
 * and how likely both samples are of one distribution.
 */
export async function measureTiming(city: City, print: Print): Promise<void> {
  const { world, url, agreements, citizens } = city;
  const server = await world.onestory(url, { composition: 'many-people', agreements });
  const headers = { Authorization: `Bearer ${(await server.ask({ do: 'token', who: reader })).token ?? ''}` };
  for (const { name, request } of probes(citizens)) {
    const answers = new Map<boolean, string>();
    const ask = (denied: boolean) => async (n: number): Promise<void> => {
      const { path, post } = request(n, denied);
      const response = await fetch(`${server.url}${path}`, post ? { method: 'POST', headers: { ...headers, 'Content-Type': post.type }, body: post.body } : { headers });
      const body = await response.text();
      if (!answers.has(denied)) answers.set(denied, `${response.status} ${body.replace(/_page=[^"]*/, '').length}`); // the link to this page is sealed
    };
    const [denied = [], absent = []] = await takeTurns([ask(true), ask(false)], world.settings.sharing.timings);
    if (answers.get(true) !== answers.get(false)) throw new Error(`${name}: denied and absent are answered differently: ${[...answers.values()].join(', ')}`);
    print(`sharing.${name}.denied`, median(denied), 'ms');
    print(`sharing.${name}.absent`, median(absent), 'ms');
    print(`sharing.${name}.difference`, Math.abs(median(denied) - median(absent)), 'ms', undefined, { of: 'value', atMost: 2 });
    print(`sharing.${name}.noise`, noise([...denied, ...absent]), 'ms');
    print(`sharing.${name}.p`, sameDistribution(denied, absent), 'probability', undefined, { of: 'value', atLeast: 0.01 });
  }
}

function probes(citizens: number): Probe[] {
  const objecting = some(citizens, 'objects');
  const dissenting = some(citizens, 'dissent');
  const pick = (from: readonly number[], n: number): number => from[n % from.length] ?? 0;
  const nobody = (n: number): number => citizens + 1_000 + (n % wanted);
  const absentId = (n: number): string => keyedUuid(nobodyKey, String(n % wanted));
  return [
    { name: 'read', request: (n, denied) => ({ path: `/fhir/EpisodeOfCare/${denied ? recordId(pick(objecting, n), 'community-episode') : absentId(n)}` }) },
    { name: 'everything', request: (n, denied) => ({ path: `/fhir/Patient/${denied ? citizenId(pick(objecting, n)) : absentId(n)}/$everything` }) },
    {
      name: 'identifier',
      request: (n, denied) => ({ path: '/fhir/Patient/_search', post: {
        type: 'application/x-www-form-urlencoded', body: new URLSearchParams({ identifier: `${nhsNumberSystem}|${makeCitizen(denied ? pick(objecting, n) : nobody(n)).number}` }).toString(),
      } }),
    },
    { name: 'emergency', request: (n, denied) => ({ path: '/fhir/Patient/$break-glass', post: { type: 'application/fhir+json', body: emergencyOf(denied ? pick(dissenting, n) : nobody(n)) } }) },
  ];
}

/** People of whom this requester may see nothing, from all over the record. */
function some(citizens: number, choice: 'objects' | 'dissent'): number[] {
  const found = Array.from({ length: citizens }, (_, n) => n).filter((n) => choiceOf(n) === choice);
  const step = Math.max(1, Math.floor(found.length / wanted));
  return found.filter((_, i) => i % step === 0);
}

/** The facts of the nth person, there or not. */
function emergencyOf(n: number): string {
  const { number, birthDate, family } = makeCitizen(n);
  return JSON.stringify({ resourceType: 'Parameters', parameter: [
    { name: 'nhs-number', valueString: number }, { name: 'birth-date', valueDate: birthDate }, { name: 'family', valueString: family },
    { name: 'reason', valueCode: 'serious-harm-person' }, { name: 'explanation', valueString: 'Found at home and cannot say who cares for them' },
  ] });
}

/** The difference of medians that 95 of 100 dealings of the labels stay below. */
function noise(times: readonly number[]): number {
  const random = randomFor(1, 'labels');
  const differences = Array.from({ length: shuffles }, () => {
    const [one, other]: [number[], number[]] = [[], []];
    for (const time of times) (random.chance(0.5) ? one : other).push(time);
    return Math.abs(median(one) - median(other));
  });
  return percentile(differences, 0.95);
}
