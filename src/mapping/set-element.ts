import type { Json, JsonObject } from '../fhir/json.ts';
import type { Position } from '../fhir/problem.ts';
import { cloneValue } from './clone-value.ts';
import type { Item } from './collection.ts';
import { isExactDecimal } from './exact-decimal.ts';
import { ListEnds } from './list-ends.ts';
import type { ListEnd } from './list-ends.ts';
import type { Frame, RunState } from './run-state.ts';
import { kindOfType } from './target-place.ts';
import type { TargetElement, ValueKind } from './target-place.ts';
import { fieldOf } from './transform.ts';
import type { Origin } from './trace.ts';
import type { Argument } from './transform.ts';

/** Where a value comes from and how it joins a list. */
export interface Setting {
  at: Position;
  /** the end of a list its values keep to; without one they go before what keeps to the last */
  end?: ListEnd | undefined;
  /** the argument whose source field a problem names */
  from?: Argument | undefined;
  /** what a trace says of the value; absent for a node that is made to be filled */
  origin?: ((frame: Frame) => Origin) | undefined;
}

/** Sets `value` in `node`: a list element gets it at its place, a single one holds the last. False when it does not fit. */
export function setElement(node: JsonObject, element: TargetElement, value: Item, type: string | undefined, setting: Setting, frame: Frame, run: RunState): boolean {
  const isPlain = element.types.length === 1 && (type === undefined || type === element.types[0]) && element.kind === kindOfValue(value);
  const chosen = isPlain ? element.types[0] : typeOfValue(element, value, type);
  if (chosen === undefined || (!isPlain && kindOfType(chosen) !== kindOfValue(value))) {
    const types = element.types.length > 6 ? `${element.types.slice(0, 6).join(', ')} …` : element.types.join(' or ');
    run.fail('wrong-type', `${element.path} does not take this kind of value`, setting.at, fieldOf(setting.from, frame), { expected: types, fix: fixFor(value) });
    return false;
  }
  const key = element.choice?.get(chosen) ?? element.name;
  const present = node[key];
  let place = 0;
  if (!element.list) {
    const isChanged = present !== undefined ? present !== value : clearOtherBranches(node, element, key);
    if (isChanged) run.warn('overwritten', `${element.path} holds one value and was given another: the last is kept`, setting.at, fieldOf(setting.from, frame));
    // what stood beside the value that is gone goes with it
    if (isChanged && present !== undefined && node[`_${key}`] !== undefined) delete node[`_${key}`];
    node[key] = value;
  } else place = addTo(node, key, value, setting.end, run);
  run.trace?.wrote(node, key, element, place, setting.origin?.(frame));
  if (run.beside) setBeside(node, `_${key}`, element, place, run);
  return true;
}

/** Id and extensions of a primitive go along with its value. */
function setBeside(node: JsonObject, key: string, element: TargetElement, place: number, run: RunState): void {
  if (!run.beside) return;
  const { value, field } = run.beside;
  run.beside = undefined;
  field?.markCarried(run.number, element.path, true);
  if (!element.list) {
    node[key] = cloneValue(value) as JsonObject;
    return;
  }
  const present = node[key];
  const list: Json[] = Array.isArray(present) ? present : [];
  while (list.length < place) list.push(null);
  list.splice(place, 0, cloneValue(value) as JsonObject);
  node[key] = list;
}

function addTo(node: JsonObject, key: string, value: Item, end: ListEnd | undefined, run: RunState): number {
  const present = node[key];
  const list: Json[] = Array.isArray(present) ? present : [];
  if (list !== present) node[key] = list;
  if (end || run.ends) return (run.ends ??= new ListEnds()).insert(list, value, end);
  list.push(value);
  return list.length - 1;
}

/** Of a choice only one branch may be filled. */
function clearOtherBranches(node: JsonObject, element: TargetElement, key: string): boolean {
  if (!element.choice) return false;
  let cleared = false;
  for (const other of element.choice.values()) {
    if (other === key || node[other] === undefined) continue;
    delete node[other];
    cleared = true;
  }
  return cleared;
}

function fixFor(value: Item): string {
  if (typeof value === 'string') return "convert it, for example with cast(v, 'boolean'), toDate(v, …) or cc(…)";
  return typeof value === 'object' ? 'name the element of it that holds the value' : "convert it with cast(v, 'string')";
}

function kindOfValue(value: Item): ValueKind {
  const kind = typeof value;
  if (kind === 'string' || kind === 'number' || kind === 'boolean') return kind;
  return isExactDecimal(value) ? 'number' : 'object';
}

const looks: Record<ValueKind, string[]> = {
  string: ['string', 'code', 'uri', 'dateTime', 'date', 'markdown', 'canonical', 'instant', 'time', 'id'],
  number: ['decimal', 'integer', 'positiveInt', 'unsignedInt'],
  boolean: ['boolean'],
  object: [],
};

/** The type a value has in this element: what the transform says, else what it looks like. */
function typeOfValue(element: TargetElement, value: Json, type: string | undefined): string | undefined {
  const { types } = element;
  if (types.length === 1) {
    const [only] = types;
    return type === undefined || only === 'Resource' || kindOfType(type) === 'string' || kindOfType(only ?? '') !== 'object' || type === only || isSpecialised(type, only) ? only : undefined;
  }
  if (type !== undefined && types.includes(type)) return type;
  if (type !== undefined && kindOfType(type) === 'object') return undefined;
  const kind = kindOfValue(value as Item);
  const candidates = looks[kind];
  const preferred = typeof value === 'number' && Number.isInteger(value) ? ['integer', ...candidates] : candidates;
  return preferred.find((candidate) => types.includes(candidate)) ?? types.find((candidate) => kindOfType(candidate) === kind && kind !== 'object');
}

/** Quantity has specialisations that share its shape. */
function isSpecialised(type: string, element: string | undefined): boolean {
  return element === 'Quantity' && ['Age', 'Count', 'Distance', 'Duration', 'SimpleQuantity', 'MoneyQuantity'].includes(type);
}
