import type { Resource } from '@medplum/fhirtypes';
import { notRecorded, wordsOf } from '../../format.ts';
import { strings } from '../../strings.ts';
import { describeElement, isJsonObject, type JsonObject } from './describe-element.ts';

/** One labelled value, or a labelled group of them. */
export type Detail = { label: string; value: string; /** `Type/id` of an entry of the same record */ reference?: string } | { label: string; details: Detail[] };

/** Titles of the record's other entries by `Type/id`, to name what is referred to; undefined where the record is not at hand. */
export type Titles = ReadonlyMap<string, string> | undefined;

/** What has a page of its own. */
const entryTypes = ['CarePlan', 'CareTeam', 'Encounter', 'EpisodeOfCare', 'Observation', 'ServiceRequest', 'Task'];

const maxDepth = 8;
/** Said elsewhere on the page, or of no meaning to a reader. */
export const unsaid: readonly string[] = ['resourceType', 'id', 'meta', 'implicitRules', 'language', 'text', 'subject', 'patient', 'for'];
/** Of use to those who look something up in the sending system; said last. */
const last = ['extension', 'identifier'];
const typeSuffix = /(?<=[a-z])(DateTime|Boolean|CodeableConcept|Coding|String|Quantity|Timing|Reference|Integer|Decimal|Uri)$/;

/** Any resource → labelled values in words; nothing that was recorded is left out but ids and codes. */
export function describeResource(resource: Resource, titles?: Titles): Detail[] {
  const elements = Object.entries(resource).filter(([name]) => !unsaid.includes(name)).sort(([a], [b]) => Number(last.includes(a)) - Number(last.includes(b)));
  return describeObject(Object.fromEntries(elements), { depth: 0, titles });
}

interface Place {
  depth: number;
  titles: Titles;
}

function inside({ depth, titles }: Place): Place {
  return { depth: depth + 1, titles };
}

function describeObject(element: JsonObject, place: Place): Detail[] {
  return Object.entries(element).flatMap(([name, value]) => (name === 'id' || name.startsWith('_') ? [] : describeNamed(name, value, place)));
}

function describeNamed(name: string, value: unknown, place: Place): Detail[] {
  if (Array.isArray(value)) return mergeValues(value.flatMap((item) => describeNamed(name, item, place)));
  if (name === 'extension' || name === 'modifierExtension') return isJsonObject(value) ? describeExtension(value, place) : [];
  const label = labelOf(name);
  const reference = isJsonObject(value) && typeof value['reference'] === 'string' ? value['reference'] : undefined;
  const title = reference === undefined ? undefined : titleIn(place.titles, reference, name, value);
  if (reference !== undefined && title !== undefined) return [{ label, value: title, reference }];
  const text = describeElement(name, value);
  if (text !== undefined) return [{ label, value: text }, ...extensionsOf(value, place)];
  if (!isJsonObject(value) || place.depth >= maxDepth) return [];
  const details = describePair(value) ?? describeObject(value, inside(place));
  if (details.length === 0) return [];
  return isPair(value) ? details : [{ label, details: unwrapped(details) }];
}

/** Where the record is at hand, only what is in it is named and led to. */
function titleIn(titles: Titles, reference: string, name: string, value: unknown): string | undefined {
  if (titles) return titles.get(reference);
  return entryTypes.includes(reference.split('/')[0] ?? '') ? describeElement(name, value) : undefined;
}

/** A group that only holds one group is that group: `activity.detail` is an activity. */
function unwrapped(details: Detail[]): Detail[] {
  const [only, other] = details;
  return only && other === undefined && 'details' in only ? only.details : details;
}

/** Extensions inside a value that has words of its own. */
function extensionsOf(value: unknown, place: Place): Detail[] {
  const extensions = isJsonObject(value) ? value['extension'] : undefined;
  return Array.isArray(extensions) && place.depth < maxDepth ? extensions.flatMap((extension: unknown) => describeNamed('extension', extension, inside(place))) : [];
}

function describeExtension(extension: JsonObject, place: Place): Detail[] {
  const { url, extension: inner, id: _, ...rest } = extension;
  const label = labelOf((typeof url === 'string' ? url : notRecorded).replace(/\/+$/, '').split('/').at(-1) ?? notRecorded);
  if (Array.isArray(inner) && place.depth < maxDepth) return [{ label, details: inner.flatMap((item: unknown) => describeNamed('extension', item, inside(place))) }];
  const [[name, value] = []] = Object.entries(rest);
  if (name === undefined) return [];
  const text = describeElement(name, value);
  if (text !== undefined) return [{ label, value: text }];
  return isJsonObject(value) && place.depth < maxDepth ? [{ label, details: describeObject(value, inside(place)) }] : [];
}

/** `{ code | type: concept, value[x] }`, as components, inputs and outputs are: the concept is the label. */
function describePair(element: JsonObject): Detail[] | undefined {
  if (!isPair(element)) return undefined;
  const label = describeElement('code', element['code'] ?? element['type']) ?? notRecorded;
  const [name = '', value] = Object.entries(element).find(([key]) => /^value[A-Z]/.test(key)) ?? [];
  return [{ label, value: describeElement(name, value) ?? notRecorded }];
}

function isPair(element: JsonObject): boolean {
  const names = Object.keys(element).filter((name) => name !== 'id');
  return names.length === 2 && names.some((name) => name === 'code' || name === 'type') && names.some((name) => /^value[A-Z]/.test(name));
}

/** Values under one label stand in one line each of one entry. */
function mergeValues(details: readonly Detail[]): Detail[] {
  const merged: Detail[] = [];
  for (const detail of details) {
    const before = merged.at(-1);
    if (before && isPlain(before) && isPlain(detail) && before.label === detail.label) merged[merged.length - 1] = { label: before.label, value: `${before.value}; ${detail.value}` };
    else merged.push(detail);
  }
  return merged;
}

function isPlain(detail: Detail): detail is { label: string; value: string } {
  return 'value' in detail && detail.reference === undefined;
}

/** `careTeam` → `Care team`; `Extension-UKCore-AdmissionMethod` → `Admission method`. */
export function labelOf(name: string): string {
  const plain = name.replace(/^(Extension-)?(UKCore-)?/, '').replace(/^extension-/, '').replace(/^[A-Z][A-Za-z]+[.]/, '');
  const known = strings.person.labels[plain];
  if (known !== undefined) return known;
  if (/^value[A-Z]/.test(plain)) return strings.person.labels['value'] ?? wordsOf(plain);
  return wordsOf(plain.replace(typeSuffix, ''));
}
