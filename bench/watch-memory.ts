import { setTimeout } from 'node:timers/promises';
import type { OneStoryServer } from './onestory-server.ts';
import type { Say } from './settings.ts';

const samplesEveryMs = 250;

/** Memory of the gateway's process, in bytes, over one tenth of a run. */
export interface Tenth {
  /** most resident memory at any sample */
  peak: number;
  /** in use once what nobody holds is gone: objects, and buffers outside the heap */
  held: number;
}

/**
 * The gateway's own process, without the database's, while `part` does each tenth of the work: resident memory sampled four times
 * a second, and what is still in use after each. Tells both as a curve.
 */
export async function watchTenths(server: OneStoryServer, say: Say, part: (tenth: number) => Promise<void>): Promise<Tenth[]> {
  const tenths: Tenth[] = [];
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    const memory = { peak: 0, done: false };
    const watch = watchPeak(server, memory);
    try {
      await part(tenth);
    } finally {
      memory.done = true;
      await watch;
    }
    const { held = 0 } = await server.ask({ do: 'memory', settled: true });
    tenths.push({ peak: memory.peak, held });
    say(`tenth ${tenth}: at most ${inMegabytes(memory.peak).toFixed(0)} MB resident, ${inMegabytes(held).toFixed(0)} MB in use after it`);
  }
  return tenths;
}

export function inMegabytes(bytes: number): number {
  return bytes / 1024 ** 2;
}

async function watchPeak(server: OneStoryServer, memory: { peak: number; done: boolean }): Promise<void> {
  do {
    memory.peak = Math.max(memory.peak, (await server.ask({ do: 'memory' })).bytes ?? 0);
    await setTimeout(samplesEveryMs);
  } while (!memory.done);
}
