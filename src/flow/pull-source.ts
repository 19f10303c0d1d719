import type { Requester } from '../fhir/sharing.ts';
import type { Feed } from '../intake/types.ts';
import { failPull, finishPull, leasePull, releasePull, savePage, type PullState } from '../store/pull-state.ts';
import type { IntakeContext } from './intake-context.ts';

/** A pull is one process's for this long after its last page. */
const leaseSeconds = 600;
/** A source not read to its end for this many turns is late. */
const turnsUntilLate = 3;

/** Where pulls stand, on the gateway's own clock. */
export function pullPositions({ database, clock }: Pick<IntakeContext, 'database' | 'clock'>) {
  const inSeconds = (seconds: number): Date => new Date(clock().getTime() + seconds * 1000);
  return {
    lease: (feed: string, everySeconds: number): Promise<PullState | null> => leasePull(database, feed, clock(), leaseSeconds, inSeconds(turnsUntilLate * everySeconds)),
    savePage: (feed: string, next: { page: string; since: string }) => savePage(database, feed, next, inSeconds(leaseSeconds)),
    finish: (feed: string, since: string, everySeconds: number) => finishPull(database, feed, since, inSeconds(everySeconds), inSeconds(turnsUntilLate * everySeconds)),
    release: (feed: string) => releasePull(database, feed),
    fail: (feed: string, waitSeconds: number, restart: boolean) => failPull(database, feed, inSeconds(waitSeconds), restart),
  };
}

/** For whom the gateway fetches: the feed's own client, so that what is pulled is kept and logged like what is pushed. */
export function pullRequester(feed: Feed): Requester {
  return {
    client: feed.key, token: 'pull', organisation: feed.partner.organisation, organisationName: feed.partner.name, role: 'integration', purpose: 'HSYSADMIN', scopes: ['intake'],
  };
}
