import type { Collection } from './collection.ts';
import { compileFast } from './fast-expression.ts';
import { BudgetStop, Unsure } from './fast-values.ts';
import type { Evaluator } from './fast-values.ts';
import { compileSlow } from './slow-expression.ts';
import { visit } from './expression-walk.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import { markUses } from './expression-uses.ts';
import type { UseMarker } from './expression-uses.ts';
import type { Expression } from './map-syntax.ts';
import { CompileStop } from './map-unit.ts';
import { checkCall } from './known-functions.ts';
import type { Frame, RunState } from './run-state.ts';
import type { SourceField } from './source-field.ts';

export interface CompiledExpression {
  /** A mistake in evaluation becomes a problem of the run, and the value is nothing. `field` is the focus' place in the source. */
  evaluate(frame: Frame, focus: Collection, field: SourceField | undefined, run: RunState): Collection;
  mark: UseMarker;
}

/**
 * Compiles a FHIRPath expression. Everyday expressions become closures; what those do not know, or meet unexpectedly
 * (several values where one belongs, mixed types), is decided by the fhirpath library.
 */
export function compileExpression(expression: Expression, place: ExpressionPlace): CompiledExpression {
  checkNames(expression, place);
  const at = place.unit.position(expression.at);
  const mark = markUses(expression, place);
  const fast = compileFast(expression, place);
  let slow: Evaluator | undefined = fast ? undefined : slowOrStop(expression, place);
  const evaluate: CompiledExpression['evaluate'] = (frame, focus, field, run) => {
    try {
      if (fast) return fast(frame, focus);
    } catch (error) {
      if (error instanceof BudgetStop) return run.overBudget(at, mark.firstField(frame, field) ?? field);
      if (!(error instanceof Unsure)) throw error;
    }
    try {
      slow ??= compileSlow(expression, place);
      return slow(frame, focus);
    } catch (error) {
      if (error instanceof BudgetStop) return run.overBudget(at, mark.firstField(frame, field) ?? field);
      run.fail('expression-failed', 'This expression cannot be evaluated on the values it meets here', at, mark.firstField(frame, field) ?? field);
      return undefined;
    }
  };
  return { evaluate, mark };
}

function slowOrStop(expression: Expression, place: ExpressionPlace): Evaluator {
  try {
    return compileSlow(expression, place);
  } catch (error) {
    if (error instanceof CompileStop) throw error;
    return place.unit.fail(expression.at, 'map-expression', 'This expression cannot be compiled: check its functions');
  }
}

/** As a condition: nothing is false, anything but `false` is true. */
export function isTrue(value: Collection): boolean {
  return value !== undefined && value !== false;
}

/** The only string of a collection, the text of a number or boolean; undefined when there is none or several. */
export function textOf(value: Collection): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

const libraryVariables = new Set(['ucum', 'context']);
const unavailable = new Map([
  ['resolve', 'There is nothing to resolve references against'],
  ['memberOf', 'There is no terminology service here: use a table and translate()'],
]);

/** Every name at the start of a path must be something: a variable, a constant or, where there is a focus, a child of it. */
function checkNames(expression: Expression, place: ExpressionPlace): void {
  const { unit, scope } = place;
  visit(expression, place.focus, (part, focus) => {
    if (part.kind === 'variable') {
      const known = scope.any(part.name) ?? (scope.constants.has(part.name) || libraryVariables.has(part.name));
      if (!known) unit.fail(part.at, 'undeclared-variable', `The variable %${part.name} is not declared here`);
    }
    if (part.kind === 'member' && !part.target && !focus && !scope.any(part.name) && !scope.constants.has(part.name)) {
      const names = scope.names().join(', ');
      unit.fail(part.at, 'undeclared-variable', `${part.name} is not a variable here; there are ${names}`, `a fixed text needs quotes: '${part.name}'`);
    }
    if (part.kind === 'member' && part.name === '__proto__') unit.fail(part.at, 'map-syntax', '__proto__ is not allowed as a name');
    if (part.kind !== 'call') return;
    const reason = unavailable.get(part.name) ?? checkCall(part.name, part.args.length);
    if (reason !== undefined) unit.fail(part.at, 'unsupported-function', reason);
  });
}
