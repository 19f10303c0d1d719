import { isJsonObject, textOf, type Json, type JsonObject } from '../../../fhir/json.ts';
import { idDiffers, problemsOf } from '../../../fhir/outcome.ts';
import type { Problem } from '../../../fhir/problem.ts';
import { readJsonList } from '../../../fhir/read-json.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { Patch, WriteAsk } from '../../../flow/writing/write-context.ts';
import { readParameters } from '../read-parameters.ts';
import { permit, type PermittedInteraction } from './permit.ts';
import type { ResourceLimits } from './read-resource.ts';
import { readIfMatch, readIfNoneExist } from './write-headers.ts';

/** One entry of a transaction or batch as what it asks for. */
export type EntryAsk = { write: WriteAsk } | { read: string; head: boolean } | { problems: readonly Problem[] };

/**
 * Reads what an entry asks for, and whether the token's scopes cover it (FHIR R4 http.html#transaction). Reads are told by
 * their address; they are done when everything is written.
 */
export function readEntry(entry: Json, index: number, requester: Requester, limits: ResourceLimits): EntryAsk {
  try {
    const { request, resource, fullUrl } = isJsonObject(entry) ? entry : {};
    const pointer = `/entry/${index}`;
    if (!isJsonObject(request)) return { problems: [{ ...requestMissing, at: { pointer } }] };
    const [method, url] = [textOf(request['method']), textOf(request['url']).replace(/^\//, '')];
    if (method === 'GET' || method === 'HEAD') return { read: url, head: method === 'HEAD' };
    const write = readWrite({ method, url, request, resource, pointer }, limits);
    if ('problems' in write) return write;
    const refused = permit(interactionOf(write))(requester, { params: { type: write.type } });
    return refused ? { problems: [{ ...refused, at: { pointer } }] } : { write: { ...write, ...(typeof fullUrl === 'string' && { fullUrl }) } };
  } catch (error) {
    return { problems: problemsOf(error).map((problem) => ({ ...problem, at: { pointer: `/entry/${index}`, ...problem.at } })) };
  }
}

function interactionOf({ method, condition }: WriteAsk): PermittedInteraction {
  return method === 'update' && condition ? 'patch' : method;
}

type Read = { method: string; url: string; request: JsonObject; resource: Json | undefined; pointer: string };

function readWrite({ method, url, request, resource, pointer }: Read, limits: ResourceLimits): WriteAsk | { problems: Problem[] } {
  const [address = '', search] = splitOnce(url);
  const [type = '', id, more] = address.split('/');
  const wrong = (problem: Problem, at = `${pointer}/request/url`): { problems: Problem[] } => ({ problems: [{ ...problem, at: { pointer: at } }] });
  const ifMatch = readIfMatch(typeof request['ifMatch'] === 'string' ? request['ifMatch'] : undefined, { pointer: `${pointer}/request/ifMatch` });
  const by = { type, pointer: `${pointer}/resource`, ...(search !== undefined ? { condition: readParameters(search) } : id !== undefined ? { id } : {}), ...(ifMatch !== undefined && { ifMatch }) };
  if (!methods.includes(method)) return wrong(methodUnknown, `${pointer}/request/method`);
  if (more !== undefined || (method === 'POST') !== (id === undefined && search === undefined) || (id !== undefined && search !== undefined)) return wrong(addressUnfit);
  if (method === 'DELETE') return { method: 'delete', ...by, pointer };
  if (!isJsonObject(resource)) return wrong(entryEmpty, pointer);
  if (method === 'PATCH') {
    const patch = readPatch(resource, limits);
    return patch ? { method: 'patch', ...by, patch } : wrong(noPatch, `${pointer}/resource`);
  }
  if (resource['resourceType'] !== type) return wrong(addressUnfit);
  if (method === 'PUT' && id !== undefined && resource['id'] !== id) return wrong(idDiffers, `${pointer}/resource/id`);
  const condition = method === 'POST' ? readIfNoneExist(typeof request['ifNoneExist'] === 'string' ? request['ifNoneExist'] : undefined, { pointer: `${pointer}/request/ifNoneExist` }) : undefined;
  return { method: method === 'POST' ? 'create' : 'update', ...by, resource, ...(condition && { condition }) };
}

const methods: readonly string[] = ['POST', 'PUT', 'PATCH', 'DELETE'];

function splitOnce(url: string): [string, string | undefined] {
  const at = url.indexOf('?');
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)];
}

/** FHIRPath Patch as Parameters, JSON Patch in a Binary. */
function readPatch(resource: JsonObject, limits: ResourceLimits): Patch | undefined {
  if (resource['resourceType'] === 'Parameters') return { parameters: resource };
  if (resource['resourceType'] !== 'Binary' || !/^application\/json-patch\+json\b/.test(textOf(resource['contentType']))) return undefined;
  const read = readJsonList(Buffer.from(textOf(resource['data']), 'base64'), { maxBytes: limits.bodyBytes, maxDepth: limits.jsonDepth });
  return 'problem' in read ? undefined : { operations: read.value };
}

const requestMissing: Problem = { category: 'invalid', code: 'request-missing', text: 'The entry does not say what is to be done.', expected: 'a request with method and url' };
const methodUnknown: Problem = { category: 'unprocessable', code: 'request-method', text: 'The gateway does not do this in a transaction.', expected: 'POST, PUT, PATCH, DELETE or GET' };
const addressUnfit: Problem = { category: 'invalid', code: 'request-address', text: 'The address does not fit the resource and the method.', expected: '{type} with POST; {type}/{id} or {type}?{search} with PUT, PATCH and DELETE' };
const entryEmpty: Problem = { category: 'invalid', code: 'entry-empty', text: 'The entry holds no resource.', expected: 'a resource' };
const noPatch: Problem = { category: 'invalid', code: 'patch-invalid', text: 'The entry holds no patch.', expected: 'a Parameters resource, or a Binary of application/json-patch+json' };
