import type { JsonObject } from '../../../fhir/json.ts';
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
  const { resource, bytes } = await readResource(asked, 'Consent', services.limits);
  const { id, version } = await services.fileChoice(asked.requester, resource, bytes, asked.request);
  return { status: 201, headers: { Location: `${services.base}/Consent/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}
