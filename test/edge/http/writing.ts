import type { OperationOutcome, Resource } from '@medplum/fhirtypes';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { Gateway } from '../../gateway.ts';

/** What came back of one request, read. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Resource & { [name: string]: unknown } | null;
  /** codes of the outcome's issues */
  codes: string[];
  /** id and version in Location or Content-Location */
  id: string;
  version: number;
}

export type Send = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Sends requests as somebody. */
export function sending(gateway: Gateway, who: string): Send {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${gateway.url}/fhir${path === '' ? '' : `/${path}`}`, {
      method, headers: { Authorization: `Bearer ${await gateway.token(who)}`, ...(body !== undefined && { 'Content-Type': 'application/fhir+json' }), ...headers }, ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const read = text === '' ? null : (JSON.parse(text) as Answer['body']);
    const place = response.headers.get('Location') ?? response.headers.get('Content-Location') ?? '';
    const [, id = '', version = '0'] = /\/([^/]+)\/_history\/(\d+)$/.exec(place) ?? [];
    return { status: response.status, headers: response.headers, body: read, codes: codesOf(read), id, version: Number(version) };
  };
}

export function codesOf(resource: unknown): string[] {
  const { resourceType, issue } = (resource ?? {}) as OperationOutcome;
  return resourceType === 'OperationOutcome' ? issue.flatMap(({ details }) => details?.coding?.[0]?.code ?? []) : [];
}

const component = { url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team' } };

/** A plan about somebody, under a key of its own. */
export function planOf(citizen: string, key: string, more: JsonObject = {}): JsonObject {
  return { resourceType: 'CarePlan', extension: [component], identifier: [{ system: 'urn:test', value: key }], status: 'active', intent: 'plan', title: 'first', subject: { reference: `Patient/${citizen}` }, ...more };
}

export function referralOf(citizen: string, key: string, performer: JsonObject, more: JsonObject = {}): JsonObject {
  return { resourceType: 'ServiceRequest', extension: [component], identifier: [{ system: 'urn:test', value: key }], status: 'active', intent: 'order', subject: { reference: `Patient/${citizen}` }, performer: [performer], ...more };
}

export function organisation(value: string): JsonObject {
  return { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value } };
}
