import type { Problem } from '../../fhir/problem.ts';
import type { Feed, Kind, Part, RowInput, SplitRow } from '../types.ts';
import { checkMessage, eventOf } from './check-message.ts';
import { messageTree } from './message-tree.ts';
import { type Message, parseMessage, rawField } from './parse-message.ts';
import { instantOf, parseTimestamp } from './timestamp.ts';

/** One HL7 v2 ADT message: parsed, checked against the kind's schema, and turned into the tree that is folded. */
export function readMessage(kind: Kind, feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const schema = part.messages;
  if (!schema) throw new Error(`kind ${kind.name} was loaded without its message schema`);
  const message = parseMessage(row.content, row.row, row.line, schema.limits);
  if ('problems' in message) return message;
  const problems = checkMessage(message, schema, feed, row.row, kind.zone);
  if (problems.length === 0 && row.personKey === '') {
    problems.push({ category: 'invalid', code: 'person-id-missing', text: 'PID-3 holds no identifier of the person.', at: { row: row.row, line: row.line, field: 'PID-3' } });
  }
  const eventAt = eventTime(message, kind.zone);
  if (problems.length === 0 && eventAt === undefined) {
    problems.push({ category: 'invalid', code: 'event-time-missing', text: 'Neither EVN-6 nor EVN-2 nor MSH-7 says when this happened.', at: { row: row.row, line: row.line, field: 'EVN-6' } });
  }
  if (problems.length > 0 || eventAt === undefined) return { problems };
  const record = messageTree(message, schema, row.personKey);
  const visit = record['visit'] === undefined ? undefined : rawField(message, 'PV1-19', 1).trim();
  return { input: { record, eventAt, event: eventOf(message), foldKeys: foldKeys(row.personKey, visit), warnings: warningsOf(message, row) } };
}

/** EVN-6 (when it happened), else EVN-2 (when it was recorded), else MSH-7 (when it was sent). */
function eventTime(message: Message, zone: string): string | undefined {
  for (const field of ['EVN-6', 'EVN-2', 'MSH-7']) {
    const read = parseTimestamp(rawField(message, field, 1).trim());
    if (!('code' in read)) return instantOf(read, zone);
  }
  return undefined;
}

/** A visit is folded under its person: two people sharing a visit number never share a fold. */
function foldKeys(personKey: string, visit: string | undefined): string[] {
  const person = `person/${encodeURIComponent(personKey)}`;
  return visit === undefined ? [person] : [person, `visit/${encodeURIComponent(personKey)}/${encodeURIComponent(visit)}`];
}

function warningsOf(message: Message, row: SplitRow): Problem[] {
  return [...unended(message, row), ...unnumbered(message, row)];
}

/** HL7 ends every segment; many senders forget the last end, so it is no error, but a cut message looks the same. */
function unended(message: Message, row: SplitRow): Problem[] {
  if (row.content.endsWith('\n')) return [];
  const { name, line } = message.segments.at(-1) ?? { name: 'MSH', line: row.line };
  return [{ category: 'malformed', severity: 'warning', code: 'segment-not-ended', text: 'The last segment is not ended by a carriage return; the message may have been cut off.', at: { row: row.row, line, field: name } }];
}

function unnumbered(message: Message, row: SplitRow): Problem[] {
  const withoutNumber = message.segments.find((segment) => segment.name === 'PV1');
  if (!withoutNumber || rawField(message, 'PV1-19', 1).trim() !== '') return [];
  return [{ category: 'invalid', severity: 'warning', code: 'visit-without-number', text: 'PV1 has no visit number (PV1-19), so nothing about the visit was taken.', at: { row: row.row, line: withoutNumber.line, field: 'PV1-19' } }];
}
