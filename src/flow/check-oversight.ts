import { Refusal, type Problem } from '../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../fhir/sharing.ts';
import type { LogReader } from '../store/audit/search-audit.ts';
import { readGovernance } from '../store/door/grants.ts';
import type { HeldGrant } from './policy.ts';
import type { ReleaseContext } from './release-context.ts';

/** Oversight needs an agreement on it in force at this moment, asked of the door; without one it ends in this refusal. */
export async function checkOversight({ policy, database }: ReleaseContext, requester: Requester, refusal: Problem): Promise<HeldGrant> {
  const { held, result: allowed } = await policy.under(requester, ({ grant }) => readGovernance(database, grant.key));
  if (!allowed) throw new Refusal(refusal);
  return held;
}

/** For whom somebody watches over sharing: governance for everybody (null), a privacy officer for their own organisation. */
export function overseenBy({ role, organisation }: Requester): OrganisationKey | null {
  return role === 'governance' ? null : organisation;
}

/** What of the log somebody may read who watches over sharing. */
export function logReader(requester: Requester): LogReader {
  return { organisation: overseenBy(requester), person: requester.person?.id ?? null };
}
