import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { directoryTypes } from '../../intake/fhir/bundle-schema.ts';
import { relativeOf } from '../../intake/fhir/resolve-references.ts';
import { checkConditions, findByCondition, findNamed, type Named, type NamedRecord } from './find-named.ts';
import { within } from './within-entry.ts';
import type { WriteContext } from './write-context.ts';
import { mapReferences, mapUris, readReference, searchOf, type Said } from './write-references.ts';

/** A resource on its way in, with the id it has or will have. */
export interface Drafted {
  type: string;
  id: string;
  fullUrl?: string;
  pointer: string;
  resource: JsonObject;
  /** what stands now: what it named already may be named again */
  standing?: { citizen: string; targets: ReadonlyMap<string, string> } | undefined;
}

/** What a conditional create found: other entries name it as if it had been made. */
export interface FoundEntry {
  type: string;
  id: string;
  citizen: string;
  fullUrl?: string;
}

/** The same with whose it is, and references that lead somewhere. */
export interface Resolved {
  citizen: string;
  mapped: JsonObject;
  /** records about the person that it names */
  rows: Set<string>;
  /** what a Task is about */
  focus: NamedRecord | undefined;
}

/** What everything refers to, found in a few look-ups for all of them. */
interface Found extends Named {
  /** by `Type?search` */
  conditions: ReadonlyMap<string, readonly string[]>;
  entries: ReadonlyMap<string, Pick<Drafted, 'type' | 'id'>>;
  names: ReadonlySet<string>;
  /** ids of what the same Bundle writes, or would have written */
  written: ReadonlySet<string>;
  /** keys of the directory's organisations by their ids */
  places: ReadonlyMap<string, string>;
  base: string;
}

/**
 * Makes the references of these resources into ours, and says whose record each is: entries of the same Bundle by their new
 * ids, people and records the writer holds or may see, organisations of the directory. Whatever is not there, or not theirs to
 * see, is refused in the same words; a reference to somebody else's record as one that is not there.
 */
export async function resolveWrites(
  context: WriteContext, requester: Requester, drafts: readonly Drafted[], standing: readonly FoundEntry[], base: string,
): Promise<{ resolved: Map<Drafted, Resolved>; problems: Problem[]; emergency: readonly string[] }> {
  const found = await findAll(context, requester, drafts, standing, base);
  const problems: Problem[] = [];
  const owners = new Map([...standing.map(({ id, citizen }) => [id, citizen] as const), ...drafts.map((draft) => [draft.id, ownerOf(context, draft, found)] as const)]);
  const resolved = new Map<Drafted, Resolved>();
  for (const draft of drafts) {
    const citizen = owners.get(draft.id);
    if (citizen === undefined) problems.push(within(draft.pointer, { ...subjectUnknown, at: { pointer: `/${context.writing.types[draft.type]?.subject ?? ''}` } }));
    else if (draft.standing && draft.standing.citizen !== citizen) problems.push(within(draft.pointer, aboutAnother));
    else {
      const wrong: Problem[] = [];
      const made = new Rewriting(context, { draft, citizen, found, owners, problems: wrong }).made();
      problems.push(...wrong);
      if (wrong.length === 0) resolved.set(draft, made);
    }
  }
  return { resolved, problems, emergency: found.emergency };
}

async function findAll(context: WriteContext, requester: Requester, drafts: readonly Drafted[], standing: readonly FoundEntry[], base: string): Promise<Found> {
  const entries = new Map([...standing, ...drafts].flatMap((entry) => namesOf(entry).map((name) => [name, entry] as const)));
  const names = new Set(entries.keys());
  const ids: string[] = [];
  const patients: string[] = [];
  const searches = new Map<string, { type: string; search: string }>();
  const note = (said: Said): void => {
    if (said.kind === 'literal') (said.type === 'Patient' ? patients : ids).push(said.id);
    else if (said.kind === 'condition') searches.set(`${said.type}?${said.search}`, said);
  };
  for (const { type, resource } of drafts) {
    mapReferences(resource, (reference) => {
      note(readReference(textOf(reference['reference']), names, base));
      return reference;
    });
    const subject = subjectSearch(context, type, resource);
    if (subject !== undefined) searches.set(`Patient?${subject}`, { type: 'Patient', search: subject });
  }
  checkConditions(searches.size);
  const conditions = new Map<string, readonly string[]>();
  for (const [key, { type, search }] of searches) conditions.set(key, await findByCondition(context, requester, type, search, base));
  const fromConditions = [...searches].flatMap(([key, { type }]) => (type === 'Patient' ? [] : conditions.get(key) ?? []));
  return { ...(await findNamed(context, requester, [...ids, ...fromConditions], patients)), conditions, entries, names, base, written: new Set([...standing, ...drafts].map(({ id }) => id)), places: new Map([...context.directory].map(([key, { id }]) => [id, key])) };
}

function namesOf({ fullUrl = '' }: Pick<Drafted, 'fullUrl'>): string[] {
  return [fullUrl, relativeOf(fullUrl)].filter((name) => name !== '');
}

function subjectOf({ writing }: WriteContext, type: string, resource: JsonObject): JsonObject | undefined {
  const subject = resource[writing.types[type]?.subject ?? ''];
  return isJsonObject(subject) ? subject : undefined;
}

/** A person named by an identifier and no reference. */
function subjectSearch(context: WriteContext, type: string, resource: JsonObject): string | undefined {
  const subject = subjectOf(context, type, resource);
  return subject && textOf(subject['reference']) === '' ? searchOf(subject) : undefined;
}

function ownerOf(context: WriteContext, { type, resource, standing }: Drafted, found: Found): string | undefined {
  const subject = subjectOf(context, type, resource);
  const search = subjectSearch(context, type, resource);
  if (search !== undefined) return one(found.conditions.get(`Patient?${search}`));
  const said = readReference(textOf(subject?.['reference']), new Set(), found.base);
  if (said.kind === 'condition' && said.type === 'Patient') return one(found.conditions.get(`Patient?${said.search}`));
  if (said.kind !== 'literal' || said.type !== 'Patient') return undefined;
  return found.citizens.get(said.id) ?? (standing?.citizen === said.id ? said.id : undefined);
}

function one(found: readonly string[] | undefined): string | undefined {
  return found?.length === 1 ? found[0] : undefined;
}

interface Rewritten {
  draft: Drafted;
  citizen: string;
  found: Found;
  /** whose each entry is, by its id */
  owners: ReadonlyMap<string, string | undefined>;
  problems: Problem[];
}

/** One resource with its references made ours. */
class Rewriting {
  private readonly context: WriteContext;
  private readonly of: Rewritten;
  private readonly rows = new Set<string>();
  private readonly contained: ReadonlySet<string>;

  constructor(context: WriteContext, of: Rewritten) {
    this.context = context;
    this.of = of;
    const contained = Array.isArray(of.draft.resource['contained']) ? of.draft.resource['contained'] : [];
    this.contained = new Set(contained.map((each) => `#${isJsonObject(each) ? textOf(each['id']) : ''}`));
    contained.forEach((each, index) => {
      if (!isJsonObject(each) || !directoryTypes.has(textOf(each['resourceType']))) this.tell(containedRecord, `/contained/${index}`);
    });
  }

  made(): Resolved {
    const { draft, citizen, found } = this.of;
    const subject = this.context.writing.types[draft.type]?.subject ?? '';
    const others = { ...draft.resource, [subject]: null };
    const addressOf = (uri: string): string | undefined => {
      const entry = /^urn:/.test(uri) ? found.entries.get(uri) : undefined;
      return entry && `${entry.type}/${entry.id}`;
    };
    const mapped = { ...(mapUris(mapReferences(others, (reference, pointer) => this.reference(reference, pointer)), addressOf) as JsonObject), [subject]: personOf(citizen) };
    return { citizen, mapped, rows: this.rows, focus: this.focusOf(mapped['focus']) };
  }

  /** An entry of the same Bundle is the writer's own. */
  private focusOf(focus: Json | undefined): NamedRecord | undefined {
    const [type = '', id = ''] = isJsonObject(focus) ? textOf(focus['reference']).split('/') : [];
    return this.of.found.written.has(id) ? { type, citizen: this.of.citizen, own: true } : this.of.found.records.get(id);
  }

  private reference(reference: JsonObject, pointer: string): JsonObject {
    const { draft, found } = this.of;
    const said = readReference(textOf(reference['reference']), found.names, found.base);
    switch (said.kind) {
      case 'contained': return said.id === '#' || this.contained.has(said.id) ? reference : this.refuse(referenceNowhere, pointer);
      case 'entry': return this.entry(found.entries.get(said.fullUrl), pointer);
      case 'foreign': return this.refuse(referenceForeign, pointer);
      case 'nowhere': return this.refuse(referenceNowhere, pointer);
      case 'literal': return said.type === 'Organization' ? this.place(said.id, pointer) : said.type === 'Patient' ? this.person(found.citizens.get(said.id) ?? (draft.standing?.citizen === said.id ? said.id : undefined), pointer) : this.record(said.type, said.id, pointer);
      case 'condition': return this.condition(said, pointer);
    }
  }

  private condition({ type, search }: { type: string; search: string }, pointer: string): JsonObject {
    const ids = this.of.found.conditions.get(`${type}?${search}`) ?? [];
    const id = one(ids);
    if (id === undefined) return this.refuse({ ...conditionNotOne, expected: 'a search that finds one resource you may see' }, pointer);
    return type === 'Patient' ? this.person(id, pointer) : type === 'Organization' ? this.place(id, pointer) : this.record(type, id, pointer);
  }

  private entry(target: Pick<Drafted, 'type' | 'id'> | undefined, pointer: string): JsonObject {
    if (!target || this.of.owners.get(target.id) !== this.of.citizen) return this.refuse(referenceNowhere, pointer);
    this.rows.add(target.id);
    return { reference: `${target.type}/${target.id}`, type: target.type };
  }

  private person(citizen: string | undefined, pointer: string): JsonObject {
    return citizen === this.of.citizen ? personOf(citizen) : this.refuse(referenceNowhere, pointer);
  }

  private record(type: string, id: string, pointer: string): JsonObject {
    const record = this.of.found.records.get(id);
    const standing = this.of.draft.standing?.targets.get(id) === type;
    if (!standing && (record?.type !== type || record.citizen !== this.of.citizen)) return this.refuse(referenceNowhere, pointer);
    this.rows.add(id);
    return { reference: `${type}/${id}`, type };
  }

  /** By its identifier, as everything else that is mapped names it. */
  private place(id: string, pointer: string): JsonObject {
    const key = this.of.found.places.get(id);
    if (key === undefined) return this.refuse(referenceNowhere, pointer);
    const bar = key.indexOf('|');
    return { type: 'Organization', identifier: { system: key.slice(0, bar), value: key.slice(bar + 1) } };
  }

  private refuse(problem: Problem, pointer: string): JsonObject {
    this.tell(problem, `${pointer}/reference`);
    return {};
  }

  private tell(problem: Problem, pointer: string): void {
    this.of.problems.push(within(this.of.draft.pointer, { ...problem, at: { pointer } }));
  }
}

function personOf(citizen: string): JsonObject {
  return { reference: `Patient/${citizen}`, type: 'Patient' };
}

const subjectUnknown: Problem = {
  category: 'unprocessable', code: 'patient-unknown', text: 'The resource does not name a person you may know of.', expected: 'Patient/{id} as a search returns it, your own source Patient, or an identifier of one person you may see',
  fix: 'Find the person first; somebody nobody here knows is made known by a feed.',
};
const aboutAnother: Problem = { category: 'unprocessable', code: 'record-of-another-person', text: 'The record is about another person.', expected: 'the person it was written about', fix: 'Delete it and write a new one about the right person.' };
export const referenceNowhere: Problem = { category: 'unprocessable', code: 'reference-nowhere', text: 'A reference leads to nothing of this person that you hold or may see.', expected: 'an entry of the Bundle, a record of the same person, an organisation of the directory, or an identifier alone' };
const referenceForeign: Problem = { category: 'unprocessable', code: 'reference-foreign', text: 'A reference leads to another server. Nothing is fetched.', expected: 'a reference under this base, or an identifier alone' };
const conditionNotOne: Problem = { category: 'precondition', code: 'reference-condition', text: 'A conditional reference does not find exactly one resource.' };
const containedRecord: Problem = { category: 'unprocessable', code: 'contained-record', text: 'A record about a person is contained in another one, so nobody could keep its own rules.', expected: 'contained resources of the directory only', fix: 'Send it as an entry of its own in a transaction.' };
