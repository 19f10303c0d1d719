import { isJsonObject, type JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { SameEventAsk } from '../../../flow/linkage/decide-same-event.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';

export interface SameEventServices {
  limits: ResourceLimits;
  sameEvent: (requester: Requester, ask: SameEventAsk, request: RequestFacts) => Promise<void>;
}

/** Types whose records of several partners may speak of one event. */
export const sameEventTypes: readonly string[] = ['ServiceRequest', 'Encounter', 'EpisodeOfCare', 'CarePlan'];
const verdicts = ['same', 'different', 'undecided'] as const;

/** POST [base]/{type}/{id}/$same-event · ours: profiles/OperationDefinition-same-event.json */
export async function sameEvent(services: SameEventServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '' } = asked.params;
  if (!sameEventTypes.includes(type)) throw new Refusal({ category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This resource type does not take this interaction.', expected: `one of ${sameEventTypes.join(', ')}` });
  const { resource } = await readResource(asked, 'Parameters', services.limits);
  const ask = { type, id, ...readAsk(resource, type) };
  await services.sameEvent(asked.requester, ask, asked.request);
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'verdict', valueCode: ask.verdict }] }) };
}

function readAsk({ parameter }: JsonObject, type: string): Pick<SameEventAsk, 'other' | 'verdict' | 'reason'> {
  const given = (Array.isArray(parameter) ? parameter : []).map((each) => (isJsonObject(each) ? each : {}));
  const one = (name: string): JsonObject | undefined => (given.filter((each) => each['name'] === name).length === 1 ? given.find((each) => each['name'] === name) : undefined);
  const reference = one('other')?.['valueReference'];
  const other = isJsonObject(reference) && typeof reference['reference'] === 'string' && reference['reference'].startsWith(`${type}/`) ? reference['reference'].slice(type.length + 1) : undefined;
  const verdict = verdicts.find((each) => each === one('verdict')?.['valueCode']);
  const reason = one('reason')?.['valueString'];
  const problems: Problem[] = [
    ...(other === undefined ? [invalid(`other once, as valueReference: ${type}/{id}`)] : []), ...(verdict === undefined ? [invalid(`verdict once, as valueCode: one of ${verdicts.join(', ')}`)] : []),
    ...(typeof reason !== 'string' || !/^(?=.*\S)[^\p{Cc}]{5,1000}$/u.test(reason) ? [invalid('reason once, as valueString: 5 to 1,000 characters')] : []),
  ];
  if (problems.length > 0 || other === undefined || verdict === undefined || typeof reason !== 'string') throw new Refusal(...problems);
  return { other, verdict, reason: reason.trim() };
}

function invalid(expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer: '/parameter' }, expected };
}
