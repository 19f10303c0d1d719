import type { ChildProcess } from 'node:child_process';

/** How the gateway under test is put together; see serve-onestory.ts. */
export type Composition = 'audited' | 'unaudited' | 'many-people' | 'changed-map';

/** What the parent may ask of the gateway under test; see serve-onestory.ts. */
export type Command =
  | { do: 'token'; who: string }
  | { do: 'take-in'; what: 'everything' | 'hospital' | 'council'; citizens: number }
  | { do: 'replay'; what: 'start' | 'approve' }
  | { do: 'listen-mllp' }
  | { do: 'idle' }
  /** `settled`: once what nobody holds is gone */
  | { do: 'memory'; settled?: true }
  | { do: 'cpu' };

export interface Answer {
  token?: string;
  records?: number;
  seconds?: number;
  /** resident memory of the process */
  bytes?: number;
  /** of it in use, once what nobody holds is gone: objects, and buffers outside the heap */
  held?: number;
  /** the most resident memory the process ever had */
  peak?: number;
  /** processor time of the process so far */
  cpuMs?: number;
  port?: number;
}

export interface OneStoryServer {
  url: string;
  ask(command: Command): Promise<Answer>;
}

/** Commands to a child and its answers, matched by number. A child that ends fails whatever it still owed. */
export function talkTo(child: ChildProcess, url: string): OneStoryServer {
  const waiting = new Map<number, { done: (answer: Answer) => void; failed: (error: Error) => void }>();
  let last = 0;
  child.on('message', ({ id, answer, failed }: { id: number; answer?: Answer; failed?: string }) => {
    if (answer) waiting.get(id)?.done(answer);
    else waiting.get(id)?.failed(new Error(failed));
    waiting.delete(id);
  });
  child.on('exit', () => { for (const { failed } of waiting.values()) failed(new Error('the gateway under test ended')); });
  return {
    url,
    ask: (command) => new Promise((done, failed) => {
      last += 1;
      waiting.set(last, { done, failed });
      child.send({ id: last, command });
    }),
  };
}
