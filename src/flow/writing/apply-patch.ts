import { putTogether } from '../../fhir/fragments.ts';
import { applyFhirPathPatch } from '../../fhir/fhirpath-patch.ts';
import { applyJsonPatch } from '../../fhir/json-patch.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OwnRow } from '../../store/record/own-rows.ts';
import { within } from './within-entry.ts';
import type { Patch } from './write-context.ts';

/** What the organisation itself said last, whole: every part of it is its own word. */
export function wholeOf({ body, fragments }: Pick<OwnRow, 'body' | 'fragments'>): JsonObject {
  const { meta: _meta, ...whole } = putTogether(parseExact<JsonObject>(body), fragments.map(({ path, body: text }) => [path, text] as const));
  return whole;
}

/** The resource as a patch makes it of the one that stands; what it is and which one stays. Labels it said of itself stay as well. */
export function applyPatch(row: OwnRow, patch: Patch, pointer: string): JsonObject {
  const { security } = (JSON.parse(row.body) as { meta?: JsonObject }).meta ?? {};
  const whole = { ...wholeOf(row), ...(security !== undefined && { meta: { security } }) };
  const patched = 'parameters' in patch ? applyFhirPathPatch(whole, patch.parameters) : applyJsonPatch(whole, patch.operations);
  if ('problem' in patched) throw new Refusal(within(pointer, patched.problem));
  if (patched.value['resourceType'] !== row.type || patched.value['id'] !== row.id) throw new Refusal(within(pointer, otherResource));
  return patched.value;
}

const otherResource: Problem = { category: 'unprocessable', code: 'patch-changes-identity', text: 'The patch changes which resource it is.', expected: 'resourceType and id as they are', fix: 'Leave both as they are; nothing was changed.' };
