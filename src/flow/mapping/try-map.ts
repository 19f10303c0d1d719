import { requiredElements } from '../../fhir/definitions.ts';
import { textOf, type JsonObject } from '../../fhir/json.ts';
import { fieldStates } from './field-states.ts';
import { errorsIn, type MappedSourceRow } from './map-source.ts';
import type { Workbench } from './map-workbench.ts';
import { openSource, type NamedSource, type OpenedSource } from './open-source.ts';
import { blameSource } from '../intake/blame-source.ts';
import { fieldAsSent } from '../intake/field-as-sent.ts';
import { isToldBefore } from '../intake/place-in-source.ts';
import { placeMapProblem, placeReadProblem, type PlacedProblem } from './place-problem.ts';

/** What a map does with one file. */
export interface TriedFile {
  file: string;
  feed: string;
  part: string;
  rows: number;
  /** rows without an error */
  ok: number;
  /** what came of the good rows, a resource said again replacing itself */
  resources: JsonObject[];
  problems: PlacedProblem[];
  /** distinct source fields, and those that are carried, read or dropped on purpose */
  fields: { total: number; used: number; left: string[] };
  /** elements that resources of the types made must have, over all rows that were mapped, and those some of them lack */
  required: { total: number; missing: string[] };
}

/** Takes a file through split, check, fold, map and validation, as intake would, and tells everything that is wrong with it. */
export async function tryMap(bench: Workbench, target: string, source: NamedSource, options: { part: string | null; show: (value: string) => string }): Promise<TriedFile> {
  const opened = await openSource(bench, target, source, options);
  const { rows, problems } = opened.source;
  const tried = rows.map((row) => tryRow(bench, opened, row));
  const good = tried.filter(({ problems: own }) => own.every(({ severity }) => severity !== 'error'));
  const states = fieldStates(good.flatMap(({ row }) => row.result?.ledger ?? []), bench.mappings.dropped(opened.kind.name));
  const left = [...states].filter(([, state]) => state === 'unmapped').map(([field]) => field);
  return {
    file: source.path, feed: opened.feed.key, part: opened.part.name, rows: rows.length, ok: good.length,
    resources: lastOfEach(good.flatMap(({ row }) => row.result?.resources ?? [])),
    problems: told([...problems.map((problem) => placeReadProblem(opened.placing, problem, null)), ...tried.flatMap(({ problems: own }) => own)]),
    fields: { total: states.size, used: states.size - left.length, left },
    required: requiredIn(rows.flatMap(({ result }) => result?.resources ?? [])),
  };
}

/** A choice is there by the name of one of its branches. */
function requiredIn(resources: readonly JsonObject[]): TriedFile['required'] {
  const byType = Map.groupBy(resources, ({ resourceType }) => textOf(resourceType));
  const all = [...byType].flatMap(([type, own]) => requiredElements(type).map((name) => ({ path: `${type}.${name}`, name, own })));
  const isThere = (resource: JsonObject, name: string): boolean => name in resource || Object.keys(resource).some((key) => new RegExp(`^${name}[A-Z]`).test(key));
  return { total: all.length, missing: all.filter(({ name, own }) => !own.every((resource) => isThere(resource, name))).map(({ path }) => path) };
}

function tryRow(bench: Workbench, { placing }: OpenedSource, row: MappedSourceRow): { row: MappedSourceRow; problems: PlacedProblem[] } {
  const read = row.read.map((problem) => placeReadProblem(placing, problem, row.row));
  const { result } = row;
  if (!result) return { row, problems: read };
  const mapped = result.problems.filter((problem) => !isToldBefore(problem, { said: row.saidBy, messageId: row.row.messageId ?? '' })).map((problem) => placeMapProblem(placing, problem, row));
  if (errorsIn(result.problems).length > 0) return { row, problems: [...read, ...mapped] };
  const nameOf = (path: string): string => fieldAsSent(placing.kind, row.part, path);
  const invalid = result.resources.flatMap((resource, index) => bench.validate(resource).map((problem) => placeMapProblem(placing, blameSource(problem, index, { record: row.record, result, nameOf }), row)));
  return { row, problems: [...read, ...mapped, ...invalid] };
}

/** Rows that are read with others tell of these what was told before. */
function told(problems: readonly PlacedProblem[]): PlacedProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

/** A resource said again replaces itself. */
export function lastOfEach(resources: readonly JsonObject[]): JsonObject[] {
  return [...new Map(resources.map((resource) => [JSON.stringify([resource['resourceType'], resource['identifier']]), resource])).values()];
}
