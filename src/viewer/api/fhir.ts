import type { Bundle, Parameters, Resource } from '@medplum/fhirtypes';
import { ApiProblem } from './api-problem.ts';

const base = '/fhir';
const fhirJson = 'application/fhir+json';
const timeoutMs = 30_000;

/** Told of every answer: the session is fresher than it was, or has ended. */
export type Listener = (status: number) => void;
let listener: Listener = () => {};

export function onAnswer(told: Listener): void {
  listener = told;
}

/** GET [base]/{path}. The path holds types and ids of ours only; whatever names a person goes into `search`. */
export function read<T extends Resource>(path: string, signal?: AbortSignal): Promise<T> {
  return ask<T>(`${base}/${path}`, {}, signal);
}

/** POST [base]/{type}/_search: what is asked for stays out of addresses, which are logged everywhere. */
export function search<T extends Resource>(type: string, form: readonly (readonly [string, string])[], signal?: AbortSignal): Promise<Bundle<T>> {
  const body = new URLSearchParams(form.map(([name, value]) => [name, value]));
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

async function ask<T>(address: string, init: RequestInit, signal: AbortSignal | undefined): Promise<T> {
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await fetch(address, { ...init, headers: { Accept: fhirJson }, signal: signal ? AbortSignal.any([signal, limit]) : limit, redirect: 'error' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(0, undefined);
  }
  listener(response.status);
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || body === null) throw ApiProblem.of(response.status, body, response.headers.get('X-Request-ID') ?? undefined);
  return body as T;
}
