import type { JsonObject } from '../fhir/json.ts';
import type { Position, Problem } from '../fhir/problem.ts';
import type { Collection } from './collection.ts';
import type { ListEnds } from './list-ends.ts';
import { pointerTo, type Indexes } from './repeat-indexes.ts';
import { BudgetStop } from './fast-values.ts';
import type { SourceField } from './source-field.ts';
import type { Beside } from './source-path.ts';
import type { TargetPlace } from './target-place.ts';
import type { Trace } from './trace.ts';
import type { UnmappedCode } from './types.ts';

/** Thrown inside a run when its budget is used up; never leaves `run`. */
export class RunStop extends Error {}

const mostProblems = 100;
/** an expression's step is cheaper than a rule's firing */
const evaluationsPerStep = 5;
const deepestCalls = 100;

/** The variables of one call of a group: by slot, the value and where it comes from (source) or goes to (target). */
export interface Frame {
  values: Collection[];
  fields: (SourceField | undefined)[];
  places: (TargetPlace | undefined)[];
  /** nodes of `share` labels, by slot */
  shared: (JsonObject | undefined)[];
  /** by slot, which repeats of the source the value is; only kept where the run tells places */
  indexes: (Indexes | undefined)[] | undefined;
  run: RunState;
}

export function newFrame(run: RunState): Frame {
  return { values: [], fields: [], places: [], shared: [], indexes: undefined, run };
}

/** Hands a variable to another frame with where it comes from and leads to. */
export function moveSlot(outer: Frame, from: number, inner: Frame, to: number): void {
  inner.values[to] = outer.values[from];
  inner.fields[to] = outer.fields[from];
  inner.places[to] = outer.places[from];
  if (outer.indexes) (inner.indexes ??= [])[to] = outer.indexes[from];
}

/** What one record's run collects. */
export class RunState {
  readonly number: number;
  readonly log: string[] = [];
  readonly notices: Problem[] = [];
  readonly unmapped: UnmappedCode[] = [];
  readonly problems: Problem[] = [];
  readonly trace: Trace | undefined;
  /** made when a rule first claims an end of a list */
  ends: ListEnds | undefined = undefined;
  /** the record, where the run tells which repeats its problems are in */
  private readonly placed: JsonObject | undefined;
  /** which repeats of the source rules are at, by path */
  private readonly standing = new Map<string, Indexes>();
  private seen: Set<string> | undefined;
  private stepsLeft: number;
  /** what the primitive that is about to be copied carries beside its value */
  beside: Beside | undefined;
  private evaluationsLeft: number;
  private depth = 0;

  constructor(number: number, maxSteps: number, { trace, placed }: { trace?: Trace | undefined; placed?: JsonObject | undefined } = {}) {
    this.number = number;
    this.trace = trace;
    this.placed = placed;
    this.stepsLeft = maxSteps;
    this.evaluationsLeft = maxSteps * evaluationsPerStep;
  }

  /** Counts one firing of a rule. */
  step(at: Position): void {
    this.stepsLeft -= 1;
    if (this.stepsLeft >= 0) return;
    this.fail('map-budget', 'This record needs more rule firings than a record may use', at, undefined);
    throw new RunStop();
  }

  /** Counts items an expression looks at. */
  spend(evaluations: number): void {
    this.evaluationsLeft -= evaluations;
    if (this.evaluationsLeft < 0) throw new BudgetStop();
  }

  /** Ends the record because of an expression. */
  overBudget(at: Position, field: SourceField | undefined): never {
    this.fail('map-budget', 'This expression needs more steps, time or room than a record may use', at, field);
    throw new RunStop();
  }

  /** Does something while the source stands at one of its repeats. */
  within<T>(field: SourceField | undefined, indexes: Indexes | undefined, work: () => T): T {
    if (!field || !indexes) return work();
    const before = this.standing.get(field.path);
    this.standing.set(field.path, indexes);
    const done = work();
    if (before) this.standing.set(field.path, before);
    else this.standing.delete(field.path);
    return done;
  }

  enter(at: Position): void {
    this.depth += 1;
    if (this.depth <= deepestCalls) return;
    this.fail('map-budget', 'Groups call each other too deeply for this record', at, undefined);
    throw new RunStop();
  }

  leave(): void {
    this.depth -= 1;
  }

  /** An error: nothing of this record may be used. */
  fail(code: string, text: string, at: Position, field: SourceField | undefined, more: { expected?: string; fix?: string } = {}): void {
    this.add({ category: 'unprocessable', code, text, at: this.position(at, field), severity: 'error', ...more });
  }

  warn(code: string, text: string, at: Position, field: SourceField | undefined): void {
    this.add({ category: 'unprocessable', code, text, at: this.position(at, field), severity: 'warning' });
  }

  /** Words of the map itself, never of the record, so its sender may be told. */
  notice(text: string, at: Position, field: SourceField | undefined): void {
    if (this.notices.length < mostProblems) this.notices.push({ category: 'unprocessable', code: 'map-notice', text: `The map says: ${text}.`, at: this.position(at, field), severity: 'warning' });
  }

  /** The same mistake at the same place is told once; errors are never crowded out by warnings. */
  private add(problem: Problem): void {
    const key = `${problem.code} ${problem.text} ${problem.at?.file} ${problem.at?.line}:${problem.at?.column} ${problem.at?.field} ${problem.at?.pointer}`;
    this.seen ??= new Set();
    if (this.seen.has(key)) return;
    if (this.problems.length >= mostProblems) {
      const warning = problem.severity === 'error' ? this.problems.findIndex((p) => p.severity === 'warning') : -1;
      if (warning === -1) return;
      this.problems.splice(warning, 1);
    }
    this.seen.add(key);
    this.problems.push(problem);
  }

  private position(at: Position, field: SourceField | undefined): Position {
    if (!field || field.path === '') return at;
    const pointer = this.placed && pointerTo(this.placed, field.path, this.standing);
    return { ...at, field: field.path, ...(pointer !== undefined && { pointer }) };
  }
}
