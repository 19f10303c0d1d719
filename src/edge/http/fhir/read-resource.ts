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
  const { resource, bytes } = await readBodyObject(asked, limits);
  if (isSubset(resource)) throw new Refusal(subsetted);
  return { resource, bytes };
}

/** A body declared as JSON or XML, as one object; `mostValues` where it may hold more than a resource does. */
export async function readBodyObject(asked: Asked, { bodyBytes: maxBytes, jsonDepth: maxDepth }: ResourceLimits, mostValues?: number): Promise<{ resource: JsonObject; bytes: Uint8Array }> {
  const undeclared = checkContentType(asked.header('Content-Type'), bodyTypes);
  if (undeclared) throw new Refusal(undeclared);
  const bytes = await asked.body(maxBytes);
  const read = formOf(asked.header('Content-Type') ?? '') === 'xml'
    ? readXml(bytes, { maxBytes, maxDepth, ...(mostValues !== undefined && { maxElements: mostValues }) })
    : readJson(bytes, { maxBytes, maxDepth, ...(mostValues !== undefined && { maxEntries: mostValues }) });
  if ('problem' in read) throw new Refusal(read.problem);
  return { resource: read.value, bytes };
}

/** An operation without inputs needs no body. */
export function hasNoBody(asked: Asked): boolean {
  return asked.header('Transfer-Encoding') === undefined && Number(asked.header('Content-Length') ?? 0) === 0;
}
