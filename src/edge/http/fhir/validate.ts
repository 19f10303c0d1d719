import { isKnownResourceType } from '../../../fhir/definitions.ts';
import { isJsonObject, type JsonObject } from '../../../fhir/json.ts';
import { idDiffers, notFound, outcomeOf } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { isConformanceType, type Conformance } from '../../../flow/reading/conformance.ts';
import type { ValidateAsk } from '../../../flow/reading/validate-asked.ts';
import { formParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { interactionsOf } from './interactions.ts';
import { inputInvalid, inputsIn, onlyKnown, textInput, type Inputs } from './read-inputs.ts';
import { readBodyResource, type ResourceLimits } from './read-resource.ts';

export interface ValidateServices {
  limits: ResourceLimits;
  conformance: Conformance;
  validate: (requester: Requester, ask: ValidateAsk, request: RequestFacts) => Promise<Problem[]>;
}

/** What the resource is to be validated for, and whether that is asked of a type or of an instance (FHIR R4 resource-validation-mode). */
const modes: Readonly<Record<string, 'type' | 'instance' | 'either'>> = { create: 'type', update: 'instance', delete: 'instance', profile: 'either' };

/**
 * POST [base]/{type}/$validate, GET or POST [base]/{type}/{id}/$validate · http://hl7.org/fhir/R4/resource-operation-validate.html
 * The body is the resource, or Parameters with `resource`, `mode` and `profile`. What was found is the answer: 200, whatever it is.
 */
export async function validate(services: ValidateServices, asked: Asked, posted: boolean): Promise<Reply> {
  const { type = '', id } = asked.params;
  if (!isKnownResourceType(type)) throw new Refusal({ category: 'not-found', code: 'type-unknown', text: 'This is not a resource type of FHIR R4.', expected: 'a resource type of FHIR R4' });
  const inputs = await readAsk(services, asked, posted);
  const [mode, profile, resource] = [readMode(inputs, id), textInput(inputs, 'profile'), inputs.get('resource')];
  if (resource !== undefined && !isJsonObject(resource)) throw new Refusal(inputInvalid('resource', 'a resource'));
  if (id === undefined && resource === undefined) throw new Refusal(inputInvalid('resource', 'a resource, for it has no id in the address'));
  if (mode === 'profile' && profile === undefined) throw new Refusal(inputInvalid('profile', 'the canonical of a profile, with mode profile'));
  const found = await services.validate(asked.requester, { type, profile, ...whatIsKept(services, type, id, resource) }, asked.request);
  return { status: 200, text: JSON.stringify(outcomeOf([...addressProblems(asked.params, resource, mode), ...found])) };
}

/** What is published is kept apart from the record, and everybody may see it. */
function whatIsKept({ conformance }: ValidateServices, type: string, id: string | undefined, resource: JsonObject | undefined): Pick<ValidateAsk, 'id' | 'resource'> {
  if (id === undefined || !isConformanceType(type)) return { id, resource };
  const published = conformance.find(type, id);
  if (!published) throw new Refusal(notFound);
  return { resource: resource ?? published };
}

async function readAsk({ limits }: ValidateServices, asked: Asked, posted: boolean): Promise<Inputs> {
  const body = posted ? (await readBodyResource(asked, limits)).resource : undefined;
  const wrapped = body?.['resourceType'] === 'Parameters' && asked.params['type'] !== 'Parameters';
  const inBody = body === undefined ? [] : wrapped ? inputsIn(body) : [['resource', body] as [string, JsonObject]];
  return onlyKnown([...asked.query.filter(([name]) => !formParameters.includes(name)), ...inBody], ['resource', 'mode', 'profile']);
}

function readMode(inputs: Inputs, id: string | undefined): string | undefined {
  const mode = textInput(inputs, 'mode');
  const level = mode !== undefined && Object.hasOwn(modes, mode) ? modes[mode] : undefined;
  if (mode !== undefined && level === undefined) throw new Refusal(inputInvalid('mode', Object.keys(modes).join(', ')));
  if (level !== undefined && level !== 'either' && level !== (id === undefined ? 'type' : 'instance')) throw new Refusal(inputInvalid('mode', 'create without an id in the address, update and delete with one'));
  return mode;
}

/** What no look at the resource alone tells: whether it is what its address says, and whether the type takes what is planned. */
function addressProblems({ type = '', id }: Asked['params'], resource: JsonObject | undefined, mode: string | undefined): Problem[] {
  const offered = Object.hasOwn(interactionsOf, type) ? interactionsOf[type] ?? [] : [];
  return [
    ...(resource !== undefined && resource['resourceType'] !== type ? [{ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type this address takes.', at: { pointer: '/resourceType' }, expected: type } satisfies Problem] : []),
    ...(resource !== undefined && id !== undefined && resource['id'] !== id ? [idDiffers] : []),
    ...(mode !== undefined && mode !== 'profile' && !offered.some((each) => each === mode) ? [{ category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This resource type does not take this interaction.', expected: `one of ${offered.join(', ')}` } satisfies Problem] : []),
  ];
}
