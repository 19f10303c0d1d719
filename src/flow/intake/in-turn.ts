import { Refusal, type Problem } from '../../fhir/problem.ts';

/** Does an owner's works side by side, but for those that share a key: they come one after the other, as they came. */
export type InTurn = <Result>(owner: string, keys: readonly string[], work: () => Promise<Result>) => Promise<Result>;

/** Works of one owner that are under way or wait, each with all it was sent in memory. */
const mostAtOnce = 100;
/** Of them under way: fewer than the connections of a process, so that one owner leaves some to the others. */
const mostUnderWay = 8;

interface Owner {
  length: number;
  underWay: number;
  /** works whose turn it is, while there are enough under way */
  ready: (() => void)[];
  /** the last work of each key; never rejects */
  last: Map<string, Promise<void>>;
}

/** In this process alone: whoever writes in another one is noticed by the version that is then there. Refuses what comes while too many of an owner's wait. */
export function createInTurn(): InTurn {
  const owners = new Map<string, Owner>();
  return (name, keys, work) => {
    const owner: Owner = owners.get(name) ?? { length: 0, underWay: 0, ready: [], last: new Map() };
    if (owner.length >= mostAtOnce) return Promise.reject(new Refusal(tooManyWait));
    owners.set(name, owner);
    owner.length += 1;
    const before: Promise<unknown> = Promise.all(keys.flatMap((key) => owner.last.get(key) ?? []));
    const result = before.then(() => inRoom(owner, work));
    const done = (): void => {
      owner.length -= 1;
      for (const key of keys) if (owner.last.get(key) === over) owner.last.delete(key);
      if (owner.length === 0) owners.delete(name);
    };
    const over = result.then(done, done);
    for (const key of keys) owner.last.set(key, over);
    return result;
  };
}

async function inRoom<Result>(owner: Owner, work: () => Promise<Result>): Promise<Result> {
  if (owner.underWay >= mostUnderWay) await new Promise<void>((resolve) => { owner.ready.push(resolve); });
  else owner.underWay += 1;
  try {
    return await work();
  } finally {
    const next = owner.ready.shift(); // takes the place as it is left
    if (next) next();
    else owner.underWay -= 1;
  }
}

const tooManyWait: Problem = { category: 'unavailable', code: 'writes-waiting', text: 'Too many writes of your organisation wait for each other.', expected: `at most ${mostAtOnce} at a time`, fix: 'Send it again in a moment, and fewer at the same time.', retryAfter: 2 };
