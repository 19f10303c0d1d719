import type { CapabilityStatement } from '@medplum/fhirtypes';
import type { JsonObject } from '../../../fhir/json.ts';
import type { ApiRequest } from './api-requests.ts';

const bodies: Readonly<Record<NonNullable<ApiRequest['body']>, readonly string[]>> = {
  resource: ['application/fhir+json', 'application/fhir+xml'], Parameters: ['application/fhir+json', 'application/fhir+xml'], Bundle: ['application/fhir+json', 'application/fhir+xml'],
  form: ['application/x-www-form-urlencoded'], patch: ['application/json-patch+json', 'application/fhir+json'],
};
const fhirTypes = ['application/fhir+json', 'application/fhir+xml'];

/** The same as an OpenAPI 3.1 document. Resources are not described again: their shape is that of FHIR R4 and of the profiles the statement names. */
export function openApi(statement: CapabilityStatement, requests: readonly ApiRequest[], oauth: { authorize: string; token: string }): JsonObject {
  const byPath = Map.groupBy(requests, ({ path }) => path || '/');
  const content: Content = (types, schema) => Object.fromEntries(types.map((type) => [type, { schema: { $ref: `#/components/schemas/${schema}` } }]));
  return {
    openapi: '3.1.0',
    info: { title: statement.title ?? 'OneStory', version: statement.software?.version ?? '0', summary: 'FHIR R4', description: statement.rest?.[0]?.documentation ?? '' },
    servers: [{ url: statement.implementation?.url ?? '' }],
    externalDocs: { url: 'http://hl7.org/fhir/R4/http.html', description: 'FHIR R4, RESTful API' },
    security: [{ smart: [] }],
    paths: Object.fromEntries([...byPath].map(([path, list]) => [path, pathItem(path, list, content)])),
    components: {
      securitySchemes: { smart: { type: 'oauth2', description: 'SMART on FHIR, scopes of version 2', flows: { authorizationCode: { authorizationUrl: oauth.authorize, tokenUrl: oauth.token, scopes: {} }, clientCredentials: { tokenUrl: oauth.token, scopes: {} } } } },
      schemas: {
        Resource: { type: 'object', required: ['resourceType'], properties: { resourceType: { type: 'string' } }, externalDocs: { url: 'http://hl7.org/fhir/R4/resourcelist.html' } },
        OperationOutcome: { type: 'object', required: ['resourceType', 'issue'], properties: { resourceType: { const: 'OperationOutcome' }, issue: { type: 'array', items: { type: 'object' } } }, externalDocs: { url: 'http://hl7.org/fhir/R4/operationoutcome.html' } },
        Form: { type: 'object', additionalProperties: { type: 'string' } },
        Patch: { oneOf: [{ type: 'array', items: { type: 'object' } }, { $ref: '#/components/schemas/Resource' }] },
      },
      responses: { Outcome: { description: 'Why it was refused: an OperationOutcome with a stable code', content: content(fhirTypes, 'OperationOutcome') } },
    },
  };
}

type Content = (types: readonly string[], schema: string) => JsonObject;

function pathItem(path: string, requests: readonly ApiRequest[], content: Content): JsonObject {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
  const byMethod = Map.groupBy(requests, ({ method }) => method);
  return {
    ...(inPath.length > 0 && { parameters: inPath }),
    ...Object.fromEntries([...byMethod].flatMap(([method, [first, ...others]]) => (first ? [[method.toLowerCase(), operation(first, [first, ...others].map(({ name }) => name), content)]] : []))),
  };
}

/** What stands at one address for one method: a transaction and a batch are one there. */
function operation({ method, path, type, definition, query, body }: ApiRequest, names: readonly string[], content: Content): JsonObject {
  const named = names.join('-or-').replace(/[^A-Za-z0-9-]+/g, '-').replace(/^-/, '');
  const schema = body === 'form' ? 'Form' : body === 'patch' ? 'Patch' : 'Resource';
  return {
    operationId: [named, type, path.includes('{id}/$') ? 'instance' : undefined, method.toLowerCase()].filter((part) => part !== undefined).join('-'),
    summary: `${names.join(' or ')}${type === undefined ? '' : ` of ${type}`}`, tags: [type ?? 'System'],
    ...(definition !== undefined && { externalDocs: { url: definition } }), ...(path === '/metadata' && { security: [] }),
    ...(query.length > 0 && { parameters: query.map(({ name, about }) => ({ name, in: 'query', schema: { type: 'string' }, ...(about !== '' && { description: about }) })) }),
    ...(body !== undefined && { requestBody: { required: body !== 'Parameters', content: content(bodies[body], schema) } }),
    responses: { '2XX': { description: 'What was asked for', content: content(fhirTypes, 'Resource') }, default: { $ref: '#/components/responses/Outcome' } },
  };
}
