import type { JsonObject } from '../../../fhir/json.ts';
import { idDiffers } from '../../../fhir/outcome.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';
import { readIfMatch } from './write-headers.ts';

export interface ChangeServices {
  base: string;
  limits: ResourceLimits;
  changeChoice: (requester: Requester, id: string, ifMatch: number | null, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) => Promise<{ id: string; version: number }>;
}

/** PUT [base]/Consent/{id} · http://hl7.org/fhir/R4/http.html#update. Changes or ends a choice; nothing is made by it (update-as-create). */
export async function updateConsent(services: ChangeServices, asked: Asked): Promise<Reply> {
  const asId = asked.params['id'] ?? '';
  const ifMatch = readIfMatch(asked.header('If-Match')) ?? null;
  const { resource, bytes } = await readResource(asked, 'Consent', services.limits);
  if (resource['id'] !== asId) throw new Refusal(idDiffers);
  const { id, version } = await services.changeChoice(asked.requester, asId, ifMatch, resource, bytes, asked.request);
  return { status: 200, headers: { 'Content-Location': `${services.base}/Consent/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}
