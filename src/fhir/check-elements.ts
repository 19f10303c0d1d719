import { tryGetDataType } from '@medplum/core';
import type { InternalSchemaElement } from '@medplum/core';
import { exists } from './date-range.ts';
import { inCodeSet, sayCodes } from './in-code-set.ts';
import { isJsonObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { CodeSet, Terminology } from './terminology.ts';

/** What base R4 says of one member of an object, beyond what the structural validator checks. */
interface Member {
  type: string;
  /** canonical of a required binding */
  binding?: string;
  codes?: CodeSet | undefined;
}

export interface ElementCheckInput {
  terminology: Terminology;
  /** an extension that must be published to be used: ours, misspelt or invented, would be carried and never read */
  isUnknownExtension(url: string): boolean;
}

/**
 * The rules of base R4 that the structural validator leaves out: codes of required bindings, dates that exist, ids that
 * are ids, nothing empty (FHIR R4 JSON: no empty strings, arrays or objects). Tolerates any shape; elements it does not
 * know are passed over, they are the structural validator's to report.
 */
export function createElementCheck({ terminology, isUnknownExtension }: ElementCheckInput): (resource: JsonObject) => Problem[] {
  const types = new Map<string, ReadonlyMap<string, Member>>();

  function membersOf(type: string): ReadonlyMap<string, Member> {
    const known = types.get(type);
    if (known) return known;
    const members = new Map<string, Member>();
    for (const [name, element] of Object.entries(tryGetDataType(type)?.elements ?? {})) {
      for (const [key, member] of expand(name, element)) {
        members.set(key, member.binding === undefined ? member : { ...member, codes: terminology.codesOf(member.binding) });
      }
    }
    types.set(type, members);
    return members;
  }

  function check(value: Json, member: Member, path: string, problems: Problem[]): void {
    if (Array.isArray(value)) {
      if (value.length === 0) problems.push(empty(path));
      value.forEach((item, index) => check(item, member, `${path}[${index}]`, problems));
      return;
    }
    if (member.codes && value !== null && !inCodeSet(value, member.codes)) problems.push(unbound(path, sayCodes(member.codes, member.binding ?? '')));
    if (typeof value === 'string') checkText(value, member.type, path, problems);
    if (isJsonObject(value)) checkObject(value, member.type, path, problems);
  }

  function checkObject(value: JsonObject, declared: string, path: string, problems: Problem[]): void {
    const entries = Object.entries(value);
    if (entries.length === 0) problems.push(empty(path));
    if (declared === 'Extension' && typeof value['url'] === 'string' && isUnknownExtension(value['url'])) problems.push(unknownExtension(path));
    const own = value['resourceType'];
    if (typeof own === 'string' && value['id'] !== undefined && !isId(value['id'])) problems.push(notAnId(`${path}.id`));
    const members = membersOf(typeof own === 'string' ? own : declared);
    for (const [key, item] of entries) {
      const member = members.get(key);
      if (member) check(item, member, `${path}.${key}`, problems);
    }
  }

  return (resource) => {
    const problems: Problem[] = [];
    checkObject(resource, '', typeof resource['resourceType'] === 'string' ? resource['resourceType'] : '', problems);
    return problems;
  };
}

/** `value[x]` of two types is two members: `valueString`, `valueCode`. */
function expand(name: string, element: InternalSchemaElement): [string, Member][] {
  const binding = element.binding?.strength === 'required' ? element.binding.valueSet : undefined;
  const choice = name.endsWith('[x]') ? name.slice(0, -3) : undefined;
  return element.type.map(({ code }) => {
    const key = choice === undefined ? name : `${choice}${code.charAt(0).toUpperCase()}${code.slice(1)}`;
    return [key, { type: code, ...(binding !== undefined && isCoded(code) && { binding }) }];
  });
}

function isCoded(type: string): boolean {
  return type === 'code' || type === 'Coding' || type === 'CodeableConcept';
}

function checkText(value: string, type: string, path: string, problems: Problem[]): void {
  if (value === '') problems.push(empty(path));
  if (type !== 'date' && type !== 'dateTime' && type !== 'instant') return;
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(value);
  if (!parts) return;
  const [year, month, day] = [1, 2, 3].map((i) => (parts[i] === undefined ? undefined : Number(parts[i])));
  if (year !== undefined && exists(year, month, day)) return;
  problems.push({ category: 'invalid', code: 'date-unreal', text: 'A date does not exist in the calendar.', at: { pointer: path }, expected: 'a day that exists' });
}

function isId(value: Json): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9.-]{1,64}$/.test(value);
}

function notAnId(path: string): Problem {
  return { category: 'invalid', code: 'element-format', text: 'An id is not written as an id.', at: { pointer: path }, expected: 'letters, digits, - and . only, at most 64' };
}

function unknownExtension(path: string): Problem {
  return { category: 'unprocessable', code: 'extension-unknown', text: 'An extension under our own address is not one that is published.', at: { pointer: path } };
}

function empty(path: string): Problem {
  return { category: 'invalid', code: 'element-empty', text: 'An element is present but empty.', at: { pointer: path }, fix: 'Leave it out.' };
}

function unbound(path: string, expected: string): Problem {
  return { category: 'invalid', code: 'code-not-in-value-set', text: 'A code is not one that this element may have.', at: { pointer: path }, expected };
}
