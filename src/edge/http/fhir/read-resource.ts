import type { JsonObject } from '../../../fhir/json.ts';
import { readJson } from '../../../fhir/read-json.ts';
import { Refusal } from '../../../fhir/problem.ts';
import { isSubset, subsetted } from '../../../fhir/subset-resource.ts';
import { readXml } from '../../../fhir/xml/read-xml.ts';
import { checkContentType } from '../check-content-type.ts';
import { formOf } from '../negotiate-form.ts';
import type { Asked } from '../route.ts';

export interface ResourceLimits {
  bodyBytes: number;
  jsonDepth: number;
}

/** Media types a body may have. */
export const bodyTypes: readonly string[] = ['application/fhir+json', 'application/json', 'application/fhir+xml', 'application/xml', 'text/xml'];

/** A request's body as one resource of this type: declared as JSON or XML, within the limits, and readable without loss. */
export async function readResource(asked: Asked, type: string, limits: ResourceLimits): Promise<{ resource: JsonObject; bytes: Uint8Array }> {
  const { resource, bytes } = await readBodyResource(asked, limits);
  if (resource['resourceType'] !== type) {
    throw new Refusal({ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type this address takes.', at: { pointer: '/resourceType' }, expected: type });
  }
  return { resource, bytes };
}

/** The same of whatever type it is. */
export async function readBodyResource(asked: Asked, limits: ResourceLimits): Promise<{ resource: JsonObject; bytes: Uint8Array }> {
  const undeclared = checkContentType(asked.header('Content-Type'), bodyTypes);
  if (undeclared) throw new Refusal(undeclared);
  const bytes = await asked.body(limits.bodyBytes);
  const form = formOf(asked.header('Content-Type') ?? '');
  const read = form === 'xml'
    ? readXml(bytes, { maxBytes: limits.bodyBytes, maxDepth: limits.jsonDepth })
    : readJson(bytes, { maxBytes: limits.bodyBytes, maxDepth: limits.jsonDepth });
  if ('problem' in read) throw new Refusal(read.problem);
  if (isSubset(read.value)) throw new Refusal(subsetted);
  return { resource: read.value, bytes };
}
