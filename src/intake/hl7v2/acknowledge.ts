import type { Problem } from '../../fhir/problem.ts';
import { readDelimiters } from './delimiters.ts';

/** Original mode: taken, wrong in what it says, or refused without looking further. Source: HL7 v2.4 chapter 2.9.2, table 0008. */
export type AcknowledgementCode = 'AA' | 'AE' | 'AR';

/** Table 0357, message error conditions. */
const conditions: { [code: string]: readonly [number: number, text: string] } = {
  100: [100, 'Segment sequence error'], 101: [101, 'Required field missing'], 102: [102, 'Data type error'], 200: [200, 'Unsupported message type'],
  203: [203, 'Unsupported version id'], 204: [204, 'Unknown key identifier'], 207: [207, 'Application internal error'],
};
const conditionOf: { [code: string]: keyof typeof conditions } = {
  'segment-missing': 100, 'segment-unknown': 100, 'segment-repeated': 100, 'segment-malformed': 100, 'message-truncated': 100, 'hl7-no-header': 100, 'frame-two-messages': 100, 'frame-cut': 100,
  'source-empty': 100, 'field-missing': 101, 'person-id-missing': 101, 'event-time-missing': 101, 'value-missing': 101, 'date-format': 102, 'date-not-real': 102, encoding: 102,
  'nul-character': 102, 'hl7-delimiters': 102, 'hl7-limit': 102, 'frame-too-large': 102, 'message-type-unknown': 200, 'version-unknown': 203, 'sender-unknown': 204,
};
/** Nothing was looked at: not this feed's, not this version, or the gateway itself cannot now. The same message may be right elsewhere or later. */
const refused = new Set(['sender-unknown', 'version-unknown', 'message-type-unknown', 'frame-two-messages', 'frame-too-large', 'frame-cut']);

/** How the sender is told of these problems; none is AA. */
export function acknowledgementCode(problems: readonly Problem[]): AcknowledgementCode {
  if (problems.length === 0) return 'AA';
  return problems.some(({ code, category }) => refused.has(code) || category === 'unavailable' || category === 'internal') ? 'AR' : 'AE';
}

/**
 * The acknowledgement of a message, as bytes: its separators, applications and MSH-10 exactly as they came, whatever their
 * encoding, one ERR for each of the first problems. Of a message without a readable header the fields stay empty.
 */
export function acknowledge(message: Uint8Array, problems: readonly Problem[], { id, at }: { id: string; at: Date }): Buffer {
  // byte for byte: a name in any encoding goes back as it came
  const header = Buffer.from(message).toString('latin1').split(/[\r\n]/, 1)[0] ?? '';
  const declared = header.startsWith('MSH') ? readDelimiters(header) : { code: '' };
  const marks = 'code' in declared ? { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' } : declared;
  const sent = 'code' in declared ? [] : header.split(marks.field).map((field) => field.replace(/[\u0000-\u001f]/g, ''));
  const [, , application = '', facility = '', toApplication = '', toFacility = '', , , type = '', controlId = '', processing = '', version = ''] = sent;
  const event = type.split(marks.component)[1] ?? '';
  const time = `${at.toISOString().replace(/\D/g, '').slice(0, 14)}+0000`;
  const encoding = `${marks.component}${marks.repetition}${marks.escape}${marks.subcomponent}`;
  const segments = [
    ['MSH', encoding, toApplication, toFacility, application, facility, time, '', event === '' ? 'ACK' : `ACK${marks.component}${event}`, id, processing || 'P', version || '2.4'],
    ['MSA', acknowledgementCode(problems), controlId],
    ...problems.slice(0, 10).map((problem) => errorSegment(problem, marks.component, marks.subcomponent, isLater(version))),
  ];
  return Buffer.from(segments.map((fields) => `${fields.join(marks.field)}\r`).join(''), 'latin1');
}

/** Version 2.5 gave ERR fields of their own to what ERR-1 held together. */
function isLater(version: string): boolean {
  return Number(/^2\.(\d)/.exec(version)?.[1] ?? 4) >= 5;
}

function errorSegment({ code, text, at, severity = 'error' }: Problem, component: string, subcomponent: string, later: boolean): string[] {
  const [number, meaning] = conditions[conditionOf[code] ?? 207] ?? [207, 'Application internal error'];
  const [, segment = '', field = ''] = /^([A-Z][A-Z0-9]{2})(?:-(\d+))?/.exec(at?.field ?? '') ?? [];
  if (!later) return ['ERR', [segment, segment === '' ? '' : '1', field, [number, meaning, 'HL70357'].join(subcomponent)].join(component)];
  return ['ERR', '', [segment, segment === '' ? '' : '1', field].join(component), [number, meaning, 'HL70357'].join(component), severity === 'error' ? 'E' : 'W', code, '', '', plain(text)];
}

/** Our own sentence in no need of escapes: separators and what is not ASCII become spaces. */
function plain(text: string): string {
  return text.replace(/[^ -~]|[|^~\\&]/g, ' ').slice(0, 250);
}
