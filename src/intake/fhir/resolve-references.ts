import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import { isExactNumber } from '../../fhir/read-json.ts';
import { objectsIn, type Entry } from './bundle-entries.ts';
import { directoryTypes, type BundleSchema } from './bundle-schema.ts';

/** Elements that build hierarchies: a circle of them is a mistake, other references may well run in circles. */
const upward: ReadonlySet<string> = new Set(['basedOn', 'partOf', 'replaces']);
const odsSystem = 'https://fhir.nhs.uk/Id/ods-organization-code';

export interface Resolved {
  /** the entries' resources, each reference to another entry by that one's name */
  resources: Map<Entry, JsonObject>;
  problems: Problem[];
}

/**
 * Says references inside a Bundle by what names their targets for ever: a person's records by the partner's identifier,
 * people and places of the directory by their own identifiers and a name to show. Nothing is ever fetched: a reference
 * that leads out of the Bundle to another server is refused, one that leads nowhere as the schema says. Source: FHIR R4
 * bundle.html#references.
 */
export function resolveReferences(entries: readonly Entry[], schema: BundleSchema): Resolved {
  const resolver = new Resolver(entries, schema);
  const resources = new Map(entries.map((entry) => [entry, resolver.rewrite(entry)]));
  return { resources, problems: [...resolver.problems, ...resolver.cycles()] };
}

class Resolver {
  readonly problems: Problem[] = [];
  private readonly schema: BundleSchema;
  private readonly targets = new Map<string, Entry>();
  /** addresses that lead to several: which is meant cannot be told */
  private readonly ambiguous = new Set<string>();
  private readonly up = new Map<Entry, Entry[]>();

  constructor(entries: readonly Entry[], schema: BundleSchema) {
    this.schema = schema;
    for (const entry of entries) {
      const id = textOf(entry.resource['id']);
      for (const address of new Set([entry.fullUrl, id && `${entry.type}/${id}`, relativeOf(entry.fullUrl)])) {
        if (address === '') continue;
        if (this.targets.has(address)) this.ambiguous.add(address);
        else this.targets.set(address, entry);
      }
    }
  }

  rewrite(entry: Entry): JsonObject {
    const own = new Set(objectsIn(entry.resource['contained']).map(({ id }) => `#${textOf(id)}`));
    const rewritten = this.value(entry.resource, { entry, own, pointer: entry.pointer, element: '' }) as JsonObject;
    if (this.schema.lift !== true) return rewritten;
    return Object.fromEntries(Object.entries(rewritten).filter(([name]) => name !== 'contained'));
  }

  /** Circles in the hierarchies, each told once. */
  cycles(): Problem[] {
    const done = new Set<Entry>();
    const circular = [...this.up.keys()].find((start) => this.leadsBack(start, start, new Set(), done));
    return circular ? [{ ...cycle, at: { pointer: circular.pointer } }] : [];
  }

  private leadsBack(start: Entry, from: Entry, seen: Set<Entry>, done: Set<Entry>): boolean {
    for (const next of this.up.get(from) ?? []) {
      if (next === start) return true;
      if (seen.has(next) || done.has(next)) continue;
      seen.add(next);
      if (this.leadsBack(start, next, seen, done)) return true;
    }
    if (from === start) done.add(start);
    return false;
  }

  private value(value: Json, at: Place): Json {
    if (Array.isArray(value)) return value.map((each, index) => this.value(each, { ...at, pointer: `${at.pointer}/${index}` }));
    if (!isJsonObject(value) || isExactNumber(value)) return value;
    if (typeof value['reference'] === 'string') return this.reference(value, value['reference'], at);
    return this.members(value, at);
  }

  private members(value: JsonObject, at: Place): JsonObject {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.value(member, { ...at, pointer: `${at.pointer}/${name}`, element: name })]));
  }

  private reference(value: JsonObject, said: string, at: Place): JsonObject {
    if (said.startsWith('#') && this.schema.lift !== true) {
      if (said !== '#' && !at.own.has(said)) this.tell(nowhere, at);
      return value;
    }
    const root = rootOf(at.entry.fullUrl);
    const beside = root === '' ? undefined : this.targets.get(root + addressOf(said));
    const target = beside ?? this.targetOf(said, at.entry);
    if (!beside && this.ambiguous.has(addressOf(said))) this.tell(ambiguous, at);
    if (target) return this.toTarget(target, value, at);
    const foreign = /^[a-z][a-z0-9+.-]*:/i.test(said) && !/^urn:(uuid|oid):/i.test(said);
    if (foreign) this.tell(foreignServer, at);
    else this.tell(this.schema.nowhere === 'refuse' ? nowhere : { ...nowhere, severity: 'warning' }, at);
    const { reference: _reference, ...rest } = value;
    return rest;
  }

  private targetOf(said: string, from: Entry): Entry | undefined {
    if (said.startsWith('#')) return [...this.targets.values()].find((each) => each.pointer.startsWith(`${from.pointer}/contained/`) && each.resource['id'] === said.slice(1));
    return this.targets.get(addressOf(said));
  }

  private toTarget(target: Entry, value: JsonObject, at: Place): JsonObject {
    if (upward.has(at.element)) this.up.set(at.entry, [...(this.up.get(at.entry) ?? []), target]);
    const type = this.schema.renamed?.[target.type] ?? target.type;
    const identifier = directoryTypes.has(target.type) ? directoryName(target) : target.name;
    const display = target.type === 'Patient' ? '' : textOf(value['display']) || displayOf(target.resource);
    const said = directoryTypes.has(target.type) && display !== '' ? { display } : {};
    return { type, ...(identifier && identifier.value !== '' && { identifier: { system: identifier.system, value: identifier.value } }), ...said, ...this.carried(target, at) };
  }

  /** What the schema lets a reference carry along; a target within a target carries nothing more of its own kind. */
  private carried(target: Entry, at: Place): JsonObject {
    if (at.embedded?.has(target.type)) return {};
    const embedded = new Set([...(at.embedded ?? []), target.type]);
    return Object.fromEntries((this.schema.embed?.[target.type] ?? []).flatMap((name) => {
      const member = target.resource[name];
      return member === undefined ? [] : [[name, this.value(member, { ...at, entry: target, own: new Set<string>(), element: name, embedded })]];
    }));
  }

  private tell(problem: Problem, { pointer, embedded }: Place): void {
    if (!embedded) this.problems.push({ ...problem, at: { pointer: `${pointer}/reference` } });
  }
}

interface Place {
  entry: Entry;
  /** `#id` of what the resource contains */
  own: ReadonlySet<string>;
  pointer: string;
  element: string;
  /** types a carried-along target lies within */
  embedded?: ReadonlySet<string>;
}

/** A reference without the version it names. */
function addressOf(reference: string): string {
  return reference.split('/_history/')[0] ?? reference;
}

/** Of the server an entry came from, with the slash that ends it; empty where its address is none of a server (FHIR R4 bundle.html#references). */
function rootOf(fullUrl: string): string {
  return /^(https?:.*\/)[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(fullUrl)?.[1] ?? '';
}

/** `https://server/Patient/1` is also `Patient/1`, within one Bundle; empty where it is neither. */
export function relativeOf(fullUrl: string): string {
  return /^https?:.*\/([A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64})$/.exec(fullUrl)?.[1] ?? '';
}

/** An organisation's ODS code before others; some senders write the system with another capital. */
function directoryName({ resource }: Entry): Entry['name'] | undefined {
  const named = objectsIn(resource['identifier']).map(({ system, value }) => ({ system: textOf(system), value: textOf(value) })).filter(({ value }) => value !== '');
  const ods = named.find(({ system }) => system.toLowerCase() === odsSystem.toLowerCase());
  return ods ? { system: odsSystem, value: ods.value } : named[0];
}

function displayOf({ name }: JsonObject): string {
  if (typeof name === 'string') return name;
  const [first] = Array.isArray(name) ? objectsIn(name) : [];
  if (!first) return '';
  const parts = [first['prefix'], first['given'], first['family']].flat().filter((part): part is string => typeof part === 'string');
  return textOf(first['text']) || parts.join(' ');
}

const nowhere: Problem = { category: 'unprocessable', code: 'reference-nowhere', text: 'A reference names a resource that is not in the Bundle.', expected: 'the fullUrl of an entry, or an identifier', fix: 'Send the resource it names in the same Bundle, or name it by its identifier.' };
const ambiguous: Problem = { category: 'unprocessable', code: 'reference-ambiguous', text: 'A reference leads to several resources of the Bundle.', expected: 'an address that one entry has', fix: 'Give each entry a fullUrl of its own and refer to that.' };
const foreignServer: Problem = { category: 'unprocessable', code: 'reference-foreign', text: 'A reference leads to another server. The gateway never fetches it.', expected: 'a reference within the Bundle, or an identifier', fix: 'Send the resource it names in the same Bundle, or name it by its identifier.' };
const cycle: Problem = { category: 'unprocessable', code: 'reference-cycle', text: 'Resources are part of each other in a circle.', expected: 'a hierarchy that ends' };
