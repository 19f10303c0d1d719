import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { isExactNumber } from '../../fhir/read-json.ts';

/** What a reference says, before anybody looks whether it is there. */
export type Said =
  /** `#id` of what the resource contains */
  | { kind: 'contained'; id: string }
  /** another entry of the Bundle, by its fullUrl */
  | { kind: 'entry'; fullUrl: string }
  /** `Patient?identifier=…`: whatever one resource a search finds */
  | { kind: 'condition'; type: string; search: string }
  | { kind: 'literal'; type: string; id: string }
  /** another server, or what nobody can name */
  | { kind: 'foreign' } | { kind: 'nowhere' };

const literal = /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9.-]{1,64})(?:\/_history\/[A-Za-z0-9.-]{1,64})?$/;
const conditional = /^([A-Z][A-Za-z]{1,63})\?(.+)$/s;

/** Reads a reference; `base` is the gateway's own, under which absolute references are the same as relative ones. */
export function readReference(reference: string, entries: ReadonlySet<string>, base: string): Said {
  const [whole = ''] = reference.split('#');
  if (reference.startsWith('#')) return { kind: 'contained', id: reference };
  if (entries.has(whole)) return { kind: 'entry', fullUrl: whole };
  const relative = whole.startsWith(`${base}/`) ? whole.slice(base.length + 1) : whole;
  const [, type, id] = literal.exec(relative) ?? [];
  if (type !== undefined && id !== undefined) return { kind: 'literal', type, id };
  const [, of, search] = conditional.exec(relative) ?? [];
  if (of !== undefined && search !== undefined) return { kind: 'condition', type: of, search };
  return /^[a-z][a-z0-9+.-]*:/i.test(whole) && !/^urn:(uuid|oid):/i.test(whole) ? { kind: 'foreign' } : { kind: 'nowhere' };
}

/** Every reference of a resource by another one; `pointer` is where it stands. What is contained refers to as well. */
export function mapReferences(value: Json, change: (reference: JsonObject, pointer: string) => JsonObject, pointer = ''): Json {
  if (Array.isArray(value)) return value.map((each, index) => mapReferences(each, change, `${pointer}/${index}`));
  if (!isJsonObject(value) || isExactNumber(value)) return value;
  if (typeof value['reference'] === 'string') return change(value, pointer);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, mapReferences(member, change, `${pointer}/${name}`)]));
}

/** Type by id of the records a stored version names: each of its references to one is kept apart from its body. */
export function targetsOf({ fragments }: { fragments: readonly { body: string }[] }): ReadonlyMap<string, string> {
  const types = new Map<string, string>();
  for (const { body } of fragments) {
    mapReferences(JSON.parse(body) as Json, (reference) => {
      const said = readReference(textOf(reference['reference']), nothing, '');
      if (said.kind === 'literal') types.set(said.id, said.type);
      return reference;
    });
  }
  return types;
}

const nothing: ReadonlySet<string> = new Set();

/** Elements of the types uri and url that may name an entry (FHIR R4 http.html#trules); canonicals and identifiers do not. */
const uriElements = /^(?:uri|url|value(?:Uri|Url|Oid|Uuid)|instantiatesUri|relatedUri)$/;

/** Addresses that are no references and name an entry become that entry's address. */
export function mapUris(value: Json, addressOf: (uri: string) => string | undefined): Json {
  if (Array.isArray(value)) return value.map((each) => mapUris(each, addressOf));
  if (!isJsonObject(value) || isExactNumber(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, uriElements.test(name) && typeof member === 'string' ? (addressOf(member) ?? member) : mapUris(member, addressOf)]));
}

/** The reference under which a person is named by an identifier alone, as the search it stands for; undefined for any other. */
export function searchOf({ type, identifier }: JsonObject): string | undefined {
  const { system, value } = isJsonObject(identifier) ? identifier : {};
  if ((type !== undefined && type !== 'Patient') || textOf(system) === '' || textOf(value) === '') return undefined;
  const escaped = [textOf(system), textOf(value)].map((text) => text.replace(/[\\,$|]/g, '\\$&')).join('|');
  return `identifier=${encodeURIComponent(escaped)}`;
}
