import type { CodeableConcept, Reference } from '@medplum/fhirtypes';
import { formatAddress, formatCoding, formatConcept, formatContactPoint, formatDateTime, formatIdentifier, formatName, formatPeriod, formatQuantity, formatReference, notRecorded, wordsOf } from '../../format.ts';
import { strings } from '../../strings.ts';
import { stateOf } from '../parts/title-of.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const coded = ['status', 'intent', 'use', 'priority', 'gender', 'mode', 'kind', 'lifecycleStatus'];
const datePattern = /^\d{4}-\d{2}(-\d{2})?(T.*)?$/;
const contactSystems = ['phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'];

/** A FHIR data type by its shape, in words; undefined for what has parts of its own. Any type, so by shape and not by path. */
export function describeElement(name: string, value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? strings.person.yes : strings.person.no;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return coded.includes(name) ? stateOf(value) : datePattern.test(value) ? formatDateTime(value) : value;
  if (!isJsonObject(value)) return undefined;
  const has = (...names: string[]): boolean => names.some((part) => part in value);
  const only = (...names: string[]): boolean => Object.keys(value).every((part) => names.includes(part) || part === 'id' || part === 'extension');
  if (has('coding', 'text') && only('coding', 'text')) return describeConcept(value);
  if (has('family', 'given') && !has('telecom')) return formatName(value);
  if (has('line', 'postalCode', 'city') && !has('name')) return formatAddress(value);
  if (has('start', 'end') && only('start', 'end')) return formatPeriod(value);
  if (has('event') && only('event')) return (value['event'] as string[]).map((date) => formatDateTime(date)).join('; ');
  if (typeof value['value'] === 'number') return formatQuantity(value);
  if (has('value') && contactSystems.includes(String(value['system']))) return formatContactPoint(value);
  if (has('value') && only('use', 'type', 'system', 'value', 'period', 'assigner')) return formatIdentifier(value);
  if (has('reference', 'display', 'identifier') && only('reference', 'type', 'identifier', 'display')) return describeReference(value);
  if (has('code', 'display') && only('system', 'version', 'code', 'display', 'userSelected')) return formatCoding(value);
  return undefined;
}

/** The main words, then other codings that say something else. */
function describeConcept(concept: CodeableConcept): string {
  const main = formatConcept(concept);
  const others = (concept.coding ?? []).flatMap(({ display }) => display ?? []).filter((display) => display.toLowerCase() !== main.toLowerCase());
  return [main, ...new Set(others)].join('; ');
}

/** A reference nobody named is at least of a type. */
function describeReference(reference: Reference): string {
  const text = formatReference(reference);
  if (text !== notRecorded) return text;
  const type = reference.type ?? reference.reference?.split('/')[0];
  return type === undefined ? notRecorded : strings.person.anEntry(strings.person.kinds[type] ?? wordsOf(type));
}
