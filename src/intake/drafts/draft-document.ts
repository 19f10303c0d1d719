import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { readJson } from '../../fhir/read-json.ts';
import type { DraftField, SchemaDraft } from './draft-schema.ts';
import { guessType, namesPerson } from './guess-type.ts';

/** The records of a JSON sample (the document itself, or its one list of objects), and a JSON Schema all of them fit. */
export function draftDocument(text: string): SchemaDraft | { problem: Problem } {
  const read = readJson(new TextEncoder().encode(text), { maxBytes: 64 * 1024 ** 2, maxDepth: 64, maxEntries: 1_000_000 });
  if ('problem' in read) return read;
  const list = Object.entries(read.value).find(([, value]) => Array.isArray(value) && value.some(isJsonObject));
  const records = (list ? (list[1] as Json[]) : [read.value]).filter(isJsonObject);
  const fields = [...new Map(records.flatMap((record) => [...leaves(record, '')]).map((field) => [field.path, field])).values()];
  const key = fields.find(({ path }) => namesPerson(path.replaceAll('.', ' '))) ?? fields.find(({ path }) => /(^|\.)(id|identifier)$/i.test(path)) ?? fields[0];
  if (!key) return { problem: { category: 'malformed', code: 'source-empty', text: 'The document holds no records.' } };
  return {
    format: 'json', update: 'snapshot', personKey: key.path, fields: fields.filter((field) => field !== key),
    schema: { ...(list && { rows: list[0] }), personKey: key.path, schema: shapeOf(records) },
  };
}

function* leaves(value: Json, path: string): Generator<DraftField> {
  if (Array.isArray(value)) {
    for (const item of value) yield* leaves(item, path);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* leaves(member, path === '' ? name : `${path}.${name}`);
  } else if (value !== null) {
    const dateFormat = typeof value === 'string' ? guessType([value])?.dateFormat : undefined;
    yield { path, ...(dateFormat !== undefined && { dateFormat }) };
  }
}

/** JSON Schema (draft 7) of all of these. */
function shapeOf(values: readonly Json[]): JsonObject {
  const given = values.filter((value) => value !== null);
  const types = [...new Set(values.map(typeOf))];
  const type = types.length === 1 ? { type: types[0] ?? 'null' } : { type: types };
  const objects = given.filter(isJsonObject);
  if (objects.length > 0 && objects.length === given.length) {
    const names = [...new Set(objects.flatMap((value) => Object.keys(value)))];
    const required = names.filter((name) => objects.every((value) => name in value));
    return { ...type, additionalProperties: false, ...(required.length > 0 && { required }), properties: Object.fromEntries(names.map((name) => [name, shapeOf(objects.flatMap((value) => (name in value ? [value[name] ?? null] : [])))])) };
  }
  const items = given.flatMap((value) => (Array.isArray(value) ? value : []));
  if (items.length > 0) return { ...type, items: shapeOf(items) };
  const texts = given.filter((value) => typeof value === 'string');
  return { ...type, ...(texts.length > 0 && texts.length === given.length && guessType(texts)?.type === 'date' && { format: 'date' }) };
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value;
}
