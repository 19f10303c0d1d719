import type { JsonObject } from '../fhir/json.ts';
import type { Position, Problem } from '../fhir/problem.ts';
import type { Collection } from './collection.ts';
import type { SourceField } from './source-field.ts';
import type { TargetPlace } from './target-place.ts';
import type { UnmappedCode } from './types.ts';

/** Thrown inside a run when its budget is used up; never leaves `run`. */
export class RunStop extends Error {}

const mostProblems = 100;
const deepestCalls = 100;

/** The variables of one call of a group: by slot, the value and where it comes from (source) or goes to (target). */
export interface Frame {
  values: Collection[];
  fields: (SourceField | undefined)[];
  places: (TargetPlace | undefined)[];
  /** nodes of `share` labels, by slot */
  shared: (JsonObject | undefined)[];
}

export function newFrame(): Frame {
  return { values: [], fields: [], places: [], shared: [] };
}

/** What one record's run collects. */
export class RunState {
  readonly number: number;
  readonly log: string[] = [];
  readonly unmapped: UnmappedCode[] = [];
  readonly problems: Problem[] = [];
  private seen: Set<string> | undefined;
  private stepsLeft: number;
  private depth = 0;

  constructor(number: number, maxSteps: number) {
    this.number = number;
    this.stepsLeft = maxSteps;
  }

  /** Counts one firing of a rule. */
  step(at: Position): void {
    this.stepsLeft -= 1;
    if (this.stepsLeft >= 0) return;
    this.fail('map-budget', 'This record needs more rule firings than a record may use', at, undefined);
    throw new RunStop();
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
    this.add({ category: 'unprocessable', code, text, at: position(at, field), severity: 'error', ...more });
  }

  warn(code: string, text: string, at: Position, field: SourceField | undefined): void {
    this.add({ category: 'unprocessable', code, text, at: position(at, field), severity: 'warning' });
  }

  /** The same mistake at the same place is told once; errors are never crowded out by warnings. */
  private add(problem: Problem): void {
    const key = `${problem.code} ${problem.text} ${problem.at?.file} ${problem.at?.line}:${problem.at?.column} ${problem.at?.field}`;
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
}

function position(at: Position, field: SourceField | undefined): Position {
  return field && field.path !== '' ? { ...at, field: field.path } : at;
}
