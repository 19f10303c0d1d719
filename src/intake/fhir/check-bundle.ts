import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { objectsIn, type Entry } from './bundle-entries.ts';
import type { BundleSchema } from './bundle-schema.ts';

/** What is wrong with a Bundle before anything in it is looked at: what it is, of which type, how large. */
export function bundleProblems(bundle: JsonObject, schema: BundleSchema): Problem[] {
  if (bundle['resourceType'] !== 'Bundle') {
    return [{ category: 'invalid', code: 'bundle-missing', text: 'This is not a Bundle.', at: { pointer: '/resourceType' }, expected: 'a FHIR Bundle', fix: 'Send the resources inside a Bundle.' }];
  }
  const types = [...schema.bundles, ...(schema.pages === undefined ? [] : [schema.pages])];
  if (!types.includes(textOf(bundle['type']))) {
    return [{ category: 'invalid', code: 'bundle-type', text: 'The Bundle is not of a type this feed takes.', at: { pointer: '/type' }, expected: types.join(' or ') }];
  }
  const { entry } = bundle;
  const { entries } = schema.limits;
  if (Array.isArray(entry) && entry.length > entries) {
    return [{ category: 'too-large', code: 'bundle-too-many-entries', text: 'The Bundle has more entries than this feed may send at once.', at: { pointer: '/entry' }, expected: `at most ${entries} entries`, fix: 'Send it in several Bundles.' }];
  }
  return [];
}

/** What is wrong with the entries themselves: each must hold one resource of a type taken, named once; one person in all. */
export function entryProblems(bundle: JsonObject, entries: readonly Entry[], schema: BundleSchema): Problem[] {
  const empty = objectsIn(bundle['entry']).flatMap((entry, index) => (isJsonObject(entry['resource']) ? [] : [emptyEntry(`/entry/${index}`)]));
  const unexpected = entries.filter(({ type }) => !schema.types.includes(type)).map(({ pointer }) => unexpectedType(pointer, schema));
  const unnamed = entries.filter(({ type, name }) => schema.types.includes(type) && name.value === '' && mustBeNamed(type, schema)).map(({ pointer }) => noName(pointer, schema));
  return [...empty, ...unexpected, ...unnamed, ...twice(entries), ...personProblems(entries, schema), ...headerProblems(entries, schema)];
}

/** Members that no resource may have, wherever they stand: contained in contained, and attachments beyond the limit. */
export function contentProblems(entries: readonly Entry[], schema: BundleSchema): Problem[] {
  const problems: Problem[] = [];
  for (const { resource, pointer } of entries) {
    objectsIn(resource['contained']).forEach((inner, index) => {
      if (inner['contained'] !== undefined) problems.push({ ...nested, at: { pointer: `${pointer}/contained/${index}/contained` } });
    });
    walkData(resource, pointer, (bytes, at) => {
      if (bytes > schema.limits.attachmentBytes) problems.push({ ...attachmentTooLarge, at: { pointer: at }, expected: `at most ${schema.limits.attachmentBytes} bytes` });
    });
  }
  return problems;
}

/** The directory is only named, and a MessageHeader is its message's. */
function mustBeNamed(type: string, schema: BundleSchema): boolean {
  return type !== 'MessageHeader' && (schema.names === 'identifier' ? !['Organization', 'Practitioner', 'PractitionerRole', 'HealthcareService', 'Location'].includes(type) : true);
}

function twice(entries: readonly Entry[]): Problem[] {
  const seen = new Set<string>();
  return entries.flatMap(({ type, name, fullUrl, pointer }) => {
    const keys = [...(fullUrl === '' ? [] : [fullUrl]), ...(name.value === '' || type === 'Patient' ? [] : [`${type} ${name.system}|${name.value}`])];
    const again = keys.some((key) => seen.has(key));
    for (const key of keys) seen.add(key);
    return again ? [{ ...entryTwice, at: { pointer } }] : [];
  });
}

function personProblems(entries: readonly Entry[], schema: BundleSchema): Problem[] {
  const patients = entries.filter(({ type }) => type === 'Patient');
  if (patients.length > 1) return [{ ...twoPeople, at: { pointer: patients[1]?.pointer ?? '' } }];
  const named = schema.person === 'Patient' ? patients : entries.filter(({ type }) => type === schema.person);
  if (schema.person === 'Patient' && (named.length === 1 || schema.names === 'identifier')) return [];
  if (named.length !== 1) return [{ ...personMissing, expected: `exactly one ${schema.person}` }];
  return patients.length === 0 ? [{ ...personMissing, expected: 'exactly one Patient' }] : [];
}

function headerProblems(entries: readonly Entry[], { events }: BundleSchema): Problem[] {
  if (!events) return [];
  const [header] = entries;
  if (header?.type !== 'MessageHeader') return [{ ...headerMissing, at: { pointer: '/entry/0/resource' } }];
  const { eventCoding, focus } = header.resource;
  const event = isJsonObject(eventCoding) ? textOf(eventCoding['code']) : '';
  return [
    ...(events.includes(event) ? [] : [{ ...eventUnknown, at: { pointer: `${header.pointer}/eventCoding` }, expected: events.join(', ') }]),
    ...(objectsIn(focus).length > 0 ? [] : [{ ...focusMissing, at: { pointer: `${header.pointer}/focus` } }]),
  ];
}

/** Every base64 content with its size. Depth is limited where the JSON was read. */
function walkData(value: Json, pointer: string, tell: (bytes: number, pointer: string) => void): void {
  if (Array.isArray(value)) return value.forEach((each, index) => { walkData(each, `${pointer}/${index}`, tell); });
  if (!isJsonObject(value)) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'data' && typeof member === 'string') tell(Math.floor(member.length * 3 / 4), `${pointer}/data`);
    else if (name !== 'contained') walkData(member, `${pointer}/${name}`, tell);
    else objectsIn(member).forEach((inner, index) => { walkData(inner, `${pointer}/contained/${index}`, tell); });
  }
}

function emptyEntry(pointer: string): Problem {
  return { category: 'invalid', code: 'entry-empty', text: 'The entry holds no resource.', at: { pointer }, expected: 'a resource in every entry' };
}
function unexpectedType(pointer: string, { types }: BundleSchema): Problem {
  return { category: 'unprocessable', code: 'entry-type', text: 'The feed takes no resource of this type.', at: { pointer: `${pointer}/resourceType` }, expected: types.join(', '), fix: 'Leave the resource out, or have the feed\'s schema extended.' };
}
function noName(pointer: string, { names }: BundleSchema): Problem {
  return names === 'id'
    ? { category: 'invalid', code: 'entry-without-id', text: 'Nothing names this resource.', at: { pointer }, expected: 'an id, or a fullUrl' }
    : { category: 'unprocessable', code: 'own-identifier-missing', text: 'The resource has no identifier in the sender\'s own namespace, so nothing names it for ever.', at: { pointer: `${pointer}/identifier` }, expected: 'an identifier whose system begins with the base the partner was given' };
}
const nested: Problem = { category: 'invalid', code: 'contained-nested', text: 'A contained resource contains another one.', expected: 'contained resources beside each other (FHIR rule dom-2)' };
const attachmentTooLarge: Problem = { category: 'too-large', code: 'attachment-too-large', text: 'An attachment is larger than this feed takes.', fix: 'Send its address or a summary instead.' };
const entryTwice: Problem = { category: 'invalid', code: 'entry-twice', text: 'The Bundle names the same resource twice.', expected: 'every resource once' };
export const twoPeople: Problem = { category: 'unprocessable', code: 'bundle-two-people', text: 'The Bundle is about more than one person.', expected: 'one Patient', fix: 'Send one Bundle for each person.' };
/** Told with what was expected. */
export const personMissing: Problem = { category: 'unprocessable', code: 'bundle-person-missing', text: 'The Bundle does not say whom it is about.', at: { pointer: '/entry' } };
const headerMissing: Problem = { category: 'invalid', code: 'message-header-missing', text: 'The first entry of a message is not its MessageHeader.', expected: 'a MessageHeader' };
const eventUnknown: Problem = { category: 'unprocessable', code: 'message-event-unknown', text: 'This feed takes no message of this event.' };
const focusMissing: Problem = { category: 'invalid', code: 'message-focus-missing', text: 'The MessageHeader does not say what the message is about.', expected: 'a focus' };
