import { isJsonObject, type Json, type JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { plainName } from '../plain-name.ts';
import { formParameters } from '../representation.ts';
import type { Asked } from '../route.ts';
import { readBodyResource, type ResourceLimits } from './read-resource.ts';

/** Inputs of an operation by name: a text each, or a Coding, a CodeableConcept, a resource. */
export type Inputs = ReadonlyMap<string, Json>;

/**
 * The inputs of an operation as its address gives them, or as a Parameters resource does where it is posted (FHIR R4
 * operations.html): each known, and once. Values that are simple come as texts either way.
 */
export async function readInputs(asked: Asked, posted: boolean, names: readonly string[], limits: ResourceLimits): Promise<Inputs> {
  return onlyKnown(await givenTo(asked, posted, limits), names);
}

/** The same where some inputs may be given more than once: those come as lists. */
export async function readRepeated<Name extends string>(asked: Asked, posted: boolean, names: readonly string[], repeated: readonly Name[], limits: ResourceLimits): Promise<{ inputs: Inputs; lists: Readonly<Record<Name, Json[]>> }> {
  const given = await givenTo(asked, posted, limits);
  const valuesOf = (name: Name): Json[] => given.filter(([other]) => other === name).map(([, value]) => value);
  const lists = Object.fromEntries(repeated.map((name) => [name, valuesOf(name)])) as Record<Name, Json[]>;
  const most = repeated.find((name) => lists[name].length > mostRepeated);
  if (most !== undefined) throw new Refusal(inputInvalid(most, `at most ${mostRepeated} of them`));
  return { lists, inputs: onlyKnown(given.filter(([name]) => !repeated.some((each) => each === name)), names) };
}
const mostRepeated = 20;
/** Mistakes that are told at once. */
const mostTold = 20;

async function givenTo(asked: Asked, posted: boolean, limits: ResourceLimits): Promise<[string, Json][]> {
  const given: [string, Json][] = asked.query.filter(([name]) => !formParameters.includes(name));
  if (posted && !hasNoBody(asked)) given.push(...inputsIn((await readBodyResource(asked, limits)).resource));
  return given;
}

/** Inputs that are all simple, of an operation that may be posted without any: what is no text becomes an empty one. */
export async function readPosted(asked: Asked, limits: ResourceLimits): Promise<[string, string][]> {
  if (hasNoBody(asked)) return [];
  return inputsIn((await readBodyResource(asked, limits)).resource).map(([name, value]) => [name, typeof value === 'string' ? value : '']);
}

/** An operation without inputs needs no body. */
function hasNoBody(asked: Asked): boolean {
  return asked.header('Transfer-Encoding') === undefined && Number(asked.header('Content-Length') ?? 0) === 0;
}

/** Of a Parameters resource: name and value of each. */
export function inputsIn(body: JsonObject): [string, Json][] {
  if (body['resourceType'] !== 'Parameters') throw new Refusal({ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type this address takes.', at: { pointer: '/resourceType' }, expected: 'Parameters' });
  return (Array.isArray(body['parameter']) ? body['parameter'] : []).map((each): [string, Json] => {
    const { name, resource, ...others } = isJsonObject(each) ? each : {};
    const value = resource ?? Object.entries(others).find(([member]) => member.startsWith('value'))?.[1] ?? '';
    return [typeof name === 'string' ? name : '', typeof value === 'number' || typeof value === 'boolean' ? String(value) : value];
  });
}

export function onlyKnown(given: readonly [string, Json][], names: readonly string[]): Inputs {
  const [seen, wrong] = [new Set<string>(), new Set<string>()];
  for (const [name] of given) {
    if ((seen.has(name) || !names.includes(name)) && wrong.size < mostTold) wrong.add(plainName(name));
    seen.add(name);
  }
  if (wrong.size > 0) throw new Refusal(...[...wrong].map((name) => inputInvalid(name, `each of ${names.join(', ')} at most once`)));
  return new Map(given);
}

/** A text that was given; undefined where it was not. Anything but a text refuses the request. */
export function textInput(inputs: Inputs, name: string): string | undefined {
  const value = inputs.get(name);
  if (value !== undefined && (typeof value !== 'string' || value === '' || value.length > 1000)) throw new Refusal(inputInvalid(name, 'a text of at most 1,000 characters'));
  return value;
}

export function inputInvalid(field: string, expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { field }, expected };
}

/** One code that is asked about; `system` may be unsaid where a value set needs none. */
export interface AskedCode {
  system?: string;
  code: string;
  display?: string;
}

/** From `code` with `system`, from `coding`, or from every coding of `codeableConcept`: exactly one of these. */
export function codesAsked(inputs: Inputs): AskedCode[] {
  const [code, system, display] = ['code', 'system', 'display'].map((name) => textInput(inputs, name));
  const [coding, concept] = [inputs.get('coding'), inputs.get('codeableConcept')];
  const listed = isJsonObject(concept) && Array.isArray(concept['coding']) ? concept['coding'] : [];
  const codes = code !== undefined ? [{ code, ...(system !== undefined && { system }), ...(display !== undefined && { display }) }] : [...(coding === undefined ? [] : [coding]), ...listed].flatMap(codeIn);
  const ways = [code, coding, concept].filter((given) => given !== undefined).length;
  if (ways !== 1 || codes.length === 0 || codes.length > 20) throw new Refusal(inputInvalid('code', 'code with system, or coding, or codeableConcept, one of them with a code'));
  return codes;
}

function codeIn(coding: Json): AskedCode[] {
  if (!isJsonObject(coding) || typeof coding['code'] !== 'string') return [];
  const { code, system, display } = coding;
  return [{ code, ...(typeof system === 'string' && { system }), ...(typeof display === 'string' && { display }) }];
}
