import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import type { AuditEntry } from '../../audit/types.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { PersonOperation, PullPlan } from '../../intake/pull-plan.ts';
import type { Feed, Kind } from '../../intake/types.ts';
import { failPull, finishPull, leasePull, pausePull, releasePull, savePage, type PullState } from '../../store/intake/pull-state.ts';
import type { IntakeContext } from './intake-context.ts';

/** A pull is one process's for this long after its last page. */
const leaseSeconds = 600;
/** A source not read to its end for this many turns is late. */
const turnsUntilLate = 3;

/** What a pulled feed asks its source, and how much it takes at once. */
export type PullOf = Pick<PullPlan, 'base' | 'everySeconds' | 'timeoutSeconds'> & { feed: string; maxBytes: number }
  & ({ query: string; since?: string } | { peoplePerPull: number; perPerson: PersonOperation; spine?: NonNullable<PullPlan['spine']> });

/** null: the feed is not pulled. */
export function pullTarget({ key, pull }: Feed, kind: Kind | undefined, maxBytes: number): PullOf | null {
  if (!pull) return null;
  const { query, since, peoplePerPull, spine, ...source } = pull;
  const target = { ...source, feed: key, maxBytes };
  if (query !== undefined) return { ...target, query, ...(since !== undefined && { since }) };
  return kind?.perPerson && peoplePerPull !== undefined ? { ...target, peoplePerPull, perPerson: kind.perPerson, ...(spine && { spine }) } : null;
}

/** Where pulls stand, on the gateway's own clock. */
export function pullPositions({ database, clock }: Pick<IntakeContext, 'database' | 'clock'>) {
  const inSeconds = (seconds: number): Date => new Date(clock().getTime() + seconds * 1000);
  return {
    lease: (feed: string, everySeconds: number): Promise<PullState | null> => leasePull(database, feed, clock(), leaseSeconds, inSeconds(turnsUntilLate * everySeconds)),
    savePage: (feed: string, next: { page: string; since: string }) => savePage(database, feed, next, inSeconds(leaseSeconds)),
    finish: (feed: string, since: string, everySeconds: number) => finishPull(database, feed, since, inSeconds(everySeconds), inSeconds(turnsUntilLate * everySeconds)),
    pause: (feed: string, everySeconds: number) => pausePull(database, feed, inSeconds(everySeconds), inSeconds(turnsUntilLate * everySeconds)),
    release: (feed: string) => releasePull(database, feed),
    fail: (feed: string, waitSeconds: number, restart: boolean) => failPull(database, feed, inSeconds(waitSeconds), restart),
  };
}

/** The entry of one person asked for, before a source is told the number: of whom, at whose source, and nothing of what came of it. */
export function describePersonPull(feed: Feed, citizen: string, facts: { id: string; at: Date; request: string }): AuditEntry {
  return describeDisclosure({ ...facts, requester: pullRequester(feed), interaction: 'pull-person', query: `pull/${feed.key}`, citizen, status: 200 }, { disclosed: [], decisions: [] });
}

/** For whom the gateway fetches: the feed's own client, so that what is pulled is kept and logged like what is pushed. */
export function pullRequester(feed: Feed): Requester {
  return {
    client: feed.key, token: 'pull', organisation: feed.partner.organisation, organisationName: feed.partner.name, role: 'integration', purpose: 'HSYSADMIN', scopes: ['intake'],
  };
}
