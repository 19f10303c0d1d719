import type { Json, JsonObject } from '../../fhir/json.ts';
import { isJsonObject } from '../../fhir/json.ts';
import type { Position } from '../../fhir/problem.ts';
import type { OpenRecord } from '../documents/read-document.ts';

/** A place of a document's record and what stands there. */
export type DocumentPlace = Position & { value?: string };

/** Where a JSON pointer leads in a record as it was kept, or the nearest place above that is there; lines count within the record, from 1. */
export function placeInDocument({ record, placesOf }: OpenRecord, pointer: string): DocumentPlace {
  const steps = pointer.split('/').slice(1);
  const above = steps.map((_, end) => steps.slice(0, steps.length - end)).map((kept) => kept.map((step) => `/${step}`).join(''));
  const found = above.find((each) => valueAt(record, each) !== undefined) ?? '';
  const value = found === pointer ? valueAt(record, pointer) : undefined;
  return { ...placesOf([found]).get(found), ...(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? { value: String(value) } : {}) };
}

/** What a JSON pointer leads to. */
export function valueAt(record: JsonObject, pointer: string): Json | undefined {
  return pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).reduce<Json | undefined>(
    (at, step) => (Array.isArray(at) ? at[Number(step)] : isJsonObject(at) && Object.hasOwn(at, step) ? at[step] : undefined), record);
}

/** `/ClinicalDocument/component[2]/code/@displayName`, as problems name places in XML, as a pointer into the element's tree. */
export function pointerOfXPath(xpath: string): string {
  return xpath.split('/').slice(2).map((step) => {
    const [, name = '', index] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    return name === 'text()' ? '/xmlText' : name.startsWith('@') ? `/${name.slice(1)}` : `/${name}/${Number(index ?? 1) - 1}`;
  }).join('');
}
