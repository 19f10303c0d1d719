import type { Json, JsonObject } from '../../fhir/json.ts';
import type { MessageSchema } from '../types.ts';
import { eventOf } from './check-message.ts';
import { deleted, parseField } from './parse-field.ts';
import { type Message, rawField, type Segment } from './parse-message.ts';

/**
 * What one message says, before folding: `{ event, person, visit? }`, with the sender's ids (`key` of the person, `number`
 * of the visit), segments as objects of fields (repeating segments as lists), `deleted` where the sender clears a field, and
 * - `status`: the visit status the event brings about,
 * - `histories`: `{ moves: { f3 } }`, values to be remembered one by one,
 * - `latest`: `[ 'dissent' ]`, statements whose last time is remembered.
 */
export function messageTree(message: Message, schema: MessageSchema, personKey: string): JsonObject {
  const event = eventOf(message);
  const number = rawField(message, 'PV1-19', 1).trim();
  const tree: JsonObject = { event, person: { key: personKey, ...branch(message, schema, 'person') } };
  if (number === '' || number === deleted) return tree;
  const visit = branch(message, schema, 'visit');
  const status = schema.events[event]?.status;
  return { ...tree, visit: { number, ...(status === undefined ? {} : { status }), ...visit } };
}

function branch(message: Message, schema: MessageSchema, scope: 'person' | 'visit'): JsonObject {
  const result: JsonObject = {};
  for (const segment of message.segments) {
    const known = schema.segments[segment.name];
    if (known?.scope !== scope) continue;
    const fields = fieldsOf(segment, message, schema.subcomponents);
    if (known.repeats) result[segment.name] = [...((result[segment.name] as Json[] | undefined) ?? []), fields];
    else result[segment.name] = fields;
  }
  const histories = historiesOf(result, schema, eventOf(message));
  const latest = latestOf(message, schema, result);
  return { ...result, ...(Object.keys(histories).length === 0 ? {} : { histories }), ...(latest.length === 0 ? {} : { latest }) };
}

function fieldsOf(segment: Segment, message: Message, withSubcomponents: readonly string[]): JsonObject {
  const fields: JsonObject = {};
  for (const [index, raw] of segment.fields.entries()) {
    const value = index === 0 ? undefined : parseField(`${segment.name}-${index}`, raw.trim(), message.marks, withSubcomponents);
    if (value !== undefined) fields[`f${index}`] = value;
  }
  return fields;
}

function historiesOf(tree: JsonObject, schema: MessageSchema, event: string): JsonObject {
  const histories: JsonObject = {};
  for (const { name, field, events } of schema.histories) {
    const [segment = '', number = ''] = field.split('-');
    const fields = tree[segment];
    if (!events.includes(event) || fields === undefined || fields === null || typeof fields !== 'object' || Array.isArray(fields)) continue;
    const value = fields[`f${number}`];
    if (value !== undefined && value !== deleted) histories[name] = { [`f${number}`]: value };
  }
  return histories;
}

function latestOf(message: Message, schema: MessageSchema, tree: JsonObject): string[] {
  return schema.latest.filter(({ field, values }) => tree[field.slice(0, 3)] !== undefined && values.includes(rawField(message, field, 1).trim())).map(({ name }) => name);
}
