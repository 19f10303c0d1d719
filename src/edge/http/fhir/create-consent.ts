import type { JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';

export interface ChoiceServices {
  base: string;
  limits: ResourceLimits;
  fileChoice: (requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) => Promise<{ id: string; version: number }>;
}

/** POST [base]/Consent · http://hl7.org/fhir/R4/http.html#create. A choice about sharing, an opt-out, or their withdrawal. */
export async function createConsent(services: ChoiceServices, asked: Asked): Promise<Reply> {
  if (asked.header('If-None-Exist') !== undefined) throw new Refusal(conditionUnsupported);
  const { resource, bytes } = await readResource(asked, 'Consent', services.limits);
  const { id, version } = await services.fileChoice(asked.requester, resource, bytes, asked.request);
  return { status: 201, headers: { Location: `${services.base}/Consent/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}

const conditionUnsupported: Problem = { category: 'unprocessable', code: 'request-condition', text: 'The gateway does not test this condition.', at: { field: 'If-None-Exist' }, expected: 'a Consent without a condition: a later choice takes the place of an earlier one', fix: 'Leave the header out.' };
