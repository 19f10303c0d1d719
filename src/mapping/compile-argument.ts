import { compileExpression } from './compile-expression.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import type { Expression } from './map-syntax.ts';
import type { Argument } from './transform.ts';

/** Compiles an argument of a transform or a group: a literal, a variable or an expression without a focus. */
export function compileArgument(syntax: Expression, place: ExpressionPlace): Argument {
  const compiled = compileExpression(syntax, { ...place, focus: false });
  const argument: Argument = { ...compiled, syntax };
  if (syntax.kind === 'literal') argument.literal = syntax.value;
  if (syntax.kind === 'variable' || (syntax.kind === 'member' && !syntax.target)) {
    const variable = place.scope.any(syntax.name);
    if (variable) argument.slot = variable.slot;
  }
  return argument;
}
