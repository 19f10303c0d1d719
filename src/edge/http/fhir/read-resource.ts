import { readJson } from '../../../fhir/read-json.ts';
import type { JsonObject } from '../../../fhir/json.ts';
import { Refusal } from '../../../fhir/problem.ts';
import { checkContentType } from '../check-content-type.ts';
import type { Asked } from '../route.ts';

export interface ResourceLimits {
  bodyBytes: number;
  jsonDepth: number;
}

const jsonTypes = ['application/fhir+json', 'application/json'];

/** A request's body as one resource of this type: declared as JSON, within the limits, and readable without loss. */
export async function readResource(asked: Asked, type: string, limits: ResourceLimits): Promise<{ resource: JsonObject; bytes: Uint8Array }> {
  const undeclared = checkContentType(asked.header('Content-Type'), jsonTypes);
  if (undeclared) throw new Refusal(undeclared);
  const bytes = await asked.body(limits.bodyBytes);
  const read = readJson(bytes, { maxBytes: limits.bodyBytes, maxDepth: limits.jsonDepth });
  if ('problem' in read) throw new Refusal(read.problem);
  if (read.value['resourceType'] !== type) {
    throw new Refusal({ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type this address takes.', at: { pointer: '/resourceType' }, expected: type });
  }
  return { resource: read.value, bytes };
}
