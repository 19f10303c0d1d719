import { choiceBranches } from '../../fhir/definitions.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { isJsonObject } from '../../fhir/json.ts';
import type { Position, Problem } from '../../fhir/problem.ts';
import { valueAt } from '../../intake/places/document-place.ts';
import { pointerTo } from '../../mapping/repeat-indexes.ts';
import type { FieldPlace, MapResult, TraceEntry } from '../../mapping/types.ts';

/** What an element of a mapped resource comes from. */
export interface ElementOrigin {
  /**
   * `given`: fields gave it; `said`: the map says it itself, for the fields it stands beside; `lacking`: rules would have taken it from
   * fields that gave nothing; `unknown`: no rule sets it, and the place is that of the nearest that does
   */
  how: 'given' | 'said' | 'lacking' | 'unknown';
  /** of the rule in the map */
  at?: Position;
  fields: FieldPlace[];
}

/** Fields are named as far as one reads them. */
const mostFields = 4;
const missing: ReadonlySet<string> = new Set(['element-missing', 'profile-missing']);

/** A record and what a run that told its trace made of it. */
export interface TracedRecord {
  record: JsonObject;
  result: Pick<MapResult, 'trace' | 'gaps'>;
  /** a path of the tree as its sender names it */
  nameOf: (path: string) => string;
}

/**
 * A problem of validation as one of the source: the place of the rule, the field with its repeat, the element, and in the advice which
 * gave which. `index`: of the resource among those the record made.
 */
export function blameSource(problem: Problem, index: number, traced: TracedRecord): Problem {
  const element = problem.at?.pointer ?? '';
  const { how, at, fields } = originOf(problem.code, element, index, traced);
  const [first] = how === 'said' ? [] : fields;
  const sentence = say(how, element, [...new Set(fields.map(({ path }) => traced.nameOf(path)))]);
  const fix = [problem.fix, sentence].filter(Boolean).join(' ');
  return { ...problem, at: { ...at, ...(first && placeIn(traced.record, first)), element }, ...(fix !== '' && { fix }) };
}

function say(how: ElementOrigin['how'], element: string, names: readonly string[]): string {
  const all = names.slice(0, mostFields).join(' and ');
  switch (how) {
    case 'given': return all === element ? '' : `${all} gave ${element}.`;
    case 'said': return `The map itself says ${element}${all === '' ? '' : `, where it meets ${all}`}.`;
    case 'lacking': return `${element} is taken from ${all}, which gave nothing.`;
    default: return `No rule of the map gives ${element}.`;
  }
}

/** A field of the tree the map read, with the pointer to the repeat meant. */
function placeIn(record: JsonObject, { path, indexes = [] }: FieldPlace): Pick<Position, 'field' | 'pointer'> {
  const pointer = pointerTo(record, path, new Map([[path, indexes]]));
  return { field: path, ...(pointer !== undefined && { pointer }) };
}

function originOf(code: string, element: string, index: number, { record, result: { trace = [], gaps = [] } }: TracedRecord): ElementOrigin {
  const asked = stepsOf(element);
  const own = trace.filter(({ resource }) => resource === index).map((entry) => ({ entry, steps: stepsOf(entry.to) }));
  const relatives = (relation: Relation): TraceEntry[] => own.flatMap(({ entry, steps }) => (relationOf(steps, asked) === relation ? [entry] : []));
  if (missing.has(code)) {
    const wanted = gaps.filter(({ resource }) => resource === index);
    const found = (['same', 'below'] as const).map((relation) => wanted.filter(({ to, fields }) => fields.length > 0 && relationOf(stepsOf(to), asked) === relation)).find((each) => each.length > 0);
    if (found) return { how: 'lacking', ...ruleOf(found[0]), fields: distinct(found.flatMap(({ fields }) => fields)) };
  }
  // the last wins, as it does in the map
  const nearest = [...relatives('same'), ...relatives('above')].reduce<TraceEntry | undefined>((best, entry) => (best && stepsOf(best.to).length > stepsOf(entry.to).length ? best : entry), undefined);
  if (nearest) {
    const fields = nearest.fields.map((field) => below(field, asked.slice(stepsOf(nearest.to).length), record));
    return fields.length > 0 ? { how: missing.has(code) ? 'lacking' : 'given', ...ruleOf(nearest), fields } : { how: 'said', ...ruleOf(nearest), fields: distinct(nearest.firedBy) };
  }
  const parts = missing.has(code) ? [] : relatives('below').filter(({ fields }) => fields.length > 0);
  if (parts.length > 0) return { how: 'given', ...ruleOf(parts.at(-1)), fields: distinct(parts.flatMap(({ fields }) => fields)) };
  return { how: 'unknown', ...ruleOf(own[0]?.entry), fields: [] };
}

function ruleOf(entry: TraceEntry | undefined): Pick<ElementOrigin, 'at'> {
  return entry ? { at: entry.at } : {};
}

function distinct(fields: readonly FieldPlace[]): FieldPlace[] {
  return [...new Map(fields.map((field) => [field.path, field])).values()];
}

/** Of an object that was copied whole, the member of it that an element is. */
function below(field: FieldPlace, rest: readonly Step[], record: JsonObject): FieldPlace {
  if (rest.length === 0 || !isJsonObject(heldAt(record, field))) return field;
  const numbers = rest.flatMap(({ number }) => (number === undefined ? [] : [number]));
  return { path: [field.path, ...rest.map(({ name }) => name)].join('.'), indexes: [...(field.indexes ?? []), ...numbers] };
}

function heldAt(record: JsonObject, { path, indexes = [] }: FieldPlace): Json | undefined {
  return valueAt(record, pointerTo(record, path, new Map([[path, indexes]])) ?? path.split('.').map((name) => `/${name}`).join(''));
}

interface Step {
  name: string;
  number?: number;
}

/** `Patient.name[0].family`; of a choice the name without its branch: `Patient.deceased[x]` */
function stepsOf(path: string): Step[] {
  return path.replaceAll('[x]', '').split('.').map((step) => {
    const [, name = step, number] = /^(.*?)\[(\d+)\]$/.exec(step) ?? [];
    return { name, ...(number !== undefined && { number: Number(number) }) };
  });
}

type Relation = 'same' | 'above' | 'below' | 'none';

/** How an entry of a trace stands to the element asked for. A step that has no number is any of its list. */
function relationOf(entry: readonly Step[], asked: readonly Step[]): Relation {
  const shorter = Math.min(entry.length, asked.length);
  for (let at = 0; at < shorter; at += 1) {
    const [one, other] = [entry[at], asked[at]];
    if (!one || !other || !isSameName(one.name, other.name) || (one.number !== undefined && other.number !== undefined && one.number !== other.number)) return 'none';
  }
  return entry.length === asked.length ? 'same' : entry.length < asked.length ? 'above' : 'below';
}

/** A choice is `value` in a trace, and `valueString` where it is validated. */
function isSameName(one: string, other: string): boolean {
  return one === other || (choiceBranches(one)?.has(other) ?? false) || (choiceBranches(other)?.has(one) ?? false);
}
