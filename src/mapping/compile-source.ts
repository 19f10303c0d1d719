import { collect, countOf, itemsOf, member } from './collection.ts';
import type { Collection, Item } from './collection.ts';
import { compileExpression, isTrue, textOf } from './compile-expression.ts';
import type { CompiledExpression } from './compile-expression.ts';
import { isExactDecimal } from './exact-decimal.ts';
import { indexesOfPicked } from './repeat-indexes.ts';
import type { Indexes } from './repeat-indexes.ts';
import type { Expression, SourceListMode, SourceSyntax } from './map-syntax.ts';
import type { MapUnit } from './map-unit.ts';
import type { Frame, RunState } from './run-state.ts';
import type { SourceField } from './source-field.ts';
import { besideOf, choicePath, valuesAt } from './source-path.ts';
import type { Beside, PathNames } from './source-path.ts';
import type { FieldPlace } from './types.ts';
import type { VariableScope } from './variable-scope.ts';

/** One source of a rule: which items it runs for. Before each firing the rule puts the item into `slot`. */
export interface CompiledSource {
  slot: number;
  pick(frame: Frame, run: RunState): Collection;
  field(frame: Frame): SourceField | undefined;
  /** which repeat the `number`th of the picked items is; for a run that tells places */
  indexes(frame: Frame, picked: Collection, number: number): Indexes | undefined;
  /** its field, picked or not, as far as it is known which repeat of what is above it; for a trace */
  place(frame: Frame): FieldPlace | undefined;
  /** what the `number`th of the picked primitives carries beside its value */
  beside(frame: Frame, picked: Collection, number: number): Beside | undefined;
  /** whether its rule copies that, too */
  copiesBeside?: true;
}

/** Compiles a source; its alias (or a nameless slot) becomes visible in `scope`. */
export function compileSource(source: SourceSyntax, scope: VariableScope, unit: MapUnit): CompiledSource {
  const context = contextOf(source, scope, unit);
  const choice = choicePath(source, context.value, unit);
  const namesOf: PathNames = choice?.names ?? (() => source.path);
  const path = choice && source.type === undefined ? choice.values : pathReader(context.value, source.path);
  const field = choice ? (frame: Frame) => fieldAt(frame, context.slot, choice.names(frame)) : fieldReader(context.slot, source.path);
  const defaultValue = source.defaultValue && compileExpression(source.defaultValue, { unit, scope, focus: true });
  const { slot } = scope.declare(source.alias ?? `\u0000${source.at}`, 'source', source.type);
  const isPlain = !defaultValue && source.type === undefined && source.min === undefined && !source.listMode && !source.where && !source.check && !source.log;
  const placeOf = indexReader(context, namesOf);
  const fromEnd = source.listMode === 'last' || source.listMode === 'not_first';
  const indexes: CompiledSource['indexes'] = (frame, picked, number) => placeOf(frame, picked, number, fromEnd);
  const beside: CompiledSource['beside'] = (frame, picked, number) => {
    const names = namesOf(frame);
    const value = besideOf(context.value(frame), names, picked, number, fromEnd);
    return value && { value, field: fieldAt(frame, context.slot, [...names.slice(0, -1), `_${names.at(-1)}`]) };
  };
  const place: CompiledSource['place'] = (frame) => {
    const [own, above] = [field(frame), frame.indexes?.[context.slot]];
    return own && own.path !== '' ? { path: own.path, ...(above && { indexes: above }) } : undefined;
  };
  if (isPlain) return { slot, field, indexes, place, beside, pick: path };
  const stages = compileStages(source, slot, placeOf, scope, unit);
  return {
    slot,
    field,
    indexes,
    place,
    beside,
    pick(frame, run) {
      const own = field(frame);
      let items = path(frame);
      if (source.type !== undefined) items = ofType(items, source.type, () => choice?.values(frame));
      const usesDefault = items === undefined && defaultValue !== undefined;
      if (usesDefault) items = defaultValue.evaluate(frame, context.value(frame), frame.fields[context.slot], run);
      return stages.reduce((value, stage) => stage(value, frame, run, own, usesDefault), items);
    },
  };
}

function contextOf(source: SourceSyntax, scope: VariableScope, unit: MapUnit): { slot: number; value: (frame: Frame) => Collection } {
  const variable = scope.source(source.context);
  if (variable) {
    const { slot } = variable;
    return { slot, value: (frame) => frame.values[slot] };
  }
  if (scope.constants.has(source.context)) {
    const constant = scope.constants.get(source.context);
    return { slot: -1, value: () => constant };
  }
  if (scope.target(source.context)) unit.fail(source.at, 'not-a-source', `${source.context} is a target: a rule reads sources`);
  return unit.fail(source.at, 'undeclared-variable', `${source.context} is not a source variable here; there are ${scope.names().join(', ')}`);
}

function pathReader(start: (frame: Frame) => Collection, names: string[]): (frame: Frame) => Collection {
  const [only] = names;
  if (only === undefined) return start;
  if (names.length === 1 && only !== '*') return (frame) => member(start(frame), only);
  return (frame) => valuesAt(start(frame), names);
}

function fieldReader(slot: number, names: string[]): (frame: Frame) => SourceField | undefined {
  if (slot < 0) return () => undefined;
  if (names.length === 0) return (frame) => frame.fields[slot];
  const known = names.includes('*') ? names.slice(0, names.indexOf('*')) : names;
  let lastRoot: SourceField | undefined;
  let lastField: SourceField | undefined;
  return (frame) => {
    const root = frame.fields[slot];
    if (root !== lastRoot) {
      lastRoot = root;
      lastField = root && known.reduce((field, name) => field.child(name), root);
    }
    return lastField;
  };
}

function fieldAt(frame: Frame, slot: number, names: readonly string[]): SourceField | undefined {
  let field = slot < 0 ? undefined : frame.fields[slot];
  for (const name of names) field = field?.child(name);
  return field;
}

type PlaceOf = (frame: Frame, picked: Collection, number: number, fromEnd: boolean) => Indexes | undefined;

function indexReader({ slot, value }: ReturnType<typeof contextOf>, namesOf: PathNames): PlaceOf {
  return (frame, picked, number, fromEnd) => {
    const path = namesOf(frame);
    const start = slot < 0 || path.includes('*') ? undefined : frame.indexes?.[slot];
    return start && indexesOfPicked(value(frame), start, path, picked, number, fromEnd);
  };
}

type Stage = (items: Collection, frame: Frame, run: RunState, field: SourceField | undefined, isDefault: boolean) => Collection;

/** What happens to the items in the order the specification gives: cardinality, where, check, log, list mode. */
function compileStages(source: SourceSyntax, slot: number, placeOf: PlaceOf, scope: VariableScope, unit: MapUnit): Stage[] {
  const at = unit.position(source.at);
  const stages: Stage[] = [];
  const { min, max = Infinity, listMode } = source;
  if (min !== undefined) {
    stages.push((items, _frame, run, field, isDefault) => {
      const count = isDefault ? 0 : countOf(items);
      if (count < min || count > max) run.fail('cardinality', `This source occurs ${count} times`, at, field, { expected: `${min}..${max === Infinity ? '*' : max}` });
      return items;
    });
  }
  const forEach = (expression: Expression, keep: (item: Item, value: Collection, run: RunState, field: SourceField | undefined) => boolean): Stage => {
    const compiled = compileExpression(expression, { unit, scope, focus: true });
    return (items, frame, run, field) => {
      const one = (item: Item): boolean => keep(item, onItem(compiled, item, slot, frame, field, run), run, field);
      return filterItems(items, frame.indexes ? (item, number) => run.within(field, placeOf(frame, items, number, false), () => one(item)) : one);
    };
  };
  if (source.where) stages.push(forEach(source.where, (_item, value, run) => {
    run.step(at);
    return isTrue(value);
  }));
  if (source.check) stages.push(forEach(source.check, (_item, value, run, field) => {
    if (!isTrue(value)) run.fail('check-failed', 'The map demands something of this source that does not hold', at, field);
    return isTrue(value);
  }));
  const words = source.log && fixedWords(source.log);
  if (source.log) stages.push(forEach(source.log, (_item, value, run, field) => {
    if (words !== undefined) run.notice(words, at, field);
    run.log.push(itemsOf(value).map((part) => textOf(part) ?? JSON.stringify(part)).join(', '));
    return true;
  }));
  if (listMode) stages.push((items, _frame, run, field) => {
    if (listMode === 'only_one' && Array.isArray(items)) run.fail('only-one', 'This source may occur only once', at, field);
    return pickByMode(items, listMode);
  });
  return stages;
}

/** A text in quotes, which holds nothing of the record. */
function fixedWords(expression: Expression): string | undefined {
  if (expression.kind === 'brackets') return fixedWords(expression.inner);
  return expression.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
}

/** Evaluates with the item as focus and its alias bound, and marks what was looked at. */
function onItem(compiled: CompiledExpression, item: Item, slot: number, frame: Frame, field: SourceField | undefined, run: RunState): Collection {
  frame.values[slot] = item;
  frame.fields[slot] = field;
  compiled.mark.mark(frame, field, run.number, undefined);
  return compiled.evaluate(frame, item, field, run);
}

function filterItems(items: Collection, keep: (item: Item, number: number) => boolean): Collection {
  if (items === undefined) return undefined;
  if (!Array.isArray(items)) return keep(items, 0) ? items : undefined;
  return collect(items.filter(keep));
}

function pickByMode(items: Collection, mode: SourceListMode): Collection {
  const list = itemsOf(items);
  switch (mode) {
    case 'first':
      return list[0];
    case 'last':
      return list.at(-1);
    case 'not_first':
      return collect(list.slice(1));
    case 'not_last':
      return collect(list.slice(0, -1));
    default:
      return list.length > 1 ? undefined : items;
  }
}

/** The type filter on an untyped tree: the kind of JSON value, or the resource type; `value : string` also finds `valueString`. */
function ofType(items: Collection, type: string, branch: () => Collection): Collection {
  const found = filterItems(items, (item) => typeMatches(item, type));
  return found ?? (items === undefined ? branch() : undefined);
}

function typeMatches(item: Item, type: string): boolean {
  if (typeof item === 'string') return type === 'string';
  if (typeof item === 'boolean') return type === 'boolean';
  if (typeof item === 'number') return type === 'decimal' || (type === 'integer' && Number.isInteger(item));
  if (isExactDecimal(item)) return type === 'decimal';
  return item['resourceType'] === undefined ? ['BackboneElement', 'Element', 'object'].includes(type) : item['resourceType'] === type;
}
