import { checkBirthDate } from '../../fhir/check-birth-date.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { validateResource } from '../../fhir/validate-resource.ts';
import { assemble } from '../assemble.ts';
import { appendAct, releaseRecords } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

/** What is to be validated: a resource that was sent, or the one that is kept under this id. */
export interface ValidateAsk {
  type: string;
  /** of the resource it would change, or that is itself looked at */
  id?: string | undefined;
  resource?: JsonObject | undefined;
  /** canonical */
  profile?: string | undefined;
}

/**
 * Everything wrong with a resource, as if it were sent to be kept; nothing is kept of it, and the entry says only that a
 * resource of this type was validated. Who asks about a resource by its id looks at that resource, and may know of it or
 * not as by any other read.
 */
export async function validateAsked(context: ReleaseContext, requester: Requester, { type, id, resource, profile }: ValidateAsk, request: RequestFacts): Promise<Problem[]> {
  const kept = id === undefined ? undefined : await readKept(context, requester, type, id, request);
  if (kept === undefined) await appendAct(context, requester, request, { interaction: 'validate', query: `${type}/$validate`, status: 200 });
  const asked = resource ?? kept ?? {};
  return [...validateResource(asked, profile), ...checkBirthDate(asked, context.clock())];
}

async function readKept(context: ReleaseContext, requester: Requester, type: string, id: string, request: RequestFacts): Promise<JsonObject> {
  const { rows: [row], composed: [citizen] } = await releaseRecords(context, requester, { interaction: 'read', type, id }, request);
  return row ? assemble(row) : { ...citizen?.patient } as unknown as JsonObject;
}
