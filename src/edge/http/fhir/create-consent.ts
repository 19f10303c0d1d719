import { readJson } from '../../../fhir/read-json.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { JsonObject } from '../../../fhir/json.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';

export interface ChoiceServices {
  base: string;
  limits: { bodyBytes: number; jsonDepth: number };
  fileChoice: (requester: Requester, resource: JsonObject, bytes: Uint8Array, request: RequestFacts) => Promise<{ id: string; version: number }>;
}

const jsonTypes = ['application/fhir+json', 'application/json'];

/** POST [base]/Consent · http://hl7.org/fhir/R4/http.html#create. In this form: an objection to sharing the whole record, or its withdrawal. */
export async function createConsent(services: ChoiceServices, asked: Asked): Promise<Reply> {
  const type = (asked.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!jsonTypes.includes(type)) {
    throw new Refusal({ category: 'media-type', code: 'media-type-unsupported', text: 'The body is not declared as FHIR JSON.', expected: `Content-Type: ${jsonTypes.join(' or ')}` });
  }
  const bytes = await asked.body(services.limits.bodyBytes);
  const read = readJson(bytes, { maxBytes: services.limits.bodyBytes, maxDepth: services.limits.jsonDepth });
  if ('problem' in read) throw new Refusal(read.problem);
  if (read.value['resourceType'] !== 'Consent') {
    throw new Refusal({ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type in the address.', at: { pointer: '/resourceType' }, expected: 'Consent' });
  }
  const { id, version } = await services.fileChoice(asked.requester, read.value, bytes, { id: asked.requestId, address: asked.address });
  return { status: 201, headers: { Location: `${services.base}/Consent/${id}/_history/${version}`, ETag: `W/"${version}"` } };
}
