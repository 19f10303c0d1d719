import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { apiRequests } from '../../src/edge/http/fhir/api-requests.ts';
import { statementOf } from '../../src/edge/http/fhir/metadata.ts';
import { openApi } from '../../src/edge/http/fhir/open-api.ts';
import { requestsOf } from '../../src/edge/http/fhir/routes.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { createConformance } from '../../src/flow/reading/conformance.ts';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import { bruno, describeApi } from './describe-api.ts';

/** docs/api.md and docs/bruno say what the statement and the routes say. UPDATE_DOCS=1 writes them anew. */

const docs = join(import.meta.dirname, '../../docs');
const oauth = { authorize: 'https://gateway.example/oauth/auth', token: 'https://gateway.example/oauth/token', introspect: 'https://gateway.example/oauth/token/introspection', revoke: 'https://gateway.example/oauth/token/revocation' };
let made: { page: string; collection: Map<string, string>; document: ReturnType<typeof openApi> };

beforeAll(() => {
  loadProfiles('profiles');
  const mappings = loadMappings('mappings');
  if ('problems' in mappings) throw new Error('the mappings are wrong');
  const statement = statementOf({ base: 'https://gateway.example/fhir', version: '0', startedAt: '2026-01-01', oauth });
  const requests = requestsOf(statement, createConformance(mappings));
  made = { page: describeApi(statement, requests), collection: bruno(requests), document: openApi(statement, requests, oauth) };
  if (process.env['UPDATE_DOCS'] !== '1') return;
  writeFileSync(join(docs, 'api.md'), made.page);
  rmSync(join(docs, 'bruno'), { recursive: true, force: true });
  for (const [name, text] of made.collection) {
    mkdirSync(dirname(join(docs, 'bruno', name)), { recursive: true });
    writeFileSync(join(docs, 'bruno', name), text);
  }
});

it('docs/api.md is what is offered', () => {
  expect(readFileSync(join(docs, 'api.md'), 'utf8')).toBe(made.page);
});

it('docs/bruno holds a request for what is offered, and nothing else', () => {
  const folder = join(docs, 'bruno');
  const names = existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).filter((name) => /\.(bru|json)$/.test(name)) : [];
  expect(names.sort()).toEqual([...made.collection.keys()].sort());
  for (const [name, text] of made.collection) expect([name, readFileSync(join(folder, name), 'utf8')]).toEqual([name, text]);
});

it('what a statement offers by a search, and of one person, is among the requests', () => {
  const requests = apiRequests({
    resourceType: 'CapabilityStatement', rest: [{ compartment: ['http://hl7.org/fhir/CompartmentDefinition/patient'], interaction: [{ code: 'history-system' }], resource: [
      { type: 'Device', interaction: [{ code: 'search-type' }] },
      { type: 'Task', searchParam: [{ name: 'patient', type: 'reference' }], interaction: [{ code: 'search-type' }, { code: 'create' }, { code: 'update' }, { code: 'patch' }, { code: 'delete' }, { code: 'history-type' }], conditionalUpdate: true, conditionalDelete: 'single' }] }],
  } as unknown as CapabilityStatement, [], () => undefined);
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /metadata', 'GET /_history', 'GET /Device', 'POST /Device/_search', 'GET /Task', 'POST /Task/_search', 'POST /Task', 'PUT /Task/{id}', 'PATCH /Task/{id}', 'DELETE /Task/{id}', 'GET /Task/_history', 'GET /Patient/{id}/Task', 'POST /Patient/{id}/Task/_search',
    'PUT /Task', 'PATCH /Task', 'DELETE /Task']);
});

it('the OpenAPI document names every operation once, and every part of an address', () => {
  const paths = Object.entries(made.document['paths'] as Record<string, Record<string, { operationId?: string }>>);
  const ids = paths.flatMap(([, item]) => Object.values(item).flatMap(({ operationId }) => operationId ?? []));
  expect(ids.length).toBeGreaterThan(150);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  const named = ([path, { parameters }]: [string, Record<string, unknown>]): boolean => [...path.matchAll(/\{(\w+)\}/g)].every(([, name]) => (parameters as { name: string }[]).some((each) => each.name === name));
  expect(paths.filter((each) => !named(each)).map(([path]) => path)).toEqual([]);
});
