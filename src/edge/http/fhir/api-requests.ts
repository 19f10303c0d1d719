import type { CapabilityStatement, CapabilityStatementRestResource, OperationDefinition } from '@medplum/fhirtypes';
import { typesAboutNobody } from '../../../fhir/search-parameters.ts';
import { inputsTaken } from './operation-inputs.ts';

/** One thing that can be asked: what the document, the page about the API and the collection of requests are made of. */
export interface ApiRequest {
  /** interaction or operation as FHIR names it: `read`, `$everything` */
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** below the base, with `{id}` where one stands */
  path: string;
  /** resource type; absent at the base itself */
  type?: string;
  /** where it is defined */
  definition?: string;
  query: { name: string; about: string }[];
  body?: 'resource' | 'Parameters' | 'Bundle' | 'form' | 'patch';
}

/** An operation's address as the routes have it, with the methods it takes. */
export type OperationAddress = readonly [pattern: string, methods: readonly string[]];

const interactions: Readonly<Record<string, readonly Pick<ApiRequest, 'method' | 'path' | 'body'>[]>> = {
  read: [{ method: 'GET', path: '/{id}' }],
  vread: [{ method: 'GET', path: '/{id}/_history/{version}' }],
  'history-instance': [{ method: 'GET', path: '/{id}/_history' }],
  'history-type': [{ method: 'GET', path: '/_history' }],
  'search-type': [{ method: 'GET', path: '' }, { method: 'POST', path: '/_search', body: 'form' }],
  create: [{ method: 'POST', path: '', body: 'resource' }],
  update: [{ method: 'PUT', path: '/{id}', body: 'resource' }],
  patch: [{ method: 'PATCH', path: '/{id}', body: 'patch' }],
  delete: [{ method: 'DELETE', path: '/{id}' }],
};
const ofBase: Readonly<Record<string, Pick<ApiRequest, 'method' | 'path' | 'body'>>> = {
  transaction: { method: 'POST', path: '', body: 'Bundle' }, batch: { method: 'POST', path: '', body: 'Bundle' }, 'history-system': { method: 'GET', path: '/_history' }, 'search-system': { method: 'GET', path: '' },
};

/** Where an export that was asked for is looked after. */
const ofExports: readonly ApiRequest[] = ([['$export, how it stands', 'GET', '/_export/{id}'], ['$export, a file', 'GET', '/_export/{id}/{name}'], ['$export, its end', 'DELETE', '/_export/{id}']] as const)
  .map(([name, method, path]) => ({ name, method, path, definition: 'http://hl7.org/fhir/uv/bulkdata/STU2/export.html', query: [] }));

const parts = [{ name: '_elements', about: 'Elements at the root of the resource, separated by commas' }, { name: '_summary', about: 'true, text, data or false' }];
const shape = [{ name: '_format', about: 'json or xml; counts before Accept' }, { name: '_pretty', about: 'true or false' }];
const paging = [{ name: '_count', about: 'Resources on a page' }];
const since = [{ name: '_since', about: 'Versions stored at or after an instant' }];

/** Every request the statement offers, in its order. An operation is asked as its address says; its simple inputs may stand in the address of a GET. */
export function apiRequests(statement: CapabilityStatement, addresses: readonly OperationAddress[], definitionOf: (url: string) => OperationDefinition | undefined): ApiRequest[] {
  const [rest] = statement.rest ?? [];
  return [
    { name: 'capabilities', method: 'GET', path: '/metadata', query: [...shape, ...parts] },
    ...(rest?.interaction ?? []).flatMap(({ code = '' }) => (ofBase[code] ? [{ name: code, ...ofBase[code], query: [...(code === 'history-system' ? [...since, ...paging] : []), ...shape] }] : [])),
    ...(rest?.operation ?? []).flatMap(({ name = '', definition = '' }) => operationRequests([`$${name}`], undefined, { name, definition }, addresses, definitionOf)),
    ...(rest?.operation?.some(({ name }) => name === 'export') ? ofExports : []),
    ...(rest?.resource ?? []).flatMap((resource) => [
      ...interactionRequests(resource, rest?.compartment?.some((canonical) => canonical.endsWith('/patient')) === true),
      ...(resource.operation ?? []).flatMap(({ name = '', definition = '' }) => operationRequests(patternsOf(resource, name), resource.type, { name, definition }, addresses, definitionOf)),
    ]),
  ];
}

function interactionRequests(resource: CapabilityStatementRestResource, inCompartment: boolean): ApiRequest[] {
  const { interaction = [], searchParam = [] } = resource;
  const type: string = resource.type ?? '';
  const searches = searchParam.map(({ name = '', type: kind = '', definition }) => ({ name, about: `Search by ${kind}${definition === undefined ? '' : `: ${definition}`}` }));
  const queryOf = (code: string, method: string): ApiRequest['query'] => {
    if (code === 'search-type') return method === 'GET' ? [...searches, ...resultsOf(resource), ...paging, ...parts, ...shape] : shape;
    return [...(code.startsWith('history') ? [...since, ...paging] : []), ...(code === 'read' || code === 'vread' || code.startsWith('history') ? parts : []), ...shape];
  };
  const ofPeople = inCompartment && !typesAboutNobody.has(type) && searchParam.some(({ name }) => name === 'patient');
  const searched = ofPeople ? (interactions['search-type'] ?? []).filter(() => interaction.some(({ code }) => code === 'search-type')) : [];
  return [
    ...interaction.flatMap(({ code = '' }) => (interactions[code] ?? []).map((each): ApiRequest => ({ name: code, ...each, path: `/${type}${each.path}`, type, query: queryOf(code, each.method) }))),
    ...searched.map((each): ApiRequest => ({ name: 'search-type, of one person', ...each, path: `/Patient/{id}/${type}${each.path}`, type, query: queryOf('search-type', each.method) })),
    ...conditionalRequests(resource).map((each): ApiRequest => ({ ...each, path: `/${type}`, type, query: searches })),
  ];
}

/** How what is found is ordered and counted, and what goes along with it: the log and what is published come as they are. */
function resultsOf({ versioning, searchInclude = [], searchRevInclude = [] }: CapabilityStatementRestResource): ApiRequest['query'] {
  if (versioning !== 'versioned') return [];
  return [
    { name: '_sort', about: 'Up to three keys, each with - before it for the other way round' }, { name: '_total', about: 'none, estimate or accurate' },
    ...(searchInclude.length > 0 ? [{ name: '_include', about: 'Type:parameter of references to follow' }] : []), ...(searchRevInclude.length > 0 ? [{ name: '_revinclude', about: 'Type:parameter of references to these' }] : []),
  ];
}

/** What is named by a search instead of an id. R4 has no mark of its own for a patch by search: it goes with the update. */
function conditionalRequests({ conditionalUpdate, conditionalDelete, interaction = [] }: CapabilityStatementRestResource): Pick<ApiRequest, 'name' | 'method' | 'body'>[] {
  const patched = interaction.some(({ code }) => code === 'patch');
  return [
    ...(conditionalUpdate === true ? [{ name: 'update, by search', method: 'PUT', body: 'resource' } as const, ...(patched ? [{ name: 'patch, by search', method: 'PATCH', body: 'patch' } as const] : [])] : []),
    ...(conditionalDelete !== undefined && conditionalDelete !== 'not-supported' ? [{ name: 'delete, by search', method: 'DELETE' } as const] : []),
  ];
}

/** Of one resource of a type only where one can be read. */
function patternsOf({ type, interaction = [] }: CapabilityStatementRestResource, name: string): string[] {
  const readable = interaction.some(({ code }) => code === 'read');
  return [...(type === undefined ? [] : [`${type}/$${name}`, `${type}/{id}/$${name}`]), `{type}/$${name}`, ...(readable ? [`{type}/{id}/$${name}`] : [])];
}

function operationRequests(
  patterns: readonly string[], type: string | undefined, { name, definition }: { name: string; definition: string }, addresses: readonly OperationAddress[], definitionOf: (url: string) => OperationDefinition | undefined,
): ApiRequest[] {
  const inputs = (definitionOf(definition)?.parameter ?? []).filter(({ use, type: kind = '' }) => use === 'in' && /^[a-z]/.test(kind)).map(({ name: input = '', documentation = '' }) => ({ name: input, about: documentation }));
  return addresses.filter(([pattern]) => patterns.includes(pattern)).flatMap(([pattern, methods]) => methods.filter((method) => method !== 'HEAD').map((method): ApiRequest => ({
    name: `$${name}`, method: method as ApiRequest['method'], path: `/${pattern.replace('{type}', type ?? '')}`, ...(type !== undefined && { type }), definition,
    query: [...(method === 'GET' ? [...inputs, ...inputsTaken(definition, pattern)] : []), ...shape], ...(method === 'POST' && { body: name === 'process-message' ? 'Bundle' : 'Parameters' }),
  })));
}
