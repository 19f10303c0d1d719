import type { CapabilityStatement } from '@medplum/fhirtypes';
import type { ApiRequest } from '../../src/edge/http/fhir/api-requests.ts';

/** docs/api.md and docs/bruno, from the requests the statement offers. */

const intro = `# The FHIR API

This page and the requests in [bruno/](bruno) are made from the CapabilityStatement and the routes, and a test holds them
against both. \`GET /fhir/metadata\` is the statement, \`GET /fhir/openapi.json\` the same as OpenAPI 3.1. Neither needs a token.

Everything else needs one: see \`/.well-known/smart-configuration\`. What a caller sees depends on agreements, on each person's
choices and on the caller's role. What is denied and what does not exist are answered alike. Every refusal is an
\`OperationOutcome\` with a stable code ([errors.md](errors.md)).

## How an answer is written

The reasons are in [0047](decisions/0047-forms-of-an-answer-are-written-last.md).

- **JSON or XML.** \`Accept\` decides, by q-value; \`_format=json\` or \`xml\` counts before it. Where neither says, the form of
  the body does, and else JSON. Another form is 406, another \`Content-Type\` of a body 415. Bodies may be JSON or XML, in UTF-8.
- \`_pretty=true\` puts it on lines.
- **In part.** \`_elements=name,birthDate\` and \`_summary=true\`, \`text\` or \`data\` work on read, vread, history and search. Id,
  meta, mandatory elements and those that change the meaning of others always stay. A part is tagged \`SUBSETTED\`, and a body
  with this tag is refused. An element that the type does not have is refused. Page links keep the form and the part.
- **If nothing is new.** \`If-None-Match\` with the \`ETag\` gives 304, on stored versions \`If-Modified-Since\` too. A composed
  Patient has an \`ETag\` of the versions and parts it was made from, and \`If-Modified-Since\` is not looked at: a source may become
  visible that is older. A version that is sent with a part kept apart from it (a reference to a stricter record, a hidden address)
  is always sent whole: the caller may see the part only since. A 304 is written into the audit trail as any look.
- \`HEAD\` is answered wherever \`GET\` is.
- \`Prefer: handling=strict\` or \`lenient\` is read by searches, and \`Preference-Applied\` says so.

## Headers as NHS APIs have them

| header | |
| --- | --- |
| \`X-Request-ID\` | echoed, and kept in the audit trail: up to 64 letters, digits, \`.\`, \`_\` and \`-\`, which are not an NHS number. Any other is replaced by a new one |
| \`X-Correlation-ID\` | the same, but any other is left out |
| \`NHSD-End-User-Organisation-ODS\` | may be sent. The token alone says who asks: a code other than the token's organisation is 403 |
| \`X-Organisation\`, \`X-Role\`, \`X-Purpose-Of-Use\` and the like | the same of organisation, role and purpose: what the token does not carry is 403 |

## XML

XML is written in the order of the definitions of R4, numbers as they were written. It is read without document type, without
entities of its own and with limits on size, depth and number of elements. A mistake is told with line, column and element. The order
of elements is not checked. What XML cannot say as JSON does:

- Lines of a narrative that end in CR LF end in LF after XML, as XML 1.0 has it. In values they are kept.
- A control character that XML 1.0 does not allow becomes U+FFFD.
- A narrative must be one \`div\` of XHTML without a namespace prefix. Named entities of HTML are refused.

## What is published

Profiles, value sets, code systems and operations of this gateway, its code tables as ConceptMaps and its maps as
StructureMaps can be read and searched (\`url\`, \`version\`, \`name\`, \`status\`, \`_id\`). \`$expand\`, \`$validate-code\` and
\`$lookup\` know these and the value sets of R4 that can be listed. \`$translate\` uses what the maps themselves use. None of it
is about a person, so no entry is written for it. \`$validate\` keeps nothing; its entry says the type alone. The reasons are in
[0048](decisions/0048-what-is-published-is-nobodys-data.md).

`;

export function describeApi(statement: CapabilityStatement, requests: readonly ApiRequest[]): string {
  const ofType = Map.groupBy(requests, ({ type }) => type);
  const base = ofType.get(undefined) ?? [];
  const types = (statement.rest?.[0]?.resource ?? []).map(({ type = '', searchParam = [] }) => [
    `### ${type}`, '', ...table(ofType.get(type) ?? []), ...(searchParam.length > 0 ? ['', `Searched by ${searchParam.map(({ name, type: kind }) => `\`${name}\` (${kind})`).join(', ')}.`] : []), '',
  ].join('\n'));
  return `${intro}## Requests\n\nBelow \`/fhir\`.\n\n### The base\n\n${table(base).join('\n')}\n\n${types.join('\n').trimEnd()}\n`;
}

function table(requests: readonly ApiRequest[]): string[] {
  const lines = requests.map(({ name, method, path }) => `| ${name} | \`${method} ${path === '' ? '/' : path}\` |`);
  return ['| interaction | request |', '| --- | --- |', ...new Set(lines)];
}

/** Types whose every interaction is in the collection; of the others there are the operations. */
const shown = ['Patient', 'CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'ValueSet'];

/** The collection: text by file name. */
export function bruno(requests: readonly ApiRequest[]): Map<string, string> {
  const chosen = requests.filter(({ type, name }) => type === undefined || shown.includes(type) || (name.startsWith('$') && !['$validate', '$explain-access', '$same-event'].includes(name)));
  const files = new Map([
    ['bruno.json', `${JSON.stringify({ version: '1', name: 'OneStory FHIR API', type: 'collection' }, null, 2)}\n`],
    ['collection.bru', 'headers {\n  Accept: application/fhir+json\n}\n\nauth {\n  mode: bearer\n}\n\nauth:bearer {\n  token: {{token}}\n}\n\ndocs {\n  Set `token` to the answer of `npm run onestory -- token community-nurse`, and `id` to an id a search gave.\n}\n'],
    ['environments/local.bru', 'vars {\n  base: http://127.0.0.1:8080/fhir\n  id: 00000000-0000-4000-8000-000000000000\n  version: 1\n}\nvars:secret [\n  token\n]\n'],
  ]);
  chosen.forEach((request, i) => files.set(`${request.type ?? 'System'}/${fileName(request)}.bru`, brunoRequest(request, i + 1)));
  return files;
}

function fileName({ name, method, path }: ApiRequest): string {
  return [name.replace(/[^A-Za-z0-9-]+/g, ' ').trim(), ...(path.includes('{id}/$') ? ['of one'] : []), ...(name.startsWith('$') || name.startsWith('search') ? [method.toLowerCase()] : [])].join(' ').replaceAll(' ', '-');
}

function brunoRequest(request: ApiRequest, seq: number): string {
  const { method, path, query, body, type } = request;
  const block = (name: string, lines: readonly string[]): string => `${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
  const kind = body === 'form' ? 'formUrlEncoded' : body === undefined ? 'none' : 'json';
  const resource = body === 'Parameters' ? 'Parameters' : body === 'Bundle' ? 'Bundle' : (type ?? 'Basic');
  return [
    block('meta', [`name: ${fileName(request).replaceAll('-', ' ')}${type === undefined ? '' : `, ${type}`}`, 'type: http', `seq: ${seq}`]),
    block(method.toLowerCase(), [`url: {{base}}${path.replace(/\{(\w+)\}/g, '{{$1}}')}`, `body: ${kind}`, `auth: ${path === '/metadata' ? 'none' : 'inherit'}`]),
    ...(query.length > 0 ? [block('params:query', query.map(({ name }) => `~${name}: `))] : []),
    ...(body === 'form' ? [block('body:form-urlencoded', ['~_count: 10'])] : []),
    ...(kind === 'json' ? [block('headers', [`Content-Type: ${body === 'patch' ? 'application/json-patch+json' : 'application/fhir+json'}`]), block('body:json', body === 'patch' ? ['[]'] : [JSON.stringify({ resourceType: resource })])] : []),
  ].join('\n');
}
