import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startRounds, type Rounds } from '../../flow/start-rounds.ts';
import type { Log } from '../log.ts';
import { pullFeed, usualTiming, type PullTarget, type PullTiming } from './pull-feed.ts';
import { pullPeople, type PeopleServices, type PeopleTarget } from './pull-people.ts';

const lookEveryMs = 10_000;

export interface PullOptions {
  services: PeopleServices;
  targets: readonly (PullTarget | PeopleTarget)[];
  dataDir: string;
  log: Log;
  timing?: PullTiming;
  lookMs?: number;
}

/** Where a source's bearer token lies: read anew for each pull, so that it can be changed while the gateway runs. */
export function pullTokenFile(dataDir: string, feed: string): string {
  return join(dataDir, 'pull-tokens', feed);
}

/** Pulls every feed that is due, one after the other, until stopped. `stop` resolves when nothing is under way any more. */
export function startPulls({ services, targets, dataDir, log, timing = usualTiming, lookMs = lookEveryMs }: PullOptions): Pick<Rounds, 'stop'> {
  return startRounds(async (stopping) => {
    for (const target of targets) if (!stopping.aborted) await pullOne(target, stopping);
    return false;
  }, lookMs);

  async function pullOne(target: PullTarget | PeopleTarget, stopping: AbortSignal): Promise<void> {
    try {
      const token = await tokenOf(dataDir, target.feed);
      const result = 'query' in target ? await pullFeed(services, target, token, timing, stopping) : await pullPeople(services, target, token, timing, stopping);
      if (result.kind === 'finished') log('pull-finished', { feed: target.feed, count: result.pages });
      if (result.kind === 'finished' && result.without) log('pull-without', { feed: target.feed, count: result.without });
      if (result.kind === 'failed') log('pull-failed', { feed: target.feed, count: result.pages, code: result.code });
    } catch (error) {
      log('pull-failed', { feed: target.feed, error }); // the lease ends by itself
    }
  }
}

/** null: the source asks for none. */
async function tokenOf(dataDir: string, feed: string): Promise<string | null> {
  const text = await readFile(pullTokenFile(dataDir, feed), 'utf8').catch(() => '');
  return text.trim() || null;
}
