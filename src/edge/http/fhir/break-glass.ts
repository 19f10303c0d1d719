import type { Parameters } from '@medplum/fhirtypes';
import { emergencyReasons } from '../../../fhir/emergency-reasons.ts';
import { isJsonObject, type JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { EmergencyAsk, EmergencyOpened } from '../../../flow/sharing/break-glass.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';

export interface EmergencyServices {
  limits: ResourceLimits;
  breakGlass: (requester: Requester, ask: EmergencyAsk, request: RequestFacts) => Promise<EmergencyOpened>;
  endBreakGlass: (requester: Requester, citizen: string, request: RequestFacts) => Promise<void>;
}

/** name → the value[x] it comes in, its form, and the form in words */
const inputs = {
  'nhs-number': { value: 'valueString', form: /^[\d \-‐-―]{10,24}$/u, expected: 'ten digits' },
  'birth-date': { value: 'valueDate', form: /^\d{4}-\d{2}-\d{2}$/, expected: 'YYYY-MM-DD' },
  family: { value: 'valueString', form: /^[^\p{Cc}]{1,100}$/u, expected: 'the family name, at most 100 characters' },
  reason: { value: 'valueCode', form: new RegExp(`^(?:${emergencyReasons.join('|')})$`), expected: `one of ${emergencyReasons.join(', ')}` },
  explanation: { value: 'valueString', form: /^(?=.*\S)[^\p{Cc}]{15,1000}$/u, expected: '15 to 1,000 characters: why this record is needed now' },
} as const;
type InputName = keyof typeof inputs;

/** POST [base]/Patient/$break-glass · ours: profiles/OperationDefinition-break-glass.json */
export async function breakGlass(services: EmergencyServices, asked: Asked): Promise<Reply> {
  const { resource } = await readResource(asked, 'Parameters', services.limits);
  const opened = await services.breakGlass(asked.requester, readAsk(resource), asked.request);
  const answer: Parameters = { resourceType: 'Parameters', parameter: [
    { name: 'patient', valueReference: { reference: `Patient/${opened.citizen}`, type: 'Patient' } },
    { name: 'reference', valueString: opened.reference }, { name: 'until', valueInstant: opened.until.toISOString() },
  ] };
  return { status: 200, text: JSON.stringify(answer) };
}

/** POST [base]/Patient/{citizen}/$end-break-glass · ours */
export async function endBreakGlass(services: EmergencyServices, asked: Asked): Promise<Reply> {
  await services.endBreakGlass(asked.requester, asked.params['id'] ?? '', asked.request);
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters' } satisfies Parameters) };
}

/** Every input once, in its form; every mistake told together, by place and never by value. */
function readAsk({ parameter }: JsonObject): EmergencyAsk {
  const given = (Array.isArray(parameter) ? parameter : []).map((each) => (isJsonObject(each) ? each : {}));
  const problems: Problem[] = given.flatMap((each, i) => (typeof each['name'] === 'string' && Object.hasOwn(inputs, each['name']) ? [] : [invalid(`/parameter/${i}/name`, Object.keys(inputs).join(', '))]));
  const values = Object.fromEntries(Object.entries(inputs).map(([name, { value, form, expected }]) => {
    const places = given.flatMap((each, i) => (each['name'] === name ? [i] : []));
    const text = places.length === 1 ? given[places[0] ?? 0]?.[value] : undefined;
    if (typeof text === 'string' && form.test(text)) return [name, text.trim()];
    problems.push(invalid(places[0] === undefined ? '/parameter' : `/parameter/${places[0]}/${value}`, `${name} once, as ${value}: ${expected}`));
    return [name, ''];
  })) as Record<InputName, string>;
  if (problems.length > 0) throw new Refusal(...problems);
  return { nhsNumber: values['nhs-number'], birthDate: values['birth-date'], family: values.family, reason: values.reason as EmergencyAsk['reason'], explanation: values.explanation };
}

function invalid(pointer: string, expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer }, expected };
}
