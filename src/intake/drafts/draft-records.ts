import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { DraftField, SchemaDraft } from './draft-schema.ts';
import { fieldPath } from './field-path.ts';
import { guessType, namesPerson } from './guess-type.ts';

/** Members that hold the text of the element they are in: its name is the field's. */
const holders = /\.(?:xmlText|extension|value)$/;

/** Records that are trees: what names their person, their fields, and a JSON Schema all of them fit. */
export function draftRecords(format: 'json' | 'xml', records: readonly JsonObject[], where: { rows?: string; namespaces?: string[] }): SchemaDraft | { problem: Problem } {
  const found = records.map((record) => [...leavesOf(record, '')]);
  const fields = [...new Map(found.flat().map(({ value: _, ...field }) => [field.path, field])).values()];
  const once = fields.filter(({ path }) => found.every((leaves) => new Set(leaves.flatMap((leaf) => (leaf.path === path ? [String(leaf.value)] : []))).size === 1));
  const plain = (path: string): string => path.replace(holders, '').replaceAll('.', ' ');
  const key = once.find(({ path }) => namesPerson(plain(path))) ?? once.find(({ path }) => /(^| )(id|identifier)$/i.test(plain(path))) ?? once[0];
  if (!key) return { problem: { category: 'malformed', code: 'source-empty', text: 'The document holds no records, or no field that every record has once.' } };
  return {
    format, update: 'snapshot', personKey: key.path, fields: fields.filter((field) => field !== key), schema: { ...where, personKey: key.path, schema: shapeOf(records) },
  };
}

/** Every value below, with the path of its field. */
export function* leavesOf(value: Json, path: string): Generator<DraftField & { value: string | number | boolean }> {
  if (Array.isArray(value)) {
    for (const item of value) yield* leavesOf(item, path);
  } else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) yield* leavesOf(member, fieldPath(path, name));
  } else if (value !== null) {
    const dateFormat = typeof value === 'string' ? guessType([value])?.dateFormat : undefined;
    yield { path, value, ...(dateFormat !== undefined && { dateFormat }) };
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
