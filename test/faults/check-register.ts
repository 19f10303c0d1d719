/** One thing a client did to one register, with when it began and ended by the one clock of all clients (ms). */
export interface RegisterStep {
  register: string;
  began: number;
  ended: number;
  did:
    | { kind: 'read'; version: number; value: string }
    | { kind: 'written'; version: number; value: string; from: number; together: string | null }
    /** it was another version by then */
    | { kind: 'refused'; value: string; from: number };
}

/** What a register's history says: the value of each version, from 1 on. */
export type RegisterHistory = ReadonlyMap<string, readonly string[]>;

/**
 * Everything that contradicts one order of all steps in which each register is written from the version before and read as it
 * was left (linearizability). Versions are that order, so it is enough that every version was written by exactly one step, from
 * the version before, that nobody was told of what is not there, and that no step stands before one that had ended when it began.
 */
export function checkRegister(steps: readonly RegisterStep[], histories: RegisterHistory): string[] {
  return [...[...Map.groupBy(steps, ({ register }) => register)].flatMap(([register, of]) => {
    const history = histories.get(register) ?? [];
    return [...lostOrDoubled(register, of, history), ...outOfOrder(register, of)];
  }), ...apart(steps)];
}

function lostOrDoubled(register: string, steps: readonly RegisterStep[], history: readonly string[]): string[] {
  const wrong: string[] = [];
  const writers = new Map<number, number>();
  for (const { did } of steps) {
    const standing = 'version' in did ? history[did.version - 1] : undefined;
    if ('version' in did && standing !== did.value) wrong.push(`${register}: version ${did.version} was told to be ${did.value} and is ${standing ?? 'not there'}`);
    if (did.kind === 'written') {
      writers.set(did.version, (writers.get(did.version) ?? 0) + 1);
      if (did.version !== did.from + 1) wrong.push(`${register}: version ${did.version} was written from version ${did.from}`);
    }
    if (did.kind === 'refused' && history.includes(did.value)) wrong.push(`${register}: ${did.value} was refused and is there`);
  }
  history.forEach((value, i) => {
    if (i > 0 && writers.get(i + 1) !== 1) wrong.push(`${register}: version ${i + 1} (${value}) was written by ${writers.get(i + 1) ?? 0} clients`);
  });
  return wrong;
}

/** A refusal is a look as well: by then there was a later version than the one it was made from. */
function outOfOrder(register: string, steps: readonly RegisterStep[]): string[] {
  const placed = steps.map(({ began, ended, did }) => ({ began, ended, least: did.kind === 'refused' ? did.from + 1 : did.version, most: did.kind === 'refused' ? Number.POSITIVE_INFINITY : did.version, writes: did.kind === 'written' }));
  const byEnd = placed.toSorted((a, b) => a.ended - b.ended);
  const wrong: string[] = [];
  let [at, known] = [0, 0];
  for (const step of placed.toSorted((a, b) => a.began - b.began)) {
    for (; (byEnd[at]?.ended ?? Number.POSITIVE_INFINITY) < step.began; at += 1) known = Math.max(known, byEnd[at]?.least ?? 0);
    if (step.most < known || (step.writes && step.most === known)) wrong.push(`${register}: version ${step.most} after version ${known} had been told`);
  }
  return wrong;
}

/** Written in one transaction: all of it or nothing. */
function apart(steps: readonly RegisterStep[]): string[] {
  const together = Map.groupBy(steps.flatMap(({ register, did }) => (did.kind === 'written' && did.together !== null ? [{ register, name: did.together }] : [])), ({ name }) => name);
  return [...together].flatMap(([name, of]) => (new Set(of.map(({ register }) => register)).size === 2 ? [] : [`${name}: one of two writes of a transaction`]));
}
