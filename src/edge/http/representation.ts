import { membersOf } from '../../fhir/element-tree.ts';
import { isJsonObject, type Json, type JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { subsetResource, type Subset } from '../../fhir/subset-resource.ts';
import { writeXml } from '../../fhir/xml/write-xml.ts';
import { negotiateForm, type Form, type FormWishes } from './negotiate-form.ts';

/** How an answer is written: nothing of it decides what is in the record that is looked at. */
export interface Representation {
  form: Form;
  pretty: boolean;
  subset: Subset | null;
}

/** What an address offers. */
export interface Representing {
  forms: readonly Form[];
  /** whether `_elements` and `_summary` are taken, and of which type the elements are */
  parts: string | null;
  /** whether it is a search, which may be asked for its total alone (`_summary=count`) and answers that itself */
  counts: boolean;
}

export const plainJson: Representation = { form: 'json', pretty: false, subset: null };

/** Parameters of how an answer is written. */
export const formParameters: readonly string[] = ['_format', '_pretty'];

/** Parameters that shape an answer and select nothing. */
export const shapeParameters: readonly string[] = [...formParameters, '_elements', '_summary'];
const mostElements = 50;

/** Throws what cannot be offered: 406 for a form, 400 for the others. */
export function readRepresentation(wishes: Omit<FormWishes, 'format'>, parameters: readonly (readonly [string, string])[], { forms, parts, counts }: Representing): Representation {
  const valueOf = (name: string): string | undefined => {
    const [value, ...others] = parameters.flatMap(([other, each]) => (other === name ? [each] : []));
    if (others.length > 0 && name !== '_elements') throw new Refusal(invalid(name, 'given once'));
    return others.length > 0 ? [value, ...others].join(',') : value;
  };
  const negotiated = negotiateForm({ ...wishes, format: valueOf('_format') }, forms);
  if ('problem' in negotiated) throw new Refusal(negotiated.problem);
  const pretty = valueOf('_pretty') ?? 'false';
  if (pretty !== 'true' && pretty !== 'false') throw new Refusal(invalid('_pretty', 'true or false'));
  return { ...negotiated, pretty: pretty === 'true', subset: parts === null ? null : readSubset(parts, valueOf('_elements'), counts && valueOf('_summary') === 'count' ? undefined : valueOf('_summary')) };
}

function readSubset(type: string, elements: string | undefined, summary: string | undefined): Subset | null {
  if (elements !== undefined && summary !== undefined && summary !== 'false') throw new Refusal(invalid('_summary', 'either _summary or _elements'));
  if (elements !== undefined) return { elements: readElements(type, elements) };
  if (summary === undefined || summary === 'false') return null;
  if (summary === 'true' || summary === 'text' || summary === 'data') return { summary };
  throw new Refusal(invalid('_summary', 'true, text, data or false; of a search, count as well'));
}

function readElements(type: string, text: string): string[] {
  const names = text.split(',').map((name) => name.trim().replace(/\[x\]$/, ''));
  const known = new Set([...membersOf(type).values()].map(({ element }) => element));
  if (names.length > mostElements || names.some((name) => !known.has(name))) throw new Refusal(invalid('_elements', `elements at the root of the type, separated by commas, at most ${mostElements}`));
  return names;
}

/** Which part of each resource is written, in a fixed form; null: all of it. */
export function partSaid({ subset }: Representation): string | null {
  if (!subset) return null;
  return 'summary' in subset ? `_summary=${subset.summary}` : `_elements=${[...new Set(subset.elements)].sort().join(',')}`;
}

/** What the next page must be asked with to look the same: begins with `&`, or is empty. */
export function shapeOf(parameters: readonly (readonly [string, string])[]): string {
  return parameters.filter(([name]) => shapeParameters.includes(name)).map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join('');
}

export const contentTypes: Readonly<Record<Form, string>> = { json: 'application/fhir+json; charset=utf-8', xml: 'application/fhir+xml; charset=utf-8' };

/** JSON text of a resource as it was asked for; plain JSON goes out as the text it is. */
export function represent(text: string, { form, pretty, subset }: Representation): string {
  if (form === 'json' && !pretty && !subset) return text;
  const whole = parseExact(text);
  const part = subset ? inPart(whole, subset) : whole;
  if (form === 'xml') return writeXml(part, { indent: pretty });
  return pretty ? JSON.stringify(part, null, 2) : JSON.stringify(part);
}

/** Of a Bundle each resource found, and nothing of the Bundle itself; what tells of the search stays whole. */
function inPart(resource: JsonObject, subset: Subset): JsonObject {
  if (resource['resourceType'] === 'OperationOutcome') return resource;
  if (resource['resourceType'] !== 'Bundle') return subsetResource(resource, subset);
  const { entry } = resource;
  return { ...resource, ...(Array.isArray(entry) && { entry: entry.map((each) => entryInPart(each, subset)) }) };
}

function entryInPart(entry: Json, subset: Subset): Json {
  const resource = isJsonObject(entry) ? entry['resource'] : undefined;
  return isJsonObject(entry) && isJsonObject(resource) ? { ...entry, resource: inPart(resource, subset) } : entry;
}

function invalid(field: string, expected: string): Problem {
  return { category: 'invalid', code: 'representation-invalid', text: 'A parameter that shapes the answer has a value it cannot have.', at: { field }, expected };
}
