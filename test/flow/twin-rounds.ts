import { routeTable } from './route-table.ts';
import type { Asker } from './twin-arms.ts';
import type { Difference } from './twin-ask.ts';
import { readTwinFacts } from './twin-facts.ts';
import { compareWorlds, twinRequests } from './twin-run.ts';
import type { Notice, TwinWorlds } from './twin-worlds.ts';

/** of each caller: what was asked and written before makes the log and the record longer, and with them every later answer about them */
const requestsPerRound = 100;
const followedPages = 5;

export interface TwinRounds {
  /** how many are asked at least, of all callers together */
  requests: number;
  firstSeed: number;
  /** taken in turn, one for each round */
  modes: readonly Notice[];
  asking: readonly Asker[];
}

/** Rounds in worlds nobody asked before, each with the next seed, until all is asked or the first answer differs; `told` hears after each how much was asked and which seed comes next. */
export async function runTwinRounds(
  { requests, firstSeed, modes, asking }: TwinRounds, open: (mode: Notice) => Promise<TwinWorlds>, told: (asked: number, nextSeed: number) => void,
): Promise<{ asked: number; seed: number; found: Difference | null }> {
  let asked = 0;
  for (let seed = firstSeed; ; seed += 1) {
    const each = Math.min(requestsPerRound, Math.ceil((requests - asked) / asking.length));
    const worlds = await open(modes[(seed - firstSeed) % modes.length] ?? 'none');
    const round = await oneRound(worlds, asking, each, seed).finally(() => worlds.close());
    asked += round.asked;
    if (round.found !== null) return { asked, seed, found: round.found };
    told(asked, seed + 1);
    if (asked >= requests) return { asked, seed, found: null };
  }
}

/** Everybody asks once. */
async function oneRound(worlds: TwinWorlds, asking: readonly Asker[], each: number, seed: number): Promise<{ asked: number; found: Difference | null }> {
  const facts = await readTwinFacts(worlds);
  const routes = routeTable(worlds.plain.app);
  let asked = 0;
  for (const asker of asking) {
    const list = twinRequests(facts, routes, asker, each, seed);
    const found = await compareWorlds({ worlds, maxPages: followedPages, met: new Map() }, asker.who, list);
    asked += list.length;
    if (found) return { asked, found };
  }
  return { asked, found: null };
}
