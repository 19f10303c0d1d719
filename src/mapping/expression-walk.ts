import type { Expression } from './map-syntax.ts';
import type { MapUnit } from './map-unit.ts';
import type { VariableScope } from './variable-scope.ts';

/** Where an expression stands: which names it may use, and whether it has a focus (`where`) or none (`= (…)`). */
export interface ExpressionPlace {
  unit: MapUnit;
  scope: VariableScope;
  focus: boolean;
}

const lambdas = new Set(['where', 'select', 'all', 'exists', 'repeat', 'any', 'iif', 'trace', 'aggregate', 'sort', 'repeatAll', 'defineVariable']);

/** Are the arguments of this call evaluated on each item of what it is called on? */
export function hasOwnFocus(call: { name: string; target?: Expression }): boolean {
  return lambdas.has(call.name) && (call.name !== 'iif' || call.target !== undefined);
}

/** Calls `see` for the expression and everything in it, telling whether it has a focus there. */
export function visit(expression: Expression, focus: boolean, see: (part: Expression, focus: boolean) => void): void {
  see(expression, focus);
  switch (expression.kind) {
    case 'brackets':
      return visit(expression.inner, focus, see);
    case 'member':
      if (expression.target) visit(expression.target, focus, see);
      return;
    case 'call':
      if (expression.target) visit(expression.target, focus, see);
      for (const argument of expression.args) visit(argument, focus || hasOwnFocus(expression), see);
      return;
    case 'index':
      visit(expression.target, focus, see);
      return visit(expression.index, focus, see);
    case 'unary':
    case 'type':
      return visit(expression.operand, focus, see);
    case 'binary':
      visit(expression.left, focus, see);
      return visit(expression.right, focus, see);
    default:
  }
}
