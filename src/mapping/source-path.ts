import { choiceBranches } from '../fhir/definitions.ts';
import { isJsonObject, type Json, type JsonObject } from '../fhir/json.ts';
import { collect, everyChild, itemsOf, member } from './collection.ts';
import type { Collection } from './collection.ts';
import type { SourceSyntax } from './map-syntax.ts';
import type { MapUnit } from './map-unit.ts';
import { indexesOfPicked } from './repeat-indexes.ts';
import type { Frame } from './run-state.ts';
import type { SourceField } from './source-field.ts';

/** What a primitive carries beside its value, with its place in the source. */
export interface Beside {
  value: JsonObject;
  field: SourceField | undefined;
}

/** The names of a source's path as a record has them: the last may be a branch of a choice element. */
export type PathNames = (frame: Frame) => readonly string[];

/** A path whose last step is a choice element. */
export interface ChoicePath {
  /** with the branch the first of its parents has */
  names: PathNames;
  /** of every parent the branch it has */
  values(frame: Frame): Collection;
}

/** Undefined where the path has one meaning only. `src.value` finds any branch where the map reads FHIR, `src.value : Quantity` that one everywhere. */
export function choicePath({ path, type }: SourceSyntax, start: (frame: Frame) => Collection, unit: MapUnit): ChoicePath | undefined {
  const last = path.at(-1);
  if (last === undefined || last === '*') return undefined;
  const branches = type === undefined ? (unit.readsFhir ? choiceBranches(last) : undefined) : new Set([last + type.charAt(0).toUpperCase() + type.slice(1)]);
  if (!branches) return undefined;
  const above = path.slice(0, -1);
  const branchOf = (parent: Collection): string | undefined => [last, ...branches].find((name) => member(parent, name) !== undefined);
  const isNamedSo = (parents: Collection): boolean => parents === undefined || member(parents, last) !== undefined;
  return {
    names(frame) {
      const parents = valuesAt(start(frame), above);
      return isNamedSo(parents) ? path : [...above, branchOf(parents) ?? last];
    },
    values(frame) {
      const parents = valuesAt(start(frame), above);
      return isNamedSo(parents) ? member(parents, last) : collect(itemsOf(parents).flatMap((parent) => itemsOf(member(parent, branchOf(parent) ?? last))));
    },
  };
}

export function valuesAt(start: Collection, names: readonly string[]): Collection {
  let value = start;
  for (const name of names) value = name === '*' ? everyChild(value) : member(value, name);
  return value;
}

/** The id and extensions of the `number`th of the primitives a path picked: FHIR in JSON has them in a member with an underscore (R4 json, primitive elements). */
export function besideOf(start: Collection, names: readonly string[], picked: Collection, number: number, fromEnd: boolean): JsonObject | undefined {
  const last = names.at(-1);
  if (last === undefined || member(valuesAt(start, names.slice(0, -1)), `_${last}`) === undefined) return undefined;
  const indexes = indexesOfPicked(start, [], names, picked, number, fromEnd);
  let [node, at]: [Json | undefined, number] = [start, 0];
  for (const [step, name] of names.entries()) {
    for (; Array.isArray(node); at += 1) node = node[indexes?.[at] ?? 0];
    if (!isJsonObject(node)) return undefined;
    node = node[step === names.length - 1 ? `_${name}` : name];
  }
  const own = Array.isArray(node) ? node[indexes?.[at] ?? 0] : node;
  return isJsonObject(own) ? own : undefined;
}
