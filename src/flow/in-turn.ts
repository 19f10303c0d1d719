/** Does one work after the other for each key; works of different keys do not wait for each other. */
export type InTurn = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** In this process alone: whoever writes in another one is noticed by the version that is then there. */
export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work, work);
    last.set(key, result);
    const done = (): void => {
      if (last.get(key) === result) last.delete(key);
    };
    result.then(done, done);
    return result;
  };
}
