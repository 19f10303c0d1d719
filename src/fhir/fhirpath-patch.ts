import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';
import { patchLimits, structuredCopy, type Patched } from './json-patch.ts';
import { capital, placesOf, shapeOf, type Place } from './patch-path.ts';
import { Refusal, type Problem } from './problem.ts';

/** A value with what stands beside a primitive (`_birthDate`), and the type its name gave. */
interface Given {
  value: Json;
  beside?: Json;
  type: string;
}

type Operation = { type: string; path: string; name: string; part: JsonObject | undefined; index: number; source: number; destination: number };

/**
 * FHIRPath Patch: a Parameters resource with parameters `operation`, all or nothing, on a copy (FHIR R4 fhirpatch.html).
 * What is malformed is 400, a path that does not name exactly one place is 422. Problems name the operation, never a value.
 */
export function applyFhirPathPatch(resource: JsonObject, parameters: JsonObject): Patched {
  const operations = objectsIn(parameters['parameter']);
  if (operations.length > patchLimits.operations) return { problem: { ...tooMany, expected: `at most ${patchLimits.operations} operations` } };
  const patched = structuredCopy(resource);
  for (const [index, each] of operations.entries()) {
    try {
      apply(patched, readOperation(each));
    } catch (error) {
      if (error instanceof Refusal && error.problems[0]) return { problem: { ...error.problems[0], at: { pointer: `/parameter/${index}` } } };
      throw error;
    }
  }
  return { value: patched };
}

function readOperation({ name, part }: JsonObject): Operation {
  const parts = objectsIn(part);
  const of = (wanted: string): JsonObject | undefined => parts.find((each) => each['name'] === wanted);
  const number = (wanted: string): number => {
    const { valueInteger } = of(wanted) ?? {};
    return typeof valueInteger === 'number' && Number.isInteger(valueInteger) && valueInteger >= 0 ? valueInteger : -1;
  };
  const read = { type: textOf(of('type')?.['valueCode']), path: textOf(of('path')?.['valueString']), name: textOf(of('name')?.['valueString']), part: of('value'), index: number('index'), source: number('source'), destination: number('destination') };
  if (name !== 'operation' || read.path === '') throw new Refusal(malformed);
  return read;
}

function apply(resource: JsonObject, operation: Operation): void {
  const places = placesOf(resource, operation.path);
  if (!places) throw new Refusal(pathUnknown);
  switch (operation.type) {
    case 'add': return add(single(places), operation);
    case 'insert': return insert(listOf(places), operation);
    case 'delete': return void removeFrom(single(places));
    case 'replace': return replace(single(places), operation);
    case 'move': return move(listOf(places), operation);
    default: throw new Refusal(malformed);
  }
}

function single(places: readonly Place[]): Place {
  const [place, second] = places;
  if (!place || second) throw new Refusal(placeMissing);
  return place;
}

/** All elements of one list, in their order. */
function listOf(places: readonly Place[]): { holder: JsonObject; name: string; list: Json[]; of: Place } {
  const [of] = places;
  const list = of?.parent && (of.parent.value as JsonObject)[of.name];
  if (!of?.parent || !Array.isArray(list) || list.length !== places.length || places.some(({ parent, name }) => parent?.value !== of.parent?.value || name !== of.name)) throw new Refusal(placeMissing);
  return { holder: of.parent.value as JsonObject, name: of.name, list, of };
}

/** To a list at its end; of what does not repeat, only what is not there yet. */
function add(place: Place, operation: Operation): void {
  const shape = shapeOf(place, operation.name);
  if (!shape || !isJsonObject(place.value)) throw new Refusal(placeMissing);
  const given = readValue(operation.part, { type: place.type, name: operation.name });
  const key = shape.choice ? operation.name + capital(given.type) : operation.name;
  const standing = place.value[key];
  if (shape.list) {
    const list = Array.isArray(standing) ? standing : [];
    setBeside(place.value, key, list.length, given.beside);
    place.value[key] = [...list, given.value];
    return;
  }
  const taken = shape.choice ? shape.types.some((type) => Object.hasOwn(place.value as JsonObject, operation.name + capital(type))) : standing !== undefined;
  if (taken) throw new Refusal(placeTaken);
  place.value[key] = given.value;
  setBeside(place.value, key, null, given.beside);
}

function insert({ holder, name, list, of }: ReturnType<typeof listOf>, operation: Operation): void {
  if (operation.index < 0 || operation.index > list.length || !of.parent) throw new Refusal(placeMissing);
  const given = readValue(operation.part, { type: of.parent.type, name });
  const beside = holder[`_${name}`];
  list.splice(operation.index, 0, given.value);
  if (Array.isArray(beside)) padded(beside, operation.index).splice(operation.index, 0, given.beside ?? null);
  else setBeside(holder, name, operation.index, given.beside);
}

function move({ holder, name, list }: ReturnType<typeof listOf>, { source, destination }: Operation): void {
  if (source < 0 || destination < 0 || source >= list.length || destination >= list.length) throw new Refusal(placeMissing);
  const beside = holder[`_${name}`];
  for (const each of Array.isArray(beside) ? [list, padded(beside, list.length)] : [list]) each.splice(destination, 0, ...each.splice(source, 1));
}

function padded(list: Json[], length: number): Json[] {
  while (list.length < length) list.push(null);
  return list;
}

function replace(place: Place, operation: Operation): void {
  const holder = place.parent?.value;
  if (!place.parent || !isJsonObject(holder)) throw new Refusal(placeMissing);
  const base = choiceOf(place);
  const given = readValue(operation.part, { type: place.parent.type, name: base ?? place.name });
  const key = base === undefined ? place.name : base + capital(given.type);
  if (key !== place.name) removeFrom(place, false);
  const list = holder[key];
  if (place.index !== null && Array.isArray(list)) list[place.index] = given.value;
  else holder[key] = given.value;
  if (given.beside === undefined) clearBeside(holder, key, place.index);
  else setBeside(holder, key, place.index, given.beside);
}

/** `deceased` of `deceasedBoolean`; undefined where the element has one type only. */
function choiceOf({ parent, name, type }: Place): string | undefined {
  const ending = capital(type);
  const base = name.endsWith(ending) ? name.slice(0, -ending.length) : '';
  return parent && base !== '' && shapeOf(parent, base)?.choice === true ? base : undefined;
}

/** What is left empty by it goes too: FHIR knows no empty elements. */
function removeFrom(place: Place, prune = true): void {
  const holder = place.parent?.value;
  if (!place.parent || !isJsonObject(holder)) throw new Refusal(placeMissing);
  for (const key of [place.name, `_${place.name}`]) {
    const member = holder[key];
    if (place.index !== null && Array.isArray(member)) member.splice(place.index, 1);
    if (place.index === null || (Array.isArray(member) && member.every((each) => each === null))) Reflect.deleteProperty(holder, key);
  }
  if (prune && place.parent.parent && Object.keys(holder).length === 0) removeFrom(place.parent);
}

function setBeside(holder: JsonObject, key: string, index: number | null, beside: Json | undefined): void {
  if (beside === undefined) return;
  if (index === null) {
    holder[`_${key}`] = beside;
    return;
  }
  const standing = holder[`_${key}`];
  const list = padded(Array.isArray(standing) ? standing : [], index + 1);
  list[index] = beside;
  holder[`_${key}`] = list;
}

function clearBeside(holder: JsonObject, key: string, index: number | null): void {
  const standing = holder[`_${key}`];
  if (index !== null && Array.isArray(standing) && index < standing.length) standing[index] = null;
  if (index === null || (Array.isArray(standing) && standing.every((each) => each === null))) Reflect.deleteProperty(holder, `_${key}`);
}

const valueName = /^(_?)value([A-Z][A-Za-z0-9]*)$/;

/** `value[x]`, a whole resource, or, of an element whose type has no name, its parts. */
function readValue(part: JsonObject | undefined, at: { type: string; name: string }): Given {
  if (!part) throw new Refusal(malformed);
  const { resource, part: parts } = part;
  if (isJsonObject(resource)) return { value: structuredCopy(resource), type: textOf(resource['resourceType']) };
  const values = Object.keys(part).filter((key) => valueName.test(key));
  if (values.length === 0 && Array.isArray(parts)) return { value: readParts(objectsIn(parts), at), type: '' };
  const types = new Set(values.map((key) => key.replace(/^_?value/, '')));
  const [type = ''] = types;
  if (types.size !== 1) throw new Refusal(malformed);
  const [value, beside] = [part[`value${type}`], part[`_value${type}`]];
  return { value: structuredCopy(value ?? null), ...(beside !== undefined && { beside: structuredCopy(beside) }), type };
}

function readParts(parts: readonly JsonObject[], at: { type: string; name: string }): JsonObject {
  const [type = ''] = shapeOf(at, at.name)?.types ?? [];
  const made: JsonObject = {};
  for (const part of parts) {
    const name = textOf(part['name']);
    const shape = shapeOf({ type }, name);
    if (!shape) throw new Refusal(placeMissing);
    const given = readValue(part, { type, name });
    const key = shape.choice ? name + capital(given.type) : name;
    const standing = made[key];
    setBeside(made, key, shape.list ? (Array.isArray(standing) ? standing.length : 0) : null, given.beside);
    made[key] = shape.list ? [...(Array.isArray(standing) ? standing : []), given.value] : given.value;
  }
  return made;
}

function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((each): each is JsonObject => isJsonObject(each)) : [];
}

const malformed: Problem = {
  category: 'invalid', code: 'patch-invalid', text: 'This is no operation of FHIRPath Patch.', expected: 'a parameter operation with type (add, insert, delete, replace or move), path, and what that type needs', fix: 'Correct the operation; nothing was changed.',
};
const pathUnknown: Problem = {
  category: 'invalid', code: 'patch-path-unsupported', text: 'The path of the patch is not one the gateway follows.', expected: 'elements by name, [n], first(), last(), extension(\'url\') and where(a.b = \'x\' and …), beginning with the resource type', fix: 'Write the path by these; nothing was changed.',
};
const placeMissing: Problem = {
  category: 'unprocessable', code: 'patch-place-missing', text: 'The patch names a place that the resource does not have.', expected: 'a path that names exactly one element, or the elements of one list', fix: 'Read the resource again and name a place it has; nothing was changed.',
};
const placeTaken: Problem = {
  category: 'unprocessable', code: 'patch-place-taken', text: 'The patch adds an element that is there already and does not repeat.', fix: 'Replace it; nothing was changed.',
};
const tooMany: Problem = { category: 'too-large', code: 'patch-too-large', text: 'The patch does more than is done at once.', fix: 'Send the whole resource instead.' };
