import { createHash } from 'node:crypto';
import { ignoredNotice } from '../../../fhir/notices.ts';
import { normaliseText } from '../../../fhir/normalise-text.ts';
import { notFound } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { resultParameters } from '../../../fhir/search-parameters.ts';
import type { Conformance, ConformanceType, Published } from '../../../flow/reading/conformance.ts';
import { plainName } from '../plain-name.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { openPageOf, sealPageOf, type PageServices } from './paging.ts';
import { holds } from './reply-resource.ts';
import { handlingOf, readForm } from './search-type.ts';

export interface ConformanceServices extends PageServices {
  base: string;
  conformance: Conformance;
}

/** What published resources are searched by: the same few for every type of them. */
export const conformanceParameters = [
  { name: '_id', type: 'token' }, { name: 'url', type: 'uri' }, { name: 'version', type: 'token' }, { name: 'name', type: 'string' }, { name: 'status', type: 'token' },
] as const;

const [defaultCount, mostCount, mostClauses] = [20, 200, 20];

interface ConformancePage {
  clauses: [string, string][];
  ignored: string[];
  count: number;
  from: number;
}

/** GET [base]/{type}/{id} of what is published · http://hl7.org/fhir/R4/http.html#read. It is nobody's data: no entry is written for it. */
export function readConformance(services: ConformanceServices, asked: Asked, type: ConformanceType): Reply {
  const found = services.conformance.find(type, asked.params['id'] ?? '');
  if (!found) throw new Refusal(notFound);
  const text = JSON.stringify(found);
  const headers = { ETag: `W/"${createHash('sha256').update(text).digest('hex').slice(0, 16)}"` };
  return holds(asked, headers.ETag) ? { status: 304, headers } : { status: 200, text, headers };
}

/** GET [base]/{type}?url=&version=&name=&status=&_id= and POST …/_search, by id, in pages. */
export async function searchConformance(services: ConformanceServices, asked: Asked, type: ConformanceType, posted: boolean): Promise<Reply> {
  const given = posted ? [...asked.query, ...(await readForm(asked))] : asked.query;
  const page = given.find(([name]) => name === '_page');
  const state = page ? openPageOf<ConformancePage>(services, asked, type, page[1]) : readSearch(given, handlingOf(asked));
  const found = services.conformance.list(type).filter((resource) => state.clauses.every((clause) => meets(resource, clause)));
  const link = (from: number): string => `${services.base}/${type}?_page=${sealPageOf(services, asked, type, { ...state, from } satisfies ConformancePage)}${shapeOf(given)}`;
  const end = state.from + state.count;
  const entry = [
    ...found.slice(state.from, end).map((resource) => ({ fullUrl: `${services.base}/${type}/${resource.id}`, resource, search: { mode: 'match' } })),
    ...(state.ignored.length > 0 ? [ignoredNotice(state.ignored)] : []),
  ];
  const bundle = {
    resourceType: 'Bundle', type: 'searchset', total: found.length,
    link: [{ relation: 'self', url: link(state.from) }, ...(state.count > 0 && end < found.length ? [{ relation: 'next', url: link(end) }] : [])], ...(entry.length > 0 && { entry }),
  };
  return { status: 200, text: JSON.stringify(bundle) };
}

function readSearch(given: readonly [string, string][], handling: 'strict' | 'lenient'): ConformancePage {
  const asked = given.filter(([name]) => name !== '_count' && !shapeParameters.includes(name));
  const known = asked.filter(([name]) => parameterOf(name) !== undefined);
  const others = asked.filter(([name]) => parameterOf(name) === undefined).map(([name]) => plainName(name));
  const ignored = handling === 'lenient' ? others.filter(shapesAnswer) : [];
  const problems: Problem[] = [
    ...others.filter((field) => !ignored.includes(field)).map((field): Problem => ({ ...unknown, at: { field }, fix: shapesAnswer(field) ? 'Leave it out, or send "Prefer: handling=lenient" to have it ignored.' : 'Leave it out, or ask by another.' })),
    ...known.filter(([, value]) => value === '').map(([field]): Problem => ({ category: 'invalid', code: 'search-value-empty', text: 'A search parameter has an empty value.', at: { field }, expected: 'a value' })),
    ...(known.length > mostClauses ? [invalid] : []),
  ];
  const counts = given.filter(([name]) => name === '_count').map(([, value]) => value);
  if (counts.length > 1 || counts.some((value) => !/^\d{1,9}$/.test(value))) problems.push({ ...invalid, at: { field: '_count' }, expected: `0 to ${mostCount}` });
  if (problems.length > 0) throw new Refusal(...problems);
  return { clauses: known, ignored, count: Math.min(Number(counts[0] ?? defaultCount), mostCount), from: 0 };
}

/** What matches nothing: a condition that is not served is refused whatever the caller prefers. */
function shapesAnswer(key: string): boolean {
  return resultParameters.some((name) => name === key.split(':')[0]);
}

/** `name:exact` and `name:contains` beside the plain names. */
function parameterOf(key: string): (typeof conformanceParameters)[number] | undefined {
  const [name, modifier] = key.split(/:(.*)/s);
  const parameter = conformanceParameters.find((each) => each.name === name);
  return modifier === undefined || (name === 'name' && (modifier === 'exact' || modifier === 'contains')) ? parameter : undefined;
}

/** A comma is an or. A token may have a system before it, which these codes do not need. */
function meets(resource: Published, [key, value]: [string, string]): boolean {
  const [name = '', modifier] = key.split(':');
  const held = resource[name === '_id' ? 'id' : name];
  if (typeof held !== 'string') return false;
  return value.split(',').some((wanted) => {
    if (name !== 'name') return held === (name === 'url' ? wanted : wanted.slice(wanted.lastIndexOf('|') + 1));
    if (modifier === 'exact') return held === wanted;
    return modifier === 'contains' ? normaliseText(held).includes(normaliseText(wanted)) : normaliseText(held).startsWith(normaliseText(wanted));
  });
}

const unknown: Problem = {
  category: 'unsupported', code: 'search-parameter-unknown', text: 'A search parameter, modifier or sort key is not supported for this resource type.',
  expected: `one of ${conformanceParameters.map(({ name }) => name).join(', ')}, _count`,
};
const invalid: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'A value is not of the parameter\'s kind, or there are too many.' };
