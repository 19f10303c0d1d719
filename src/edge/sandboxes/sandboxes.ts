import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../../fhir/problem.ts';
import type { RunningSandbox } from './run-sandbox.ts';

/** A sandbox for each client, started when it is first asked for. */
export interface Sandboxes {
  /** Does something with the client's sandbox; meanwhile nobody stops it for another. */
  use: <Result>(client: string, work: (sandbox: RunningSandbox) => Promise<Result>) => Promise<Result>;
  /** What was posted is gone; whoever asks next begins it anew. */
  reset: (client: string) => Promise<void>;
  close: () => Promise<void>;
}

export interface SandboxSettings {
  run: (folder: string) => Promise<RunningSandbox>;
  /** where they keep what is posted, each in a folder of its own */
  folder: string;
  /** running at once */
  most: number;
  /** one that nobody has used for this long is stopped; what it holds stays */
  idleMs: number;
  clock: () => Date;
}

interface Held {
  running: Promise<RunningSandbox>;
  inUse: number;
  usedAt: number;
}

/** Those that run, and where each keeps what is posted. Called in turn only. */
function heldSandboxes({ run, folder, most, clock }: SandboxSettings) {
  const held = new Map<string, Held>();
  const folderOf = (client: string): string => join(folder, createHash('sha256').update(client).digest('hex').slice(0, 32));

  async function stop(client: string): Promise<void> {
    const one = held.get(client);
    held.delete(client);
    await (await one?.running.catch(() => undefined))?.stop();
  }

  async function makeRoom(): Promise<void> {
    if (held.size < most) return;
    const [longest] = [...held].filter(([, { inUse }]) => inUse === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (!longest) throw new Refusal(allInUse);
    await stop(longest[0]);
  }

  function start(client: string): Held {
    mkdirSync(folderOf(client), { recursive: true, mode: 0o700 });
    const one: Held = { running: run(folderOf(client)), inUse: 0, usedAt: clock().getTime() };
    held.set(client, one);
    const forget = (): void => { if (held.get(client) === one) held.delete(client); };
    one.running.then(({ ended }) => ended.then(forget), forget);
    return one;
  }

  return { held, folderOf, stop, makeRoom, start };
}

/** Does what it is given one after the other. */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const after = last.then(work);
    last = after.catch(() => undefined);
    return after;
  };
}

export function createSandboxes(settings: SandboxSettings): Sandboxes {
  const { idleMs, clock } = settings;
  const { held, folderOf, stop, makeRoom, start } = heldSandboxes(settings);
  const inTurn = turns(); // starting, stopping and beginning anew, for all of them

  /** Asked in its turn: what was idle when it was queued may be in use by then. */
  async function stopIdle(client: string): Promise<void> {
    const one = held.get(client);
    if (one?.inUse === 0 && clock().getTime() - one.usedAt > idleMs) await stop(client);
  }

  const sweep = setInterval(() => {
    for (const client of held.keys()) void inTurn(() => stopIdle(client));
  }, Math.min(idleMs, 60_000)).unref();

  return {
    use: async (client, work) => {
      const used = (one: Held): Held => {
        one.inUse += 1; // in the turn it was found in
        return one;
      };
      const standing = held.get(client);
      const one = standing ? used(standing) : await inTurn(async () => {
        const meanwhile = held.get(client);
        if (!meanwhile) await makeRoom();
        return used(meanwhile ?? start(client));
      });
      one.usedAt = clock().getTime();
      try {
        return await work(await one.running);
      } finally {
        one.inUse -= 1;
      }
    },
    reset: (client) => inTurn(async () => {
      await stop(client);
      rmSync(folderOf(client), { recursive: true, force: true });
    }),
    close: async () => {
      clearInterval(sweep);
      await Promise.all([...held.keys()].map(stop));
    },
  };
}

const allInUse = { category: 'unavailable', code: 'sandboxes-in-use', text: 'As many sandboxes as may run are in use.', fix: 'Try again in a few minutes.', retryAfter: 60 } as const;
