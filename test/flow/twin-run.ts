import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { armOf, arms, formRequest, listRequest, type Asker, type TwinRequest } from './twin-arms.ts';
import { difference, type Asking, type Difference } from './twin-ask.ts';
import type { TwinFacts } from './twin-facts.ts';
import { keptListForms, type SearchForm } from './twin-search.ts';

/** What the log says is not the same in both worlds: it tells those who watch what was withheld from whom. That is what it is for. */
const readsTheLog: readonly string[] = ['governance', 'privacy-officer'];
const atOnce = 8;

/** Every route is asked for once, then every way to search, as far as there are requests; then whatever comes, more of what reads records than of the rest. */
export function twinRequests(facts: TwinFacts, routes: readonly string[], asker: Asker, requests: number, seed: number): TwinRequest[] {
  const asked = routes.flatMap((route) => named(route, armOf(route)?.(facts, asker)));
  const ways = (so: (type: string) => boolean): fc.Arbitrary<TwinRequest>[] => facts.forms.filter(({ type }) => so(type)).flatMap((form) => named(formName(form), formRequest(form)));
  const [ofLog, forms] = [readsTheLog.includes(asker.role) ? [] : ways((type) => type === 'AuditEvent'), ways((type) => type !== 'AuditEvent')];
  const lists = keptListForms(facts.forms).flatMap((list) => named(list.name, listRequest(list)));
  const records = Object.entries(arms).filter(([route]) => recordRoute.test(route)).flatMap(([route, arm]) => named(route, arm(facts, asker)));
  const firsts = [...spread(asked, Math.ceil(requests / 4), seed), ...spread(ofLog, Math.ceil(requests / 10), seed), ...spread(forms, Math.ceil(requests / 2), seed), ...spread(lists, Math.ceil(requests / 20), seed)];
  const rest = fc.oneof({ weight: 4, arbitrary: fc.oneof(...records) }, { weight: 2, arbitrary: fc.oneof(...forms, ...ofLog) }, { weight: 1, arbitrary: fc.oneof(...lists) }, { weight: 1, arbitrary: fc.oneof(...asked) });
  const drawn = [...firsts.flatMap((arbitrary, i) => fc.sample(arbitrary, { numRuns: 1, seed: mixed(seed, asker.who, i) })), ...fc.sample(rest, { numRuns: requests, seed: mixed(seed, asker.who, -1) })];
  return drawn.filter(({ path }) => !(readsTheLog.includes(asker.role) && path.startsWith('/fhir/AuditEvent'))).slice(0, requests);
}

const recordRoute = /^(?:GET|POST) \/fhir\/(?::type|Patient\/:id\/\$(?:everything|story))/;

export function formName({ type, parameter, form }: SearchForm): string {
  return `${type}.${parameter}${form}`;
}

function named(arm: string, arbitrary: fc.Arbitrary<TwinRequest> | undefined): fc.Arbitrary<TwinRequest>[] {
  return arbitrary === undefined ? [] : [arbitrary.map((request) => ({ ...request, arm }))];
}

/** At most so many of them, from all over the list; another seed takes others. */
function spread<T>(all: readonly T[], most: number, seed: number): T[] {
  const step = (i: number): number => Math.floor(((i + seed) * most) / all.length);
  return all.length <= most ? [...all] : all.filter((_, i) => step(i) !== step(i + 1));
}

/** One seed for the run, another draw for every asker and place. */
function mixed(seed: number, who: string, place: number): number {
  return createHash('sha256').update(`${seed} ${who} ${place}`).digest().readInt32BE();
}

/** Asks in order, reads many at once, what may change something alone; the first difference ends it, made as small as can be. */
export async function compareWorlds(asking: Asking, who: string, requests: readonly TwinRequest[], report: (done: number) => void = () => undefined): Promise<Difference | null> {
  for (let at = 0; at < requests.length;) {
    const alone = requests[at]?.alone === true;
    const end = alone ? at + 1 : endOfReads(requests, at);
    if (alone) asking.worlds.turn();
    const found = await Promise.all(requests.slice(at, end).map((request) => difference(asking, who, request)));
    const first = found.find((each) => each !== null);
    if (first) return alone ? first : smaller(asking, first);
    if (alone) await settled(asking);
    at = end;
    report(at);
  }
  return null;
}

function endOfReads(requests: readonly TwinRequest[], from: number): number {
  const next = requests.findIndex(({ alone }, i) => i >= from && alone === true);
  return Math.min(from + atOnce, next < 0 ? requests.length : next);
}

async function settled({ worlds: { plain, fuller } }: Asking): Promise<void> {
  await Promise.all([plain.services.worker.idle(), fuller.services.worker.idle()]);
}

/** Without each of its parameters and headers in turn, as long as the worlds still differ. */
async function smaller(asking: Asking, found: Difference): Promise<Difference> {
  for (const request of simpler(found.request)) {
    const still = await difference(asking, found.who, request);
    if (still) return smaller(asking, still);
  }
  return found;
}

function simpler(request: TwinRequest): TwinRequest[] {
  const { path, body, headers = {} } = request;
  const without = (text: string): string[] => text.split('&').map((_, i, all) => all.filter((__, j) => j !== i).join('&'));
  const [address, given] = path.split('?');
  return [
    ...(given ? without(given).map((fewer) => ({ ...request, path: fewer === '' ? (address ?? '') : `${address}?${fewer}` })) : []),
    ...(path.endsWith('/_search') && body ? without(body).map((fewer) => ({ ...request, body: fewer })) : []),
    ...Object.keys(headers).filter((name) => name !== 'Content-Type').map((name) => ({ ...request, headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)) })),
  ];
}
