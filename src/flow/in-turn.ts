import { Refusal, type Problem } from '../fhir/problem.ts';

/** Does one work after the other for each key; works of different keys do not wait for each other. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** Works of one key that are under way or wait, each with all it was sent in memory. */
const mostAtOnce = 100;

/** In this process alone: whoever writes in another one is noticed by the version that is then there. Refuses what comes while too many wait. */
export function createInTurn(): InTurn {
  const lines = new Map<string, { last: Promise<unknown>; length: number }>();
  return (key, work) => {
    const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (line.length >= mostAtOnce) return Promise.reject(new Refusal(tooManyWait));
    lines.set(key, line);
    line.length += 1;
    const result = line.last.then(work, work);
    line.last = result;
    const done = (): void => {
      line.length -= 1;
      if (line.length === 0) lines.delete(key);
    };
    result.then(done, done);
    return result;
  };
}

const tooManyWait: Problem = { category: 'unavailable', code: 'writes-waiting', text: 'Too many writes of your organisation wait for each other.', expected: `at most ${mostAtOnce} at a time`, fix: 'Send it again in a moment, and fewer at the same time.', retryAfter: 2 };
