import type { Problem } from '../../fhir/problem.ts';
import { readDelimiters, type Delimiters } from '../hl7v2/delimiters.ts';
import { parseTimestamp } from '../hl7v2/timestamp.ts';
import type { MessageSchema } from '../schema-types.ts';
import type { SchemaDraft } from './draft-schema.ts';

const limits = { segments: 200, fields: 100, repetitions: 50, components: 50, fieldLength: 32_000 };
const envelope = new Set(['MSH', 'EVN']);
const aboutPerson = new Set(['PID', 'PD1', 'NK1', 'AL1', 'GT1', 'IN1']);

/** What a sample's messages hold: versions, events, segments by whom they are about, fields that are dates. */
export function draftMessages(text: string): SchemaDraft | { problem: Problem } {
  const marks = readDelimiters(text.split('\n', 1)[0] ?? '');
  if ('code' in marks) return { problem: { category: 'malformed', ...marks, at: { line: 1, field: 'MSH-2' } } };
  const messages = text.split(/\n(?=MSH)/).map((message) => message.split('\n').filter((line) => line.trim() !== ''));
  const headers = messages.map(([header = '']) => header.split(marks.field));
  const events = new Set(headers.map((fields) => fields[8]?.split(marks.component)[1] ?? '').filter((event) => /^[A-Z]\d{2}$/.test(event)));
  const names = new Set(messages.flat().map((line) => line.slice(0, 3)));
  const schema: MessageSchema = {
    type: headers[0]?.[8]?.split(marks.component)[0] ?? 'ADT',
    versions: [...new Set(headers.map((fields) => fields[11]?.split(marks.component)[0] ?? '2.4'))], limits,
    about: { name: 'visit', id: 'PV1-19' }, always: { segments: ['EVN', 'PID'], fields: ['PID-3'] }, time: ['EVN-6', 'EVN-2', 'MSH-7'], placeholders: [],
    segments: Object.fromEntries([...names].map((name) => [name, { scope: scopeOf(name), ...(messages.some((lines) => lines.filter((line) => line.startsWith(name)).length > 1) && { repeats: true }) }])),
    events: Object.fromEntries([...events].map((event) => [event, { segments: [], fields: [] }])),
    dates: [...datesIn(messages.flat(), marks)], subcomponents: [], histories: [], latest: [],
  };
  return { format: 'hl7v2', update: 'patch', schema, personKey: 'person.key', fields: fieldsIn(messages.flat(), marks).map((path) => ({ path, ...(schema.dates.includes(nameOf(path)) && { dateFormat: 'hl7' }) })) };
}

function scopeOf(name: string): 'message' | 'person' | 'about' {
  if (envelope.has(name)) return 'message';
  return aboutPerson.has(name) ? 'person' : 'about';
}

/** Fields with a value, of segments a map can read; where a repetition has parts, each part. */
function fieldsIn(lines: readonly string[], marks: Delimiters): string[] {
  const paths = new Set<string>();
  for (const line of lines) {
    const [segment = '', ...fields] = line.split(marks.field);
    const scope = scopeOf(segment);
    if (scope === 'message') continue;
    for (const [index, raw] of fields.entries()) {
      for (const [part, value] of raw.split(marks.repetition).flatMap((repetition) => [...repetition.split(marks.component).entries()])) {
        if (value.trim() !== '' && value !== '""') paths.add(`${scope === 'about' ? 'visit' : scope}.${segment}.f${index + 1}.c${part + 1}`);
      }
    }
  }
  return [...paths].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

function datesIn(lines: readonly string[], marks: Delimiters): Set<string> {
  const values = lines.flatMap((line) => {
    const [segment = '', ...fields] = line.split(marks.field);
    return segment === 'MSH' ? [] : fields.flatMap((raw, index) => (raw.trim() === '' ? [] : [[`${segment}-${index + 1}`, raw.split(marks.component)[0] ?? ''] as const]));
  });
  const groups = Map.groupBy(values, ([name]) => name);
  return new Set([...groups].filter(([, all]) => all.every(([, value]) => value.length >= 8 && !('code' in parseTimestamp(value)))).map(([name]) => name));
}

/** `person.PID.f7.c1` → `PID-7` */
function nameOf(path: string): string {
  const [, segment = '', field = ''] = path.split('.');
  return `${segment}-${field.slice(1)}`;
}
