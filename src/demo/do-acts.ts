import type { DemoAct, NamedAct } from './first-day.ts';

/** Sends one act as its persona and gives the answer, null where it is empty; throws where it is refused. */
export type SendAct = (act: DemoAct) => Promise<unknown>;

/** Which acts are done, so that one that was is not done again after a load that was cut short. */
export interface ActMarks {
  has: (name: string) => Promise<boolean>;
  set: (name: string) => Promise<void>;
}

/** Does every act that is not done yet, each with all that follows from it, one after the other; stops at the first that is refused. */
export async function doActs(acts: Iterable<NamedAct>, send: SendAct, marks: ActMarks): Promise<void> {
  for (const { name, first } of acts) {
    if (await marks.has(name)) continue;
    for (let act: DemoAct | undefined = first; act; ) {
      const answer: unknown = await send(act);
      act = act.next?.(answer);
    }
    await marks.set(name);
  }
}
