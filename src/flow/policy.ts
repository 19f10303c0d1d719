import { compileShared, grantOf, sharedBy, type SharedGrant } from '../consent/compile-grant.ts';
import { namesFrom } from '../consent/explain.ts';
import type { Grant, RegisteredAgreement, SharingNames } from '../consent/types.ts';
import { Refusal } from '../fhir/problem.ts';
import type { Requester, SharingClass } from '../fhir/sharing.ts';
import { listAgreements } from '../store/sharing/agreements.ts';
import type { Database } from '../store/database.ts';
import { stale } from '../store/door/door.ts';
import { readDatabaseClock, readGeneration, saveGrant } from '../store/door/grants.ts';
import type { SharingClasses } from '../store/record/sharing-classes.ts';
import { readRegistered } from './register-agreements.ts';

/** A grant with what is needed to explain it. */
export interface HeldGrant {
  grant: Grant;
  /** the agreements it was compiled from */
  agreements: readonly RegisteredAgreement[];
  names: SharingNames;
  classes: ReadonlyMap<number, SharingClass>;
}

export interface Policy {
  /** Runs a read under the requester's grant; when the door calls the grant stale, compiles it again and asks once more. */
  under<Result>(requester: Requester, read: (held: HeldGrant) => Promise<Result | typeof stale>): Promise<{ held: HeldGrant; result: Result }>;
}

interface Loaded {
  generation: number;
  agreements: RegisteredAgreement[];
  names: SharingNames;
  classes: ReadonlyMap<number, SharingClass>;
  grants: Map<string, HeldGrant>;
  /** a thousand rules each in a large partnership, so kept once for all who share them */
  shared: Map<string, SharedGrant>;
}

const grantsKept = 10_000;
const sharedKept = 1_000;
/** a class interned or an agreement changed while we compiled: more than this in a row is an outage, not bad luck */
const tries = 5;
/** changes come in bursts: before each further try twice as long */
const firstPauseMs = 5;

/**
 * Compiles grants from the agreement register and the class table and keeps them. Nothing here is trusted for
 * freshness: the door compares generation and time in the read's own snapshot, and what it calls stale is made anew.
 */
export function createPolicy(database: Database, classes: SharingClasses): Policy {
  let loaded: Promise<Loaded> | null = null;

  async function load(): Promise<Loaded> {
    const generation = await readGeneration(database);
    await classes.refresh();
    const agreements = (await listAgreements(database)).map((row): RegisteredAgreement => {
      const read = readRegistered(row);
      if ('problems' in read) throw new Refusal(...read.problems);
      return { agreement: read.agreement, activatedAt: row.activatedAt, terminatedAt: row.terminatedAt, signedBy: row.signedBy };
    });
    return { generation, agreements, names: namesFrom(agreements), classes: new Map(classes.all().map((each) => [each.id, each])), grants: new Map(), shared: new Map() };
  }

  async function hold(requester: Requester, policy: Loaded): Promise<HeldGrant> {
    const { token: _token, ...facts } = requester;
    const key = JSON.stringify(facts);
    const kept = policy.grants.get(key);
    if (kept) return kept;
    const grant = grantOf(await share(database, requester, policy), requester);
    await saveGrant(database, grant);
    const held = { grant, agreements: policy.agreements, names: policy.names, classes: policy.classes };
    if (policy.grants.size >= grantsKept) policy.grants.clear();
    policy.grants.set(key, held);
    return held;
  }

  return {
    under: async (requester, read) => {
      for (let attempt = 0; attempt < tries; attempt += 1) {
        if (attempt > 0) await pause(firstPauseMs * 2 ** (attempt - 1));
        const used = loaded ??= load();
        const forget = (): void => { if (loaded === used) loaded = null; }; // what another request has read anew since then stays
        try {
          const held = await hold(requester, await used);
          const result = await read(held);
          if (result !== stale) return { held, result };
        } catch (error) {
          if (!(error instanceof Refusal && error.problems.every(({ category }) => category === 'invalid'))) forget();
          throw error;
        }
        forget();
      }
      throw new Refusal({ category: 'unavailable', code: 'policy-changing', text: 'The sharing policy is changing at this moment.', fix: 'Try again in a few seconds.' });
    },
  };
}

/** Of a time that is over the door says so, and everything is read anew. */
async function share(database: Database, requester: Requester, policy: Loaded): Promise<SharedGrant> {
  const by = sharedBy(requester);
  const kept = policy.shared.get(by);
  if (kept) return kept;
  const shared = compileShared({ requester, classes: [...policy.classes.values()], agreements: policy.agreements, generation: policy.generation, now: await readDatabaseClock(database) });
  if (policy.shared.size >= sharedKept) policy.shared.clear();
  policy.shared.set(by, shared);
  return shared;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}
