import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Feed, Part, RowInput, SplitRow } from '../types.ts';
import { entriesOf, expression, objectsIn, type Entry } from './bundle-entries.ts';
import { directoryTypes, type BundleSchema } from './bundle-schema.ts';
import { bundleProblems, contentProblems, entryProblems, personMissing } from './check-bundle.ts';
import { requestProblems } from './check-requests.ts';
import { subjectProblems } from './check-subjects.ts';
import { resolveReferences } from './resolve-references.ts';
import { versionProblems } from './version-marks.ts';

/**
 * One Bundle of a person, checked whole, as the tree its map reads: resources by type under their type's name, each with
 * the name `key` it keeps for ever, references by such names. Every mistake is reported, not only the first.
 */
export function readBundle(feed: Feed, part: Part, row: SplitRow): { input: RowInput } | { problems: Problem[] } {
  const schema = part.bundle;
  if (!schema) throw new Error('a FHIR part without a bundle schema');
  const refuse = (problems: Problem[]): { problems: Problem[] } => ({ problems: problems.map((problem) => ({ ...problem, at: { row: row.row, line: row.line, ...problem.at } })) });
  const bundle = parseExact<JsonObject>(row.content);
  const wrong = bundleProblems(bundle, schema);
  if (wrong.length > 0) return refuse(wrong);
  const entries = entriesOf(bundle, schema, feed);
  const otherVersion = versionProblems(entries, schema.version);
  if (otherVersion.length > 0) return refuse(otherVersion);
  const changedAt = changedAtOf(bundle, schema);
  const { resources, problems: references } = resolveReferences(entries, schema);
  const found = [
    ...entryProblems(bundle, entries, schema), ...contentProblems(entries, schema), ...requestProblems(entries, schema), ...references, ...subjectProblems(resources, row.personKey, feed),
    ...(changedAt === '' && schema.dated === true ? [undated] : []),
  ];
  if (found.length === 0 && row.personKey === '') found.push({ ...personMissing, expected: 'the sender\'s own identifier of one person' });
  const problems = found.slice(0, mostProblems);
  if (problems.some(({ severity = 'error' }) => severity === 'error')) return refuse(problems);
  return { input: inputOf(schema, resources, row, changedAt, refuse(problems).problems) };
}

const mostProblems = 100;

/** What people's records say is folded, each record by itself; the directory's is only read. */
function inputOf(schema: BundleSchema, resources: ReadonlyMap<Entry, JsonObject>, row: SplitRow, eventAt: string, warnings: Problem[]): RowInput {
  const event = eventOf(resources);
  const whole: JsonObject = {};
  const named: { [type: string]: JsonObject[] } = {};
  const repeated: { [type: string]: JsonObject[] } = {};
  const focus = schema.answers?.includes(event) === true ? focusOf(resources) : undefined;
  const onlyNew: string[] = [];
  const places = new Map<string, string>();
  for (const [{ type, name, request, pointer }, resource] of resources) {
    const { resourceType, id, ...content } = resource;
    // an id that is the name is said once; where an identifier is the name, the id is the sender's transport, and ids are ours
    const said = { resourceType: resourceType ?? null, ...(schema.names === 'id' && { key: name.value, ...(id !== undefined && id !== name.value && { id }) }), ...content };
    if (directoryTypes.has(type)) {
      (named[type] ??= []).push(said);
      continue;
    }
    if (focus !== undefined && !isAbout(focus, type, name, resource)) {
      (repeated[type] ??= []).push(said);
      continue;
    }
    const foldKey = ['whole', row.personKey, event, type, type === 'MessageHeader' ? '' : `${name.system}|${name.value}`].map(encodeURIComponent).join('/');
    whole[foldKey] = said;
    places.set(foldKey, pointer);
    if (textOf(request?.['ifNoneExist']) !== '') onlyNew.push(foldKey);
  }
  return { record: { ...named, ...(Object.keys(repeated).length > 0 && { repeated }), whole }, eventAt, event, foldKeys: Object.keys(whole), onlyNew, entries: places, warnings };
}

function eventOf(resources: ReadonlyMap<Entry, JsonObject>): string {
  for (const [{ type }, { eventCoding }] of resources) if (type === 'MessageHeader' && isJsonObject(eventCoding)) return textOf(eventCoding['code']);
  return '';
}

/** The name of what a message is about. */
function focusOf(resources: ReadonlyMap<Entry, JsonObject>): string {
  for (const [{ type }, { focus }] of resources) {
    const [first] = objectsIn(focus);
    if (type === 'MessageHeader' && first && isJsonObject(first['identifier'])) return textOf(first['identifier']['value']);
  }
  return '';
}

/** The header, the person, what an answer is about, and what refers to that. */
function isAbout(focus: string, type: string, name: Entry['name'], resource: JsonObject): boolean {
  return type === 'MessageHeader' || type === 'Patient' || name.value === focus || names(resource, focus);
}

function names(value: Json, wanted: string): boolean {
  if (Array.isArray(value)) return value.some((each) => names(each, wanted));
  return isJsonObject(value) && (isJsonObject(value['identifier']) && value['identifier']['value'] === wanted || Object.values(value).some((member) => names(member, wanted)));
}

/** A date, or a time that says how far it is from UTC: a time without an offset would mean something else on another machine. */
const placedInTime = /^\d{4}-\d\d-\d\d(?:T.*(?:Z|[+-]\d\d:\d\d))?$/;

/** As UTC; the latest of what the schema finds. */
function changedAtOf(bundle: JsonObject, { changedAt }: BundleSchema): string {
  if (changedAt === undefined) return '';
  const instants = (expression(changedAt)(bundle, {}) as unknown[]).flatMap((value) => {
    const at = new Date(typeof value === 'string' && placedInTime.test(value) ? value : Number.NaN);
    return Number.isNaN(at.getTime()) ? [] : [at.toISOString()];
  });
  return instants.sort().at(-1) ?? '';
}

const undated: Problem = { category: 'invalid', code: 'bundle-undated', text: 'The Bundle does not say when it was true, so it cannot be put in order.', at: { pointer: '/meta/lastUpdated' }, expected: 'meta.lastUpdated or timestamp, with an offset' };
