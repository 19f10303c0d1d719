import type { Bundle, Parameters, Resource } from '@medplum/fhirtypes';
import { ApiProblem } from './api-problem.ts';
import { askJson, askMade } from './ask.ts';

const base = '/fhir';
const fhirJson = 'application/fhir+json';

/** GET [base]/{path}. The path holds types and ids of ours only; whatever names a person goes into `search`. */
export function read<T extends Resource>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(`${base}/${path}`, {}, signal);
}

/** Where a page of the API's own is opened, in a window beside this one. */
export function addressOf(path: string): string {
  return `${base}/${path}`;
}

/** POST [base]/{type}/_search: what is asked for stays out of addresses, which are logged everywhere. */
export function search<T extends Resource>(type: string, form: readonly (readonly [string, string])[], signal?: AbortSignal): Promise<Bundle<T>> {
  const body = new URLSearchParams(form.map(([name, value]): [string, string] => [name, value]));
  return ask<Bundle<T>>(`${base}/${type}/_search`, { method: 'POST', body }, signal);
}

/** POST [base]/{path}, an operation: what is known of a person travels in the body. */
export function operate<T extends Resource>(path: string, parameters: Parameters, signal?: AbortSignal): Promise<T> {
  return ask<T>(`${base}/${path}`, { method: 'POST', body: new Blob([JSON.stringify(parameters)], { type: fhirJson }) }, signal);
}

/** The next page, by the link the gateway gave. Only its path is used: the viewer asks nobody but its own gateway. */
export function follow<T extends Resource>(link: string, signal?: AbortSignal): Promise<Bundle<T>> {
  const { pathname, search: query } = new URL(link);
  return ask<Bundle<T>>(`${pathname}${query}`, {}, signal);
}

export function nextLink(bundle: Bundle): string | undefined {
  return bundle.link?.find(({ relation }) => relation === 'next')?.url;
}

/** The matches of a searchset, without what was included and without notices. */
export function matchesOf<T extends Resource>(bundle: Bundle<T>): T[] {
  return (bundle.entry ?? []).flatMap(({ resource, search: found }) => (resource && (found?.mode ?? 'match') === 'match' ? [resource] : []));
}

/** POST [base]/{type}: a record of this organisation's own. With `unless`, a search that finds one already there makes no second one; returns whether it was made now. */
export function create(resource: Resource, unless?: string): Promise<boolean> {
  return askMade(`${base}/${resource.resourceType}`, { method: 'POST', ...(unless !== undefined && { headers: { 'If-None-Exist': unless } }), body: new Blob([JSON.stringify(resource)], { type: fhirJson }) }, { accept: fhirJson });
}

/** POST [base]: all of a transaction or nothing of it. Returns whether its first entry was made now. */
export async function transact(bundle: Bundle): Promise<boolean> {
  const { entry } = await ask<Bundle>(base, { method: 'POST', body: new Blob([JSON.stringify(bundle)], { type: fhirJson }) }, undefined);
  return entry?.[0]?.response?.status?.startsWith('201') === true;
}

/** PUT [base]/{type}/{id}, from the version that was read: what somebody else changed meanwhile is not overwritten. */
export async function update(resource: Resource): Promise<void> {
  const { resourceType, id = '', meta } = resource;
  await askJson<null>(`${base}/${resourceType}/${id}`, { method: 'PUT', headers: { 'If-Match': `W/"${meta?.versionId ?? ''}"` }, body: new Blob([JSON.stringify(resource)], { type: fhirJson }) }, { accept: fhirJson });
}

async function ask<T>(address: string, init: RequestInit, signal: AbortSignal | undefined): Promise<T> {
  const body = await askJson<T>(address, init, { accept: fhirJson, signal });
  if (body === null) throw new ApiProblem(0, undefined);
  return body;
}
