import type { JsonObject } from '../fhir/json.ts';
import type { Position } from '../fhir/problem.ts';
import type { GroupPlan } from './compile-group.ts';
import { ledgerOf } from './ledger.ts';
import { pruneNode } from './prune-node.ts';
import { newFrame, RunState, RunStop } from './run-state.ts';
import { SourceField } from './source-field.ts';
import { TargetPlace } from './target-place.ts';
import { Trace } from './trace.ts';
import type { MapResult, RunAsk } from './types.ts';

export interface RunOptions {
  /** rule firings one record may use; default 100,000 */
  maxSteps?: number;
  /** false leaves the ledger empty */
  ledger?: boolean;
  /** true: a run tells of every value where it came from; slower */
  trace?: boolean;
}

/**
 * What runs one record after another through the entry group. Nothing of a record stays behind for the next. A record with
 * problems is run once more, slower, to tell which repeats they are in.
 */
export function recordRunner(main: GroupPlan, options: RunOptions): (source: JsonObject, ask?: RunAsk) => MapResult {
  const root = new SourceField('');
  const type = main.parameters[1]?.type ?? 'Bundle';
  const place = new TargetPlace(type, type);
  const [sourceSlot, targetSlot] = main.parameters.map((parameter) => parameter.slot);
  const at = main.map.unit.position(main.syntax.at);
  let runs = 0;
  const runOnce = (source: JsonObject, telling: boolean, traced: boolean): MapResult => {
    runs += 1;
    const trace = traced ? new Trace() : undefined;
    const run = new RunState(runs, options.maxSteps ?? 100_000, { trace, placed: telling ? source : undefined });
    const target: JsonObject = { resourceType: type };
    const frame = newFrame(run);
    if (telling) frame.indexes = [[]];
    frame.values[sourceSlot ?? 0] = source;
    frame.fields[sourceSlot ?? 0] = root;
    frame.values[targetSlot ?? 1] = target;
    frame.places[targetSlot ?? 1] = place;
    let told: Pick<MapResult, 'trace' | 'gaps'> = trace ? { trace: [], gaps: [] } : {};
    const resources = attempt(() => {
      main.run(frame, run);
      const made = resourcesOf(target);
      if (trace) told = { trace: trace.entries(made), gaps: trace.gaps(made) };
      for (const resource of made) pruneNode(resource);
      return made;
    }, run, at);
    const ledger = options.ledger === false ? [] : ledgerOf(source, root, runs);
    return { resources, ledger, log: run.log, notices: run.notices, unmapped: run.unmapped, problems: run.problems, ...told };
  };
  return (source, { trace = options.trace ?? false } = {}) => {
    const result = runOnce(source, trace, trace);
    const isToPlace = !trace && result.problems.length + result.notices.length > 0 && result.problems.every(({ code }) => code !== 'map-budget');
    return isToPlace ? runOnce(source, true, false) : result;
  };
}

/** A record that uses up its budget, or is too deep for the stack, ends with a problem and without resources. */
function attempt(work: () => JsonObject[], run: RunState, at: Position): JsonObject[] {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) run.fail('map-budget', 'This record is nested too deeply', at, undefined);
    else if (!(error instanceof RunStop)) throw error;
    return [];
  }
}

function resourcesOf(target: JsonObject): JsonObject[] {
  if (target['resourceType'] !== 'Bundle') return [target];
  const resources: JsonObject[] = [];
  for (const entry of Array.isArray(target['entry']) ? target['entry'] : []) {
    const resource = (entry as JsonObject)['resource'];
    if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) continue;
    resources.push(resource);
  }
  return resources;
}
