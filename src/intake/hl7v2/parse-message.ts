import type { Position, Problem } from '../../fhir/problem.ts';
import type { MessageSchema } from '../schema-types.ts';
import { type Delimiters, readDelimiters } from './delimiters.ts';

/** A segment with its raw fields: `fields[3]` is PID-3 of a PID, MSH counted so that MSH-1 is the separator itself. */
export interface Segment {
  name: string;
  /** in the source record, 1-based */
  line: number;
  fields: readonly string[];
}

export interface Message {
  marks: Delimiters;
  segments: readonly Segment[];
}

/** Cuts a message into segments and raw fields and holds it to the kind's limits. All problems come back together. */
export function parseMessage(content: string, row: number, firstLine: number, limits: MessageSchema['limits']): Message | { problems: Problem[] } {
  const lines = content.split('\n').map((text, index) => ({ text, line: firstLine + index })).filter(({ text }) => text.trim() !== '');
  const marks = readDelimiters(lines[0]?.text ?? '');
  if ('code' in marks) return { problems: [{ category: 'malformed', ...marks, at: { row, line: firstLine, field: 'MSH-2' } }] };
  if (lines.length > limits.segments) {
    return { problems: [{ category: 'too-large', code: 'hl7-limit', text: `The message has more than ${limits.segments} segments.`, at: { row, line: firstLine } }] };
  }
  const problems: Problem[] = [];
  const segments = lines.flatMap(({ text, line }, index): Segment[] => {
    const segment = parseSegment(text, line, marks);
    if (!segment) {
      problems.push(malformedSegment(index === lines.length - 1, { row, line }));
      return [];
    }
    problems.push(...overLimits(segment, marks, limits, row));
    return [segment];
  });
  return problems.length > 0 ? { problems } : { marks, segments };
}

function parseSegment(text: string, line: number, marks: Delimiters): Segment | undefined {
  const name = text.slice(0, 3);
  if (!/^[A-Z][A-Z0-9]{2}$/.test(name) || (text.length > 3 && text[3] !== marks.field)) return undefined;
  const fields = text.split(marks.field);
  if (name === 'MSH') fields.splice(1, 0, marks.field);
  return { name, line, fields };
}

function malformedSegment(isLast: boolean, at: Position): Problem {
  const code = isLast ? 'message-truncated' : 'segment-malformed';
  const text = isLast ? 'The last segment is cut off: the message is incomplete.' : 'The line does not begin with a segment name and the field separator.';
  return { category: 'malformed', code, text, at, fix: 'Send the whole message again; line breaks inside a value are written \\.br\\.' };
}

function overLimits(segment: Segment, marks: Delimiters, limits: MessageSchema['limits'], row: number): Problem[] {
  const problem = (text: string, field?: number): Problem => ({
    category: 'too-large', code: 'hl7-limit', text,
    at: { row, line: segment.line, field: field === undefined ? segment.name : `${segment.name}-${field}` },
  });
  if (segment.fields.length > limits.fields + 1) return [problem(`The segment has more than ${limits.fields} fields.`)];
  return segment.fields.flatMap((raw, index) => {
    if (raw.length > limits.fieldLength) return [problem(`The field is longer than ${limits.fieldLength} characters.`, index)];
    if (raw.length < Math.min(limits.repetitions, limits.components)) return [];
    if (count(raw, marks.repetition) >= limits.repetitions) return [problem(`The field repeats more than ${limits.repetitions} times.`, index)];
    if (raw.split(marks.repetition).some((text) => count(text, marks.component) >= limits.components || count(text, marks.subcomponent) >= limits.components)) {
      return [problem(`The field has more than ${limits.components} components.`, index)];
    }
    return [];
  });
}

function count(text: string, mark: string): number {
  let found = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) found += 1;
  return found;
}

/** First segment of that name. */
export function segmentOf(message: Message, name: string): Segment | undefined {
  return message.segments.find((segment) => segment.name === name);
}

/** Raw text of a field named `PID-3`, '' when absent; of its first repetition's component when one is asked for. */
export function rawField(message: Message, field: string, component?: number): string {
  const [name = '', number = ''] = field.split('-');
  const raw = segmentOf(message, name)?.fields[Number(number)] ?? '';
  if (component === undefined) return raw;
  return raw.split(message.marks.repetition)[0]?.split(message.marks.component)[component - 1] ?? '';
}
