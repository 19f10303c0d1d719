import { isJsonObject, textOf, type Json, type JsonObject } from '../../fhir/json.ts';
import { Refusal } from '../../fhir/problem.ts';
import { findTarget } from './kind-examples.ts';
import { errorsIn, ownKeyOf } from './map-source.ts';
import type { Workbench } from './map-workbench.ts';
import { openSource, type NamedSource, type OpenedSource } from './open-source.ts';
import { showValue } from './show-value.ts';

/** One element that is no longer what it was. */
export interface ChangedPath {
  /** with indexes: `Patient.name[0].family` */
  path: string;
  /** as far as they may be shown; absent: there was, or is, none */
  before?: string;
  after?: string;
}

/** One resource that is not the same under both maps. */
export interface ChangedResource {
  effect: 'added' | 'removed' | 'changed';
  type: string;
  /** which of its type in the file, 1-based: an identifier would say who */
  number: number;
  paths: ChangedPath[];
}

export interface FileDifference {
  file: string;
  resources: number;
  changes: ChangedResource[];
  /** codes of problems with their fields, by how many more (or fewer) there are now */
  problems: { code: string; field: string; before: number; after: number }[];
}

/** What files become under one set of maps and under another; `before` null where the other has no such kind. */
export async function compareMaps(
  before: Workbench, after: Workbench, target: string, source: NamedSource, options: { part: string | null; show: (value: string) => string },
): Promise<FileDifference> {
  const now = await openSource(after, target, source, options);
  const then = hasTarget(before, target) ? await openSource(before, target, source, options) : null;
  const [old, current] = [then ? resourcesOf(then) : new Map<string, JsonObject>(), resourcesOf(now)];
  const numbers = new Map<string, number>();
  const changes = [...new Set([...current.keys(), ...old.keys()])].flatMap((key): ChangedResource[] => {
    const [was, is] = [old.get(key), current.get(key)];
    const type = textOf((is ?? was)?.['resourceType']);
    const number = (numbers.get(type) ?? 0) + 1;
    numbers.set(type, number);
    if (!was || !is) return [{ effect: is ? 'added' : 'removed', type, number, paths: [] }];
    const paths = [...changedPaths(type, was, is, options.show)];
    return paths.length === 0 ? [] : [{ effect: 'changed', type, number, paths }];
  });
  return { file: source.path, resources: current.size, changes, problems: changedProblems(then ? problemsOf(then) : [], problemsOf(now)) };
}

function hasTarget({ mappings }: Workbench, target: string): boolean {
  try {
    return findTarget(mappings, target).kind.name !== '';
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** By what the gateway would call them; the last of a name counts. */
function resourcesOf({ source, feed }: OpenedSource): Map<string, JsonObject> {
  const good = source.rows.flatMap(({ result }) => (result && errorsIn(result.problems).length === 0 ? result.resources : []));
  return new Map(good.map((resource, index) => [ownKeyOf(resource, feed) || `${index}`, resource]));
}

function* changedPaths(path: string, before: Json | undefined, after: Json | undefined, show: (value: string) => string): Generator<ChangedPath> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index += 1) yield* changedPaths(`${path}[${index}]`, before[index], after[index], show);
  } else if (isJsonObject(before) && isJsonObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) yield* changedPaths(`${path}.${name}`, before[name], after[name], show);
  } else {
    yield { path, ...(before !== undefined && { before: showValue(before, show) }), ...(after !== undefined && { after: showValue(after, show) }) };
  }
}

function problemsOf({ source }: OpenedSource): string[] {
  const told = [...source.problems, ...source.rows.flatMap(({ read, result }) => [...read, ...(result?.problems ?? [])])];
  return told.map(({ code, at }) => JSON.stringify([code, at?.field ?? at?.pointer ?? '']));
}

function changedProblems(before: readonly string[], after: readonly string[]): FileDifference['problems'] {
  const count = (all: readonly string[], wanted: string): number => all.filter((key) => key === wanted).length;
  return [...new Set([...before, ...after])].flatMap((key) => {
    const [code = '', field = ''] = JSON.parse(key) as string[];
    const counts = { before: count(before, key), after: count(after, key) };
    return counts.before === counts.after ? [] : [{ code, field, ...counts }];
  });
}
