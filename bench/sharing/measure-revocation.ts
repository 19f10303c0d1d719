import { median } from '../compare-servers.ts';
import type { OneStoryServer } from '../onestory-server.ts';
import type { Print } from '../settings.ts';
import { endingCitizen, recordId } from './citizen-records.ts';
import type { City } from './city.ts';
import { endingCount, endingName, endingVersion } from './partners.ts';

const reader = 'social-worker';
const keeper = 'governance-lead';
/** requests under way at any time */
const waiting = 4;
const enoughAnswers = 40;

/** A request and its answer, by the clock of this process. */
interface Answered {
  sentAt: number;
  tookMs: number;
  status: number;
}

/**
 * An agreement is ended through one process while another is asked, without pause, for what only that agreement opens.
 * Of the requests sent after the end was confirmed none may be answered as before; and what the first of them costs, that
 * finds the policy changed, is told beside what one usually costs.
 */
export async function measureRevocation(city: City, print: Print): Promise<void> {
  const { world, url, agreements, citizens } = city;
  const [one, other] = [await world.onestory(url, { agreements, process: 1 }), await world.onestory(url, { agreements, process: 2 })];
  const endings = Array.from({ length: Math.min(endingCount, world.settings.sharing.samples) }, (_, n) => n).filter((n) => endingCitizen(n) < citizens);
  const [usual, first]: [number[], number[]] = [[], []];
  let [after, stale] = [0, 0];
  for (const n of endings) {
    const { answers, endedAt } = await endWhileReading(one, other, n);
    const before = answers.filter(({ sentAt, tookMs }) => sentAt + tookMs < endedAt.asked);
    if (before.length === 0 || before.some(({ status }) => status !== 200)) throw new Error(`what the agreement opens was not read before it ended: ${before.map(({ status }) => status).join(" ")}`);
    const later = answers.filter(({ sentAt }) => sentAt > endedAt.confirmed);
    usual.push(median(before.map(({ tookMs }) => tookMs)));
    first.push(Math.max(...answers.filter(({ sentAt, tookMs }) => sentAt + tookMs > endedAt.asked).map(({ tookMs }) => tookMs)));
    after += later.length;
    stale += later.filter(({ status }) => status !== 404).length;
  }
  world.say(`${after} requests after the end of ${endings.length} agreements`);
  print('sharing.ended.stale', stale, 'answers', undefined, { of: 'value', atMost: 0 });
  print('sharing.ended.usual', median(usual), 'ms');
  print('sharing.ended.first', median(first), 'ms', median(first) / median(usual));
}

async function endWhileReading(one: OneStoryServer, other: OneStoryServer, n: number): Promise<{ answers: Answered[]; endedAt: { asked: number; confirmed: number } }> {
  const path = `${other.url}/fhir/ServiceRequest/${recordId(endingCitizen(n), 'assessment')}`;
  const headers = { Authorization: `Bearer ${(await other.ask({ do: 'token', who: reader })).token ?? ''}` };
  const answers: Answered[] = [];
  let going = true;
  const read = async (): Promise<void> => {
    while (going) {
      const sentAt = performance.now();
      const response = await fetch(path, { headers });
      await response.arrayBuffer();
      answers.push({ sentAt, tookMs: performance.now() - sentAt, status: response.status });
    }
  };
  const answered = async (more: number): Promise<void> => {
    for (const enough = answers.length + more; answers.length < enough;) await pause(5);
  };
  const readers = Array.from({ length: waiting }, read);
  await answered(enoughAnswers);
  const asked = performance.now();
  const ended = await fetch(`${one.url}/governance/agreements/${endingName(n)}/${endingVersion}/terminate`, {
    method: 'POST', headers: { Authorization: `Bearer ${(await one.ask({ do: 'token', who: keeper })).token ?? ''}`, 'Content-Type': 'application/json' }, body: '{}',
  });
  const confirmed = performance.now();
  if (!ended.ok) throw new Error(`ending an agreement was answered with ${ended.status}`);
  await answered(enoughAnswers);
  going = false;
  await Promise.all(readers);
  return { answers, endedAt: { asked, confirmed } };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
