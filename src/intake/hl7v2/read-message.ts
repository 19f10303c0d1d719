import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { MessageSchema } from '../schema-types.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from '../types.ts';
import { aboutFoldKey, personFoldKey } from '../fold-keys.ts';
import { checkMessage, eventOf } from './check-message.ts';
import { joiningOf } from './joining.ts';
import { messageTree } from './message-tree.ts';
import { isPlaceholder } from './placeholders.ts';
import { type Message, parseMessage, rawField } from './parse-message.ts';
import { instantOf, parseTimestamp } from './timestamp.ts';

/** One HL7 v2 message: parsed, checked against the kind's schema, and turned into the tree that is folded. */
export function readMessage(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const schema = part.messages;
  if (!schema) throw new Error(`kind ${kind.name} was loaded without its message schema`);
  const message = parseMessage(row.content, row.row, row.line, schema.limits);
  if ('problems' in message) return message;
  const problems = checkMessage(message, schema, feed, row.row, kind.zone);
  if (problems.length === 0 && row.personKey === '') {
    problems.push({ category: 'invalid', code: 'person-id-missing', text: 'PID-3 holds no identifier of the person.', at: { row: row.row, line: row.line, field: 'PID-3' } });
  }
  const eventAt = eventTime(message, schema, kind.zone);
  if (problems.length === 0 && eventAt === undefined) {
    problems.push({ category: 'invalid', code: 'event-time-missing', text: `None of ${schema.time.join(', ')} says when this happened.`, at: { row: row.row, line: row.line, field: schema.time[0] ?? 'MSH-7' } });
  }
  if (problems.length > 0 || eventAt === undefined) return { problems };
  const joins = joiningOf(message, schema.events[eventOf(message)] ?? { segments: [], fields: [] }, row.personKey, row.row);
  if (joins) return { input: { record: {}, eventAt, event: eventOf(message), foldKeys: [], joins, warnings: unended(message, row) } };
  const record = messageTree(message, schema, row.personKey, instantIn(message, 'EVN-6', schema, kind.zone));
  return { input: { record, eventAt, event: eventOf(message), foldKeys: foldKeys(row.personKey, schema.about.name, record), warnings: warningsOf(message, schema, row) } };
}

/**
 * The first of the schema's times that is given. An event that takes another back names in EVN-6 when that one happened, so
 * it is placed where it was recorded (EVN-2), and never before what it takes back. Source: HL7 v2.4 chapter 3, EVN-6.
 */
function eventTime(message: Message, schema: MessageSchema, zone: string): string | undefined {
  const recorded = schema.events[eventOf(message)]?.undoes ? instantIn(message, 'EVN-2', schema, zone) : undefined;
  for (const field of schema.time) {
    const instant = instantIn(message, field, schema, zone);
    if (instant !== undefined) return recorded !== undefined && recorded > instant ? recorded : instant;
  }
  return recorded;
}

function instantIn(message: Message, field: string, schema: MessageSchema, zone: string): string | undefined {
  const raw = rawField(message, field, 1).trim();
  const read = isPlaceholder(schema, field, raw) ? undefined : parseTimestamp(raw);
  return read === undefined || 'code' in read ? undefined : instantOf(read, zone);
}

function foldKeys(personKey: string, name: string, record: JsonObject): string[] {
  const of = record[name];
  return [personFoldKey(personKey), ...(isJsonObject(of) ? [aboutFoldKey({ name, personKey, id: textOf(of['number']) })] : [])];
}

function warningsOf(message: Message, schema: MessageSchema, row: SplitRow): Problem[] {
  return [...unended(message, row), ...unnumbered(message, schema, row), ...unmapped(message, schema, row), ...placeholders(message, schema, row)];
}

/** HL7 ends every segment; many senders forget the last end, so it is no error, but a cut message looks the same. */
function unended(message: Message, row: SplitRow): Problem[] {
  if (row.content.endsWith('\n')) return [];
  const { name, line } = message.segments.at(-1) ?? { name: 'MSH', line: row.line };
  return [{ category: 'malformed', severity: 'warning', code: 'segment-not-ended', text: 'The last segment is not ended by a carriage return; the message may have been cut off.', at: { row: row.row, line, field: name } }];
}

function unnumbered(message: Message, { about }: MessageSchema, row: SplitRow): Problem[] {
  const withoutNumber = message.segments.find(({ name }) => about.id.startsWith(name));
  if (!withoutNumber || rawField(message, about.id, 1).trim() !== '') return [];
  return [{
    category: 'invalid', severity: 'warning', code: 'visit-without-number', text: `${withoutNumber.name} has no number (${about.id}), so nothing about the ${about.name} was taken.`,
    at: { row: row.row, line: withoutNumber.line, field: about.id },
  }];
}

/** The sender's own additions: their fields are named in the ledger. */
function unmapped(message: Message, schema: MessageSchema, row: SplitRow): Problem[] {
  const unlisted = message.segments.filter(({ name }) => !Object.hasOwn(schema.segments, name));
  return [...Map.groupBy(unlisted, ({ name }) => name).values()].flatMap(([segment]): Problem[] => (segment ? [{
    category: 'invalid', severity: 'warning', code: 'segment-unmapped', text: 'The segment is the sender\'s own addition and nothing was taken from it; the message is kept with it.',
    at: { row: row.row, line: segment.line, field: segment.name }, fix: 'If it matters, have the kind\'s schema and map extended; the message can then be replayed.',
  }] : []));
}

function placeholders(message: Message, schema: MessageSchema, row: SplitRow): Problem[] {
  return message.segments.flatMap(({ name, line, fields }) => fields.flatMap((raw, index): Problem[] => (isPlaceholder(schema, `${name}-${index}`, raw) ? [{
    category: 'invalid', severity: 'warning', code: 'date-placeholder', text: 'The date is one that stands for "unknown" or "no end", so nothing was taken from it.', at: { row: row.row, line, field: `${name}-${index}` },
  }] : [])));
}
