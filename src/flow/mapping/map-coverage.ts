import type { Kind, Part } from '../../intake/types.ts';
import type { LedgerEntry } from '../../mapping/types.ts';
import { coversField, fieldStates, type FieldState } from './field-states.ts';
import { examplesOf, findTarget, readInput } from './kind-examples.ts';
import { errorsIn } from './map-source.ts';
import type { Workbench } from './map-workbench.ts';
import { openSource, type OpenedSource } from './open-source.ts';
import { mapPlace, type MapPlace } from './place-problem.ts';

export interface MapCoverage {
  kind: string;
  /** every example with its rows and the fields it leaves behind */
  examples: { name: string; rows: number; ok: number; left: string[] }[];
  /** source fields the examples hold, by what becomes of them */
  fields: { [state in FieldState]: string[] };
  /** why each dropped field is dropped */
  reasons: { field: string; reason: string }[];
  /** columns of the schema that no example holds */
  notShown: string[];
  targets: { total: number; never: { path: string; at: MapPlace }[] };
}

/** What the examples of a kind leave untried: source fields nothing reads, elements no rule ever set, columns nobody showed. */
export async function coverKind(bench: Workbench, name: string): Promise<MapCoverage> {
  const target = findTarget(bench.mappings, name);
  const { kind } = target;
  const dropped = bench.mappings.dropped(kind.name);
  const runs = await Promise.all(examplesOf(bench.folder, kind.name).map(async ({ name: example, input }) => {
    const opened = await openSource(bench, name, { path: input, bytes: readInput(input) }, { part: null, show: (value) => value });
    return { example, opened };
  }));
  const states = fieldStates(runs.flatMap(({ opened }) => ledgerOf(opened)), dropped);
  const having = (state: FieldState): string[] => [...states].filter(([, each]) => each === state).map(([field]) => field);
  const held = new Set(runs.flatMap(({ opened }) => opened.source.rows.flatMap(({ input }) => Object.keys(input?.record ?? {}))));
  return {
    kind: kind.name,
    examples: runs.map(({ example, opened }) => ({
      name: example, rows: opened.source.rows.length, ok: opened.source.rows.filter(({ result }) => result && errorsIn(result.problems).length === 0).length,
      left: [...fieldStates(ledgerOf(opened), dropped)].filter(([, state]) => state === 'unmapped').map(([field]) => field),
    })),
    fields: { carried: having('carried'), read: having('read'), dropped: having('dropped'), unmapped: having('unmapped') },
    reasons: having('dropped').map((field) => ({ field, reason: dropped.find((row) => coversField(row, field))?.reason ?? '' })),
    notShown: kind.parts.flatMap(({ columns = [] }) => columns.filter((column) => !held.has(column.name)).map(({ header }) => header)),
    targets: coverTargets(bench, runs.map(({ opened }) => opened)),
  };
}

function ledgerOf({ source }: OpenedSource): LedgerEntry[] {
  return source.rows.flatMap(({ result }) => (result && errorsIn(result.problems).length === 0 ? result.ledger : []));
}

/** Of a package every table with a map, otherwise the one part. */
function partsOf(kind: Kind, part: Part): Part[] {
  return kind.parts.includes(part) ? [part] : kind.parts.filter(({ cover }) => !cover);
}

/** Parts share maps: a target is told once, and is covered when any part's examples set it. */
function coverTargets(bench: Workbench, opened: readonly OpenedSource[]): MapCoverage['targets'] {
  const placeOf = ({ file, line, column }: { file?: string; line?: number; column?: number }): string => `${file}:${line}:${column}`;
  const set = new Set(opened.flatMap(({ source }) => source.rows.flatMap(({ result }) => (result?.trace ?? []).map(({ at }) => placeOf(at)))));
  // that a resource is made is seen in what it is given
  const targets = new Map(opened.flatMap(({ kind, feed, part, placing }) => partsOf(kind, part).flatMap((each) => bench.mapOf(feed, kind, each).targets)
    .filter(({ path }) => !path.startsWith('Bundle')).map(({ path, at }) => [placeOf(at), { path, at: mapPlace(placing, at) }] as const)));
  return { total: targets.size, never: [...targets].filter(([place]) => !set.has(place)).map(([, each]) => each) };
}
