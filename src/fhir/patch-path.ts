import { elementOf } from './definitions.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';

/** One element of a resource, with where it stands: what a patch may change. */
export interface Place {
  /** null: the resource itself */
  parent: Place | null;
  /** member of the parent, as it stands in JSON: `deceasedBoolean` */
  name: string;
  /** null: it does not repeat */
  index: number | null;
  value: Json;
  /** FHIR type; for what has none of its own the name by which its definition is kept, `PatientContact` */
  type: string;
}

type Step = { child: string } | { index: number } | { where: Criterion[] } | { last: true };
interface Criterion {
  path: string[];
  equals: Json;
}

const longest = 500;
const name = /^(?:[A-Za-z][A-Za-z0-9]*|`[A-Za-z][A-Za-z0-9]*`)/;

/**
 * Places that a path of FHIRPath Patch names, in order; null when it is no such path. The paths patches are written in:
 * elements by name, `[n]`, `first()`, `last()`, `extension('url')` and `where(a.b = 'x' and c = 'y')`. Nothing else of FHIRPath,
 * so that what a caller writes costs nothing to answer. Source: FHIR R4 fhirpatch.html.
 */
export function placesOf(resource: JsonObject, path: string): Place[] | null {
  const type = textOf(resource['resourceType']);
  const steps = stepsOf(path, type);
  if (!steps) return null;
  return steps.reduce<Place[]>((places, step) => take(places, step), [{ parent: null, name: '', index: null, value: resource, type }]);
}

function stepsOf(path: string, type: string): Step[] | null {
  if (path.length > longest || !(path === type || path.startsWith(`${type}.`))) return null;
  const steps: Step[] = [];
  for (let rest = path.slice(type.length); rest !== '';) {
    const read = stepAt(rest);
    if (!read) return null;
    steps.push(read.step);
    rest = rest.slice(read.length);
  }
  return steps;
}

function stepAt(text: string): { step: Step; length: number } | null {
  const [bracket = '', index] = /^\[(\d{1,6})\]/.exec(text) ?? [];
  if (index !== undefined) return { step: { index: Number(index) }, length: bracket.length };
  if (!text.startsWith('.')) return null;
  const [ended = '', which] = /^\.(first|last)\(\)/.exec(text) ?? [];
  if (which !== undefined) return { step: which === 'first' ? { index: 0 } : { last: true }, length: ended.length };
  if (text.startsWith('.where(')) return whereAt(text);
  const [extension = '', url] = /^\.extension\('([^'\\]*)'\)/.exec(text) ?? [];
  if (url !== undefined) return { step: { where: [{ path: ['#extension'], equals: url }] }, length: extension.length };
  const child = name.exec(text.slice(1))?.[0];
  if (child === undefined || text.charAt(1 + child.length) === '(') return null;
  return { step: { child: child.replaceAll('`', '') }, length: 1 + child.length };
}

const criterion = /^\s*((?:[A-Za-z][A-Za-z0-9]*)(?:\.[A-Za-z][A-Za-z0-9]*)*)\s*=\s*('(?:[^'\\]|\\['\\"/])*'|true|false|-?\d{1,15}(?:\.\d{1,10})?)\s*/;

function whereAt(text: string): { step: Step; length: number } | null {
  const where: Criterion[] = [];
  let at = '.where('.length;
  for (;;) {
    const [all, path = '', literal = ''] = criterion.exec(text.slice(at)) ?? [];
    if (all === undefined) return null;
    where.push({ path: path.split('.'), equals: literalOf(literal) });
    at += all.length;
    if (text.charAt(at) === ')') return { step: { where }, length: at + 1 };
    if (!/^and\s/.test(text.slice(at)) || where.length >= 10) return null;
    at += 'and'.length;
  }
}

function literalOf(text: string): Json {
  return text.startsWith("'") ? text.slice(1, -1).replace(/\\(.)/g, '$1') : (JSON.parse(text) as Json);
}

function take(places: Place[], step: Step): Place[] {
  if ('index' in step) return places.slice(step.index, step.index + 1);
  if ('last' in step) return places.slice(-1);
  if ('child' in step) return places.flatMap((place) => childrenOf(place, step.child));
  const [first] = step.where;
  if (first?.path[0] === '#extension') return places.flatMap((place) => childrenOf(place, 'extension')).filter(({ value }) => isJsonObject(value) && value['url'] === first.equals);
  return places.filter((place) => step.where.every((each) => holds(place, each)));
}

function holds(place: Place, { path, equals }: Criterion): boolean {
  return path.reduce<Place[]>((places, child) => places.flatMap((each) => childrenOf(each, child)), [place]).some(({ value }) => value === equals);
}

/** The elements of this name, one by one; of a choice by its name without the type. */
export function childrenOf(parent: Place, child: string): Place[] {
  const { value } = parent;
  if (!isJsonObject(value)) return [];
  const shape = shapeOf(parent, child);
  const key = shape && keysOf(shape, child).find((each) => Object.hasOwn(value, each));
  const found = key === undefined ? undefined : value[key];
  if (!shape || key === undefined || found === undefined) return [];
  const type = typeOf(shape, child, key);
  const placeOf = (each: Json, index: number | null): Place => ({ parent, name: key, index, value: each, type: isJsonObject(each) && typeof each['resourceType'] === 'string' ? each['resourceType'] : type });
  return Array.isArray(found) ? found.map(placeOf) : [placeOf(found, null)];
}

export interface ElementShape {
  types: string[];
  list: boolean;
  /** takes one of several types, which its name in JSON ends with */
  choice: boolean;
}

/** What the definitions say of an element; undefined when there is none of this name. */
export function shapeOf({ type }: Pick<Place, 'type'>, child: string): ElementShape | undefined {
  const shape = elementOf(type, child);
  return shape && { types: shape.types, list: shape.list, choice: elementOf(type, `${child}[x]`) !== undefined };
}

function keysOf({ types, choice }: ElementShape, child: string): string[] {
  return choice ? types.map((type) => child + capital(type)) : [child];
}

function typeOf({ types, choice }: ElementShape, child: string, key: string): string {
  return (choice ? types.find((type) => child + capital(type) === key) : types[0]) ?? '';
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
