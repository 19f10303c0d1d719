import type { Problem } from '../../fhir/problem.ts';
import type { MessageSchema } from '../schema-types.ts';
import type { Feed } from '../types.ts';
import { checkMerge } from './check-merge.ts';
import { type Message, rawField, segmentOf } from './parse-message.ts';
import { deleted } from './parse-field.ts';
import { instantOf, parseTimestamp } from './timestamp.ts';

/**
 * Whether the message is one this feed may send and is complete. The envelope comes first: with a wrong one the rest says
 * nothing. `zone` is where its local times are from.
 */
export function checkMessage(message: Message, schema: MessageSchema, feed: Feed, row: number, zone: string): Problem[] {
  const envelope = checkEnvelope(message, schema, feed, row);
  if (envelope.length > 0) return envelope;
  const { merges } = schema.events[eventOf(message)] ?? {};
  return [
    ...checkSegments(message, schema, row), ...checkFields(message, schema, row), ...checkDates(message, schema, row, zone),
    ...(merges === undefined ? [] : checkMerge(message, merges, row)),
  ];
}

export function eventOf(message: Message): string {
  return rawField(message, 'MSH-9', 2);
}

function checkEnvelope(message: Message, schema: MessageSchema, feed: Feed, row: number): Problem[] {
  const line = message.segments[0]?.line ?? 1;
  const problem = (field: string, code: string, text: string, expected?: string): Problem => ({
    category: 'invalid', code, text, at: { row, line, field }, ...(expected === undefined ? {} : { expected }),
  });
  const problems: Problem[] = [];
  const sender = rawField(message, 'MSH-4', 1);
  if (!feed.senders?.includes(sender)) problems.push(problem('MSH-4', 'sender-unknown', 'The sending organisation is not one this feed speaks for.', feed.senders?.join(', ')));
  if (rawField(message, 'MSH-10') === '') problems.push(problem('MSH-10', 'field-missing', 'The message has no control id.'));
  if (!schema.versions.includes(rawField(message, 'MSH-12', 1))) problems.push(problem('MSH-12', 'version-unknown', 'The HL7 version is not one this feed takes.', schema.versions.join(', ')));

  if (rawField(message, 'MSH-9', 1) !== schema.type || !Object.hasOwn(schema.events, eventOf(message))) {
    problems.push(problem('MSH-9', 'message-type-unknown', 'The message type is not one this feed takes.', Object.keys(schema.events).map((name) => `${schema.type}^${name}`).join(', ')));
  }
  return problems;
}

/** What the schema says of a segment. A Z segment it does not name is the sender's own addition: kept with its message, never read as anything. */
export function segmentSchema(schema: MessageSchema, name: string): MessageSchema['segments'][string] | undefined {
  if (Object.hasOwn(schema.segments, name)) return schema.segments[name];
  return name.startsWith('Z') ? { scope: 'other', repeats: true } : undefined;
}

function checkSegments(message: Message, schema: MessageSchema, row: number): Problem[] {
  const seen = new Set<string>();
  const problems: Problem[] = [];
  const ofTwoPeople = new Set(schema.events[eventOf(message)]?.merges === 'two-people' ? ['PID', 'PD1', 'PV1', 'DB1'] : []);
  for (const { name, line } of message.segments) {
    const known = segmentSchema(schema, name);
    const at = { row, line, field: name };
    if (!known) problems.push({ category: 'invalid', code: 'segment-unknown', text: 'The segment is not part of this feed\'s specification.', at, expected: Object.keys(schema.segments).join(', ') });
    else if (seen.has(name) && known.repeats !== true && !ofTwoPeople.has(name)) problems.push({ category: 'invalid', code: 'segment-repeated', text: 'The segment may appear once only; two messages may have run together.', at });
    seen.add(name);
  }
  const needed = [...schema.always.segments, ...(schema.events[eventOf(message)]?.segments ?? [])];
  for (const name of needed.filter((segment) => !seen.has(segment))) {
    problems.push({ category: 'invalid', code: 'segment-missing', text: `The message has no ${name} segment; it may have been cut off.`, at: { row, line: message.segments.at(-1)?.line ?? 1, field: name }, fix: 'Send the whole message again, with the segment.' });
  }
  return problems;
}

function checkFields(message: Message, schema: MessageSchema, row: number): Problem[] {
  const needed = [...schema.always.fields, ...(schema.events[eventOf(message)]?.fields ?? [])];
  return needed.flatMap((field): Problem[] => {
    const segment = segmentOf(message, field.slice(0, 3));
    if (!segment) return [];
    const value = rawField(message, field);
    if (/[\p{L}\p{N}]/u.test(value)) return [];
    return [{ category: 'invalid', code: 'field-missing', text: `${field} must have a value; the segment may have been cut off.`, at: { row, line: segment.line, field } }];
  });
}

function checkDates(message: Message, schema: MessageSchema, row: number, zone: string): Problem[] {
  return message.segments.flatMap((segment) => schema.dates.flatMap((field): Problem[] => {
    const raw = field.startsWith(segment.name) ? (segment.fields[Number(field.slice(4))] ?? '') : '';
    if (raw === '') return [];
    return raw.split(message.marks.repetition).flatMap((repetition): Problem[] => {
      const value = repetition.split(message.marks.component)[0]?.trim() ?? '';
      if (value === '' || value === deleted) return [];
      const wrong = wrongWith(value, zone);
      return wrong ? [{ category: 'invalid', code: wrong.code, text: `${field} ${wrong.text}.`, at: { row, line: segment.line, field }, expected: 'YYYYMMDD[HHMM[SS]]' }] : [];
    });
  }));
}

function wrongWith(value: string, zone: string): { code: string; text: string } | undefined {
  const read = parseTimestamp(value);
  if ('code' in read) return read;
  return instantOf(read, zone) === undefined ? { code: 'date-not-real', text: 'is a time the clocks skipped that night' } : undefined;
}
