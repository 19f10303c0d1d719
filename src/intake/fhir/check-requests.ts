import { textOf } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { objectsIn, type Entry } from './bundle-entries.ts';
import type { BundleSchema } from './bundle-schema.ts';

/**
 * What is wrong with the instructions of a transaction or batch. A resource is named by its own identifier, so a
 * condition can only be that identifier: it matches in the writer's own partition and nowhere else. Source: FHIR R4
 * http.html#transaction.
 */
export function requestProblems(entries: readonly Entry[], schema: BundleSchema): Problem[] {
  if (schema.names !== 'identifier') return [];
  return entries.flatMap(({ request, type, name, resource, pointer }) => {
    const at = { pointer: pointer.replace(/\/resource$/, '/request') };
    if (!request) return [{ ...requestMissing, at }];
    const method = textOf(request['method']);
    const url = textOf(request['url']).replace(/^\//, '');
    if (!['POST', 'PUT'].includes(method)) return [{ ...methodUnsupported, at: { pointer: `${at.pointer}/method` } }];
    if (request['ifMatch'] !== undefined) return [{ ...conditionUnsupported, at: { pointer: `${at.pointer}/ifMatch` } }];
    const own = [`identifier=${name.system}|${name.value}`, ...objectsIn(resource['identifier']).slice(0, 1).map(({ system, value }) => `identifier=${textOf(system)}|${textOf(value)}`)];
    const condition = method === 'POST' ? textOf(request['ifNoneExist']) : (url.split('?')[1] ?? '');
    const address = url.split('?')[0] ?? '';
    const [target, id] = address.split('/');
    if (target !== type) return [{ ...addressOfAnotherType, at: { pointer: `${at.pointer}/url` } }];
    if (method === 'POST' ? url !== type : id === undefined && condition === '') return [{ ...addressOfAnotherType, at: { pointer: `${at.pointer}/url` } }];
    if (condition !== '' && !own.includes(decoded(condition))) return [{ ...conditionUnsupported, at: { pointer: method === 'POST' ? `${at.pointer}/ifNoneExist` : `${at.pointer}/url` } }];
    return [];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

const requestMissing: Problem = { category: 'invalid', code: 'request-missing', text: 'The entry does not say what is to be done.', expected: 'a request with method and url' };
const methodUnsupported: Problem = { category: 'unprocessable', code: 'request-method', text: 'The gateway does not do this in a transaction.', expected: 'POST or PUT', fix: 'To take a record back, send it again with the status entered-in-error.' };
const addressOfAnotherType: Problem = { category: 'invalid', code: 'request-address', text: 'The address does not fit the resource and the method.', expected: '{type} with POST; {type}/{id} or {type}?identifier={system}|{value} with PUT' };
const conditionUnsupported: Problem = { category: 'unprocessable', code: 'request-condition', text: 'The gateway does not test this condition.', expected: 'identifier={system}|{value} of the resource itself' };
