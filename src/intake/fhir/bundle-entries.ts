import fhirpath from 'fhirpath';
import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import { rememberRecent } from '../../fhir/remember-recent.ts';
import type { Feed } from '../types.ts';
import type { BundleSchema } from './bundle-schema.ts';

/** A resource of a Bundle, with what names it. */
export interface Entry {
  type: string;
  resource: JsonObject;
  /** '' for one without an address */
  fullUrl: string;
  /** RFC 6901, into the row */
  pointer: string;
  /** the partner's own identifier of it; the value is '' when nothing names it */
  name: { system: string; value: string };
  /** `Bundle.entry.request` of transactions and batches */
  request?: JsonObject;
}

/** Every resource that stands for itself, in order; entries without one are passed over, `entryProblems` tells of them. */
export function entriesOf(bundle: JsonObject, schema: BundleSchema, feed: Feed): Entry[] {
  const found = objectsIn(bundle['entry']).flatMap((entry, index): Entry[] => {
    const { resource } = entry;
    if (!isJsonObject(resource)) return [];
    const top = entryOf(resource, textOf(entry['fullUrl']), `/entry/${index}/resource`, schema, feed);
    const { request } = entry;
    return [isJsonObject(request) ? { ...top, request } : top, ...liftedFrom(top, schema, feed)];
  });
  return nameThePerson(found, schema, feed);
}

/** The sender's person id: '' when the Bundle does not say whom it is about, or names two people. */
export function personKeyOf(entries: readonly Entry[], schema: BundleSchema, feed: Feed): string {
  if (entries.some(({ type }) => type === 'Patient') || schema.person !== 'Patient') {
    const named = entries.filter(({ type }) => type === schema.person);
    return named.length === 1 ? named[0]?.name.value ?? '' : '';
  }
  const subjects = new Set(entries.flatMap(({ resource }) => subjectKeys(resource, feed)));
  return subjects.size === 1 ? [...subjects][0] ?? '' : '';
}

export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter((each): each is JsonObject => isJsonObject(each as JsonObject)) : [];
}

/** `ServiceRequest` → `service-request`; a person's own namespace is `person` in every kind. */
export function namespaceOf(type: string): string {
  return type === 'Patient' ? 'person' : type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase();
}

function entryOf(resource: JsonObject, fullUrl: string, pointer: string, schema: BundleSchema, feed: Feed): Entry {
  const type = textOf(resource['resourceType']);
  return { type, resource, fullUrl, pointer, name: nameOf(resource, type, fullUrl, schema, feed) };
}

function liftedFrom(container: Entry, schema: BundleSchema, feed: Feed): Entry[] {
  if (schema.lift !== true) return [];
  return objectsIn(container.resource['contained']).map((resource, index) => entryOf(resource, '', `${container.pointer}/contained/${index}`, schema, feed));
}

function nameOf(resource: JsonObject, type: string, fullUrl: string, schema: BundleSchema, feed: Feed): Entry['name'] {
  const { identifierBase } = feed.partner;
  if (schema.names === 'identifier') {
    const own = objectsIn(resource['identifier']).find(({ system }) => textOf(system).startsWith(`${identifierBase}/`));
    return { system: textOf(own?.['system']), value: textOf(own?.['value']) };
  }
  const uuid = /^urn:uuid:(.+)$/.exec(fullUrl)?.[1];
  const value = uuid ?? (textOf(resource['id']) || keyOf(resource, schema.keys?.[type]) || (fullUrl.split('/').at(-1) ?? ''));
  return { system: `${identifierBase}/${namespaceOf(schema.renamed?.[type] ?? type)}`, value };
}

function keyOf(resource: JsonObject, path: string | undefined): string {
  if (path === undefined) return '';
  const [found] = expression(path)(resource, {}) as unknown[];
  return typeof found === 'string' ? found : '';
}

const expressions = rememberRecent<ReturnType<typeof fhirpath.compile>>(1_000);

/** A schema's FHIRPath, compiled once. */
export function expression(path: string): (resource: JsonObject, variables: Record<string, unknown>) => unknown {
  return expressions(path, () => fhirpath.compile(path)) as (resource: JsonObject, variables: Record<string, unknown>) => unknown;
}

/** Where the sender keeps no people, its person is whoever this referral is about. */
function nameThePerson(entries: Entry[], schema: BundleSchema, feed: Feed): Entry[] {
  if (schema.person === 'Patient') return entries;
  const value = personKeyOf(entries, schema, feed);
  return entries.map((entry) => (entry.type === 'Patient' ? { ...entry, name: { ...entry.name, value } } : entry));
}

/** Whom a resource says it is about, by the partner's own identifier of the person. */
function subjectKeys(resource: JsonObject, { partner }: Feed): string[] {
  return ['subject', 'patient', 'for'].flatMap((element) => {
    const reference = resource[element];
    const identifier = isJsonObject(reference) ? reference['identifier'] : undefined;
    return isJsonObject(identifier) && identifier['system'] === `${partner.identifierBase}/person` ? [textOf(identifier['value'])] : [];
  });
}
