interface Waiting<Ask, Answer> {
  ask: Ask;
  done: (answer: Answer) => void;
  failed: (error: unknown) => void;
}

/**
 * Calls that arrive while others are on their way go together in the next one: under load a statement's round trip is
 * shared, without load nobody waits. `run` answers each ask in its place. When a group fails, each of it is tried alone,
 * so that one caller's trouble is not another's.
 */
export function groupCalls<Ask, Answer>(
  run: (asks: readonly Ask[]) => Promise<Answer[]>, limits: { inFlight: number; together: number },
): (ask: Ask) => Promise<Answer> {
  let waiting: Waiting<Ask, Answer>[] = [];
  let inFlight = 0;

  async function answer(group: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await run(group.map(({ ask }) => ask));
      if (answers.length !== group.length) throw new Error('a group was not answered one by one');
      for (const [i, found] of answers.entries()) group[i]?.done(found);
    } catch (error) {
      if (group.length > 1) await Promise.all(group.map((each) => answer([each])));
      else group[0]?.failed(error);
    }
  }

  async function work(): Promise<void> {
    inFlight += 1;
    while (waiting.length > 0) {
      const group = waiting.slice(0, limits.together);
      waiting = waiting.slice(limits.together);
      await answer(group);
    }
    inFlight -= 1;
  }

  return (ask) => new Promise((done, failed) => {
    waiting.push({ ask, done, failed });
    if (inFlight < limits.inFlight) void work();
  });
}
