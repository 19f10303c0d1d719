import { elementOf } from '../../fhir/definitions.ts';
import { isJsonObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { kindOfType } from '../target-place.ts';

/**
 * The lines `/// key = value` as members of a StructureMap: a key with dots leads into an object, an empty value begins
 * a new one, and a key said again begins the next of a list. Keys R4 does not know have no place in a resource.
 */
export function metadataOf(lines: readonly { key: string; value: string }[]): JsonObject {
  const map: JsonObject = { status: 'draft' };
  for (const { key, value } of lines) setMember(map, 'StructureMap', key.split('.'), value);
  return map;
}

function setMember(node: JsonObject, type: string, [name = '', ...rest]: string[], value: string): void {
  const element = name in {} ? undefined : elementOf(type, name);
  const [inner] = element?.types ?? [];
  if (!element || inner === undefined) return;
  const isObject = kindOfType(inner) === 'object';
  if (rest.length > 0) {
    if (isObject) setMember(openObject(node, name, element.list), inner, rest, value);
  } else if (value === '' ? isObject : !isObject) add(node, name, element.list, value === '' ? {} : valueOf(value, inner));
}

function openObject(node: JsonObject, name: string, isList: boolean): JsonObject {
  const present = node[name];
  const last = Array.isArray(present) ? present.at(-1) : present;
  if (isJsonObject(last)) return last;
  const made: JsonObject = {};
  add(node, name, isList, made);
  return made;
}

function add(node: JsonObject, name: string, isList: boolean, value: Json): void {
  const present = node[name];
  if (!isList) node[name] = value;
  else if (Array.isArray(present)) present.push(value);
  else node[name] = [value];
}

function valueOf(text: string, type: string): Json {
  const kind = kindOfType(type);
  if (kind === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return kind === 'number' && text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
