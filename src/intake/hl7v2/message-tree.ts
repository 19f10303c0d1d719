import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import type { EventSchema, MessageSchema } from '../schema-types.ts';
import { eventOf, segmentSchema } from './check-message.ts';
import { accountOf } from './joining.ts';
import { deleted, parseField } from './parse-field.ts';
import { isPlaceholder } from './placeholders.ts';
import { type Message, rawField, type Segment } from './parse-message.ts';

/**
 * What one message says, before folding: `{ event, person, visit?, other? }` (the visit, or whatever the kind's messages are
 * about), with the sender's ids (`key` of the person, `number` and `account` of the visit), segments as objects of fields (repeating segments
 * as lists), `deleted` where the sender clears a field, and
 * - `status` of the person's record,
 * - `journal`: what happened to the visit (see journal.ts); `undone` is when that happened which the event takes back,
 * - `histories`: `{ fitness: { f22, f24 } }`, values to be remembered one by one,
 * - `latest`: `[ 'dissent' ]`, statements whose last time is remembered.
 */
export function messageTree(message: Message, schema: MessageSchema, personKey: string, undone: string | undefined): JsonObject {
  const event = eventOf(message);
  const rules = schema.events[event];
  const number = rawField(message, schema.about.id, 1).trim();
  const other = otherSegments(message, schema);
  const tree: JsonObject = {
    event, person: { key: personKey, ...(rules?.person !== undefined && { status: rules.person }), ...branch(message, schema, 'person') }, ...(other && { other }),
  };
  if (number === '' || number === deleted) return tree;
  const about = branch(message, schema, 'about');
  const account = accountOf(message, schema);
  const journal = rules && journalOf(event, rules, about, undone);
  for (const field of rules?.clears ?? []) clear(about, field);
  return { ...tree, [schema.about.name]: { number, ...(account !== '' && account !== deleted && { account }), ...(journal && { journal }), ...about } };
}

function branch(message: Message, schema: MessageSchema, scope: 'person' | 'about'): JsonObject {
  const result: JsonObject = {};
  for (const segment of message.segments) {
    const known = segmentSchema(schema, segment.name);
    if (known?.scope !== scope) continue;
    const fields = fieldsOf(segment, message, schema);
    if (known.repeats) result[segment.name] = [...((result[segment.name] as Json[] | undefined) ?? []), fields];
    else result[segment.name] = fields;
  }
  const histories = historiesOf(result, schema, eventOf(message));
  const latest = latestOf(message, schema, result);
  return { ...result, ...(Object.keys(histories).length === 0 ? {} : { histories }), ...(latest.length === 0 ? {} : { latest }) };
}

/** Segments that are shown to the map, and so to the ledger, as this message has them. */
function otherSegments(message: Message, schema: MessageSchema): JsonObject | undefined {
  const others = message.segments.filter(({ name }) => segmentSchema(schema, name)?.scope === 'other');
  return others.length === 0 ? undefined : Object.fromEntries([...Map.groupBy(others, ({ name }) => name)].map(([name, list]) => [name, list.map((segment) => fieldsOf(segment, message, schema))]));
}

function fieldsOf(segment: Segment, message: Message, schema: MessageSchema): JsonObject {
  const fields: JsonObject = {};
  for (const [index, raw] of segment.fields.entries()) {
    const name = `${segment.name}-${index}`;
    const value = index === 0 || isPlaceholder(schema, name, raw) ? undefined : parseField(name, raw.trim(), message.marks, schema.subcomponents);
    if (value !== undefined) fields[`f${index}`] = value;
  }
  return fields;
}

/** What the event did to the visit, when it did anything. */
function journalOf(event: string, { status, otherwise, place, undoes }: EventSchema, about: JsonObject, of: string | undefined): JsonObject | undefined {
  const fields = place === undefined ? {} : valuesOf(about, [place]);
  const entry = {
    ...(status !== undefined && { status }), ...(otherwise !== undefined && { otherwise }), ...(Object.keys(fields).length > 0 && { place: fields }),
    ...(undoes && { undoes, ...(of !== undefined && { of }) }),
  };
  return Object.keys(entry).length === 0 ? undefined : { event, ...entry };
}

function clear(about: JsonObject, field: string): void {
  const [segment = '', number = ''] = field.split('-');
  about[segment] = { ...(about[segment] as JsonObject | undefined), [`f${number}`]: deleted };
}

function historiesOf(tree: JsonObject, schema: MessageSchema, event: string): JsonObject {
  const histories: JsonObject = {};
  for (const { name, fields, events } of schema.histories) {
    const values = events === undefined || events.includes(event) ? valuesOf(tree, fields) : {};
    if (Object.keys(values).length > 0) histories[name] = values;
  }
  return histories;
}

/** The values of these fields, where the message has some: `{ f22, f24 }`. */
function valuesOf(tree: JsonObject, fields: readonly string[]): JsonObject {
  const values: JsonObject = {};
  for (const field of fields) {
    const [segment = '', number = ''] = field.split('-');
    const segmentFields = tree[segment];
    const value = isJsonObject(segmentFields) ? segmentFields[`f${number}`] : undefined;
    if (value !== undefined && value !== deleted) values[`f${number}`] = value;
  }
  return values;
}

function latestOf(message: Message, schema: MessageSchema, tree: JsonObject): string[] {
  return schema.latest.filter(({ field, values }) => tree[field.slice(0, 3)] !== undefined && values.includes(rawField(message, field, 1).trim())).map(({ name }) => name);
}
