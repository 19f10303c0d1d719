import { setImmediate } from 'node:timers/promises';

export interface Rounds {
  /** there may be work: no pause before the next round, also when one is under way */
  wake(): void;
  /** resolves when no round is under way any more */
  stop(): Promise<void>;
}

/**
 * Works in rounds until stopped: the next at once when this one found work, else after a pause.
 * `round` tells whether there was work, keeps its failures to itself, and may look whether it is being stopped.
 */
export function startRounds(round: (stopping: AbortSignal) => Promise<boolean>, pauseMs: number): Rounds {
  const stopping = new AbortController();
  let woken = false;
  let endPause: () => void = () => undefined;
  const wake = (): void => {
    woken = true;
    endPause();
  };
  const pause = (): Promise<void> => new Promise((resolve) => {
    const timer = setTimeout(resolve, pauseMs);
    endPause = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  const loop = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      woken = false;
      if (await round(stopping.signal)) await setImmediate(); // answering comes first
      else if (!woken) await pause();
    }
  })();
  return {
    wake,
    stop: async () => {
      stopping.abort();
      wake();
      await loop;
    },
  };
}
