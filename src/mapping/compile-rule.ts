import type { Position } from '../fhir/problem.ts';
import { itemsOf } from './collection.ts';
import type { Collection, Item } from './collection.ts';
import { compileCall } from './compile-call.ts';
import { compileSimple } from './compile-simple.ts';
import { compileSource } from './compile-source.ts';
import type { CompiledSource } from './compile-source.ts';
import { compileTarget } from './compile-target.ts';
import type { Firing, Step } from './compile-target.ts';
import type { GroupCompiler } from './compile-group.ts';
import type { RuleSyntax } from './map-syntax.ts';
import { CompileStop } from './map-unit.ts';
import type { Frame, RunState } from './run-state.ts';
import type { Trace } from './trace.ts';
import type { VariableScope } from './variable-scope.ts';
import { wantedBy } from './wanted-by.ts';
import type { WantedElement } from './wanted-by.ts';

/** Compiles rules in their order; one with a mistake is reported and the others are still checked. */
export function compileRules(rules: RuleSyntax[], scope: VariableScope, group: GroupCompiler): Step[] {
  const steps: Step[] = [];
  for (const rule of rules) {
    try {
      steps.push(compileRule(rule, scope, group));
    } catch (error) {
      if (!(error instanceof CompileStop)) throw error;
    }
  }
  return steps;
}

function compileRule(rule: RuleSyntax, outer: VariableScope, group: GroupCompiler): Step {
  const scope = outer.inner();
  const sources = rule.sources.map((source) => compileSource(source, scope, group.unit));
  const firing = { ...(rule.name === undefined ? {} : { rule: rule.name }), slots: sources.map(({ slot }) => slot) };
  const steps = isSimple(rule) ? [compileSimple(rule, sources, firing, scope, group)] : compileBody(rule, firing, scope, group);
  const at = group.unit.position(rule.at);
  const fire = oneStep(steps);
  const [only] = sources;
  if (only && isSimple(rule)) only.copiesBeside = true;
  const wanted = wantedBy(rule, outer, group.unit);
  if (only && sources.length === 1) return singleSource(only, fire, wanted, at);
  return (frame, run) => everyCombination(sources, 0, fire, wanted, frame, run, at);
}

/** Targets, then calls, then the block. */
function compileBody(rule: RuleSyntax, firing: Firing, scope: VariableScope, group: GroupCompiler): Step[] {
  const targets = rule.targets.map((target) => compileTarget(target, firing, scope, group));
  const calls = rule.calls.map((call) => compileCall(call, scope, group));
  return [...targets, ...calls, ...compileRules(rule.block ?? [], scope, group)];
}

/** `src.a -> tgt.b` with nothing said about how, or an explicit `create()` that does not say what */
function isSimple(rule: RuleSyntax): boolean {
  const [target] = rule.targets;
  const isBare = rule.calls.length === 0 && rule.block === undefined && rule.sources.length === 1 && rule.targets.length === 1;
  if (!isBare || target?.context === undefined || target.path.length === 0) return false;
  const { transform } = target;
  return transform === undefined ? target.alias === undefined : transform.kind === 'call' && transform.call.name === 'create' && transform.call.args.length === 0;
}

function oneStep(steps: Step[]): Step {
  const [first, second] = steps;
  if (!first) return () => undefined;
  if (!second) return first;
  return (frame, run) => {
    for (const step of steps) step(frame, run);
  };
}

function singleSource(source: CompiledSource, fire: Step, wanted: readonly WantedElement[], at: Position): Step {
  return (frame, run) => {
    const items = source.pick(frame, run);
    if (items === undefined) return run.trace && tellGaps(source, wanted, frame, run.trace);
    if (!Array.isArray(items)) return fireFor(source, items, items, 0, fire, frame, run, at);
    for (let number = 0; number < items.length; number += 1) fireFor(source, items[number], items, number, fire, frame, run, at);
  };
}

function fireFor(source: CompiledSource, item: Item | undefined, picked: Collection, number: number, fire: Step, frame: Frame, run: RunState, at: Position): void {
  run.step(at);
  const field = source.field(frame);
  frame.values[source.slot] = item;
  frame.fields[source.slot] = field;
  field?.markRead(run.number);
  if (source.copiesBeside) run.beside = source.beside(frame, picked, number);
  if (!frame.indexes) return fire(frame, run);
  const indexes = source.indexes(frame, picked, number);
  frame.indexes[source.slot] = indexes;
  run.within(field, indexes, () => fire(frame, run));
}

/** The rule does not fire for want of this source. */
function tellGaps(source: CompiledSource, wanted: readonly WantedElement[], frame: Frame, trace: Trace): void {
  const place = source.place(frame);
  for (const { slot, path, at, rule } of wanted) {
    trace.missed(frame.values[slot], path, { at, ...(rule !== undefined && { rule }), fields: place ? [place] : [], firedBy: [] });
  }
}

/** Several sources: once for each combination; none where one of them is empty. */
function everyCombination(sources: CompiledSource[], index: number, fire: Step, wanted: readonly WantedElement[], frame: Frame, run: RunState, at: Position): void {
  const source = sources[index];
  if (!source) return fire(frame, run);
  const next: Step = (inner, state) => everyCombination(sources, index + 1, fire, wanted, inner, state, at);
  const items = source.pick(frame, run);
  if (items === undefined) return run.trace && tellGaps(source, wanted, frame, run.trace);
  const list = itemsOf(items);
  for (let number = 0; number < list.length; number += 1) fireFor(source, list[number], items, number, next, frame, run, at);
}
