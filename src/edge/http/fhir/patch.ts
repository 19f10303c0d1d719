import { readJsonList } from '../../../fhir/read-json.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Patch } from '../../../flow/writing/write-context.ts';
import { checkContentType } from '../check-content-type.ts';
import type { Asked, Reply } from '../route.ts';
import { bodyTypes, readResource } from './read-resource.ts';
import { writeOne, type WriteServices } from './reply-written.ts';
import { conditionIn, readVersion } from './write-headers.ts';

const jsonPatch = 'application/json-patch+json';

/**
 * PATCH [base]/{type}/{id} and [base]/{type}?{search} · http://hl7.org/fhir/R4/http.html#patch. JSON Patch by its media type;
 * FHIRPath Patch as a Parameters resource. What it makes is checked like any update.
 */
export async function patch(services: WriteServices, asked: Asked): Promise<Reply> {
  const { type = '', id } = asked.params;
  const ifMatch = readVersion(asked);
  const read = await readPatch(services, asked);
  return writeOne(services, asked, { method: 'patch', type, patch: read.patch, pointer: '', ...(id === undefined ? { condition: conditionIn(asked.query) } : { id }), ...(ifMatch !== undefined && { ifMatch }) }, read.bytes);
}

/** A list sent as a resource is most likely a JSON Patch under the wrong name. */
async function readParametersBody(asked: Asked, limits: WriteServices['limits']): Promise<Awaited<ReturnType<typeof readResource>>> {
  try {
    return await readResource(asked, 'Parameters', limits);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(...error.problems.map((problem) => (problem.code === 'json-not-object' ? { ...problem, fix: `Send a JSON Patch as Content-Type: ${jsonPatch}.` } : problem)));
  }
}

async function readPatch({ limits }: WriteServices, asked: Asked): Promise<{ patch: Patch; bytes: Uint8Array }> {
  if (checkContentType(asked.header('Content-Type'), [jsonPatch]) !== null) {
    const undeclared = checkContentType(asked.header('Content-Type'), bodyTypes);
    if (undeclared) throw new Refusal({ ...undeclared, expected: `Content-Type: ${jsonPatch}, or one of ${bodyTypes.join(', ')} for a Parameters resource, in UTF-8` });
    const { resource, bytes } = await readParametersBody(asked, limits);
    return { patch: { parameters: resource }, bytes };
  }
  const bytes = await asked.body(limits.bodyBytes);
  const read = readJsonList(bytes, { maxBytes: limits.bodyBytes, maxDepth: limits.jsonDepth });
  if ('problem' in read) throw new Refusal(read.problem);
  return { patch: { operations: read.value }, bytes };
}
