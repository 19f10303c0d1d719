import type { Resource } from '@medplum/fhirtypes';
import { notRecorded, wordsOf } from '../format.ts';
import { strings } from '../strings.ts';
import { describeElement, isJsonObject, type JsonObject } from './describe-element.ts';

/** One labelled value, or a labelled group of them. */
export type Detail = { label: string; value: string } | { label: string; details: Detail[] };

const maxDepth = 8;
/** Said elsewhere on the page, or of no meaning to a reader. */
const unsaid = ['resourceType', 'id', 'meta', 'implicitRules', 'language', 'text', 'subject', 'patient', 'for'];
const typeSuffix = /(?<=[a-z])(DateTime|Boolean|CodeableConcept|Coding|String|Quantity|Timing|Reference|Integer|Decimal|Uri)$/;

/** Any resource → labelled values in the order they stand in, in words; nothing that was recorded is left out but ids and codes. */
export function describeResource(resource: Resource): Detail[] {
  return describeObject(Object.fromEntries(Object.entries(resource).filter(([name]) => !unsaid.includes(name))), 0);
}

function describeObject(element: JsonObject, depth: number): Detail[] {
  return Object.entries(element).flatMap(([name, value]) => (name === 'id' || name.startsWith('_') ? [] : describeNamed(name, value, depth)));
}

function describeNamed(name: string, value: unknown, depth: number): Detail[] {
  if (Array.isArray(value)) return mergeValues(value.flatMap((item) => describeNamed(name, item, depth)));
  if (name === 'extension' || name === 'modifierExtension') return isJsonObject(value) ? describeExtension(value, depth) : [];
  const label = labelOf(name);
  const text = describeElement(name, value);
  if (text !== undefined) return [{ label, value: text }, ...extensionsOf(value, depth)];
  if (!isJsonObject(value) || depth >= maxDepth) return [];
  const details = describePair(value) ?? describeObject(value, depth + 1);
  return details.length === 0 ? [] : isPair(value) ? details : [{ label, details }];
}

/** Extensions inside a value that has words of its own. */
function extensionsOf(value: unknown, depth: number): Detail[] {
  const extensions = isJsonObject(value) ? value['extension'] : undefined;
  return Array.isArray(extensions) && depth < maxDepth ? extensions.flatMap((extension: unknown) => describeNamed('extension', extension, depth + 1)) : [];
}

function describeExtension(extension: JsonObject, depth: number): Detail[] {
  const { url, extension: inner, id: _, ...rest } = extension;
  const label = labelOf((typeof url === 'string' ? url : notRecorded).replace(/\/+$/, '').split('/').at(-1) ?? notRecorded);
  if (Array.isArray(inner) && depth < maxDepth) return [{ label, details: inner.flatMap((item: unknown) => describeNamed('extension', item, depth + 1)) }];
  const [[name, value] = []] = Object.entries(rest);
  if (name === undefined) return [];
  const text = describeElement(name, value);
  if (text !== undefined) return [{ label, value: text }];
  return isJsonObject(value) && depth < maxDepth ? [{ label, details: describeObject(value, depth + 1) }] : [];
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
    const last = merged.at(-1);
    if (last && 'value' in last && 'value' in detail && last.label === detail.label) merged[merged.length - 1] = { label: last.label, value: `${last.value}; ${detail.value}` };
    else merged.push(detail);
  }
  return merged;
}

/** `careTeam` → `Care team`; `Extension-UKCore-AdmissionMethod` → `Admission method`. */
export function labelOf(name: string): string {
  const plain = name.replace(/^(Extension-)?(UKCore-)?/, '').replace(/^extension-/, '').replace(/^[A-Z][A-Za-z]+[.]/, '');
  const known = strings.person.labels[plain];
  if (known !== undefined) return known;
  if (/^value[A-Z]/.test(plain)) return strings.person.labels['value'] ?? wordsOf(plain);
  return wordsOf(plain.replace(typeSuffix, ''));
}
