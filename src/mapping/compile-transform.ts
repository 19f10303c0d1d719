import { compileArgument } from './compile-argument.ts';
import { compileExpression } from './compile-expression.ts';
import { cloneValue } from './clone-value.ts';
import type { GroupCompiler } from './compile-group.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import type { CallSyntax, TransformSyntax } from './map-syntax.ts';
import type { Argument, Transform } from './transform.ts';
import { compileCopy, transforms } from './transforms.ts';

/** Compiles what stands after `=`: a transform call, or an expression whose value is copied. */
export function compileTransform(syntax: TransformSyntax, place: ExpressionPlace, group: GroupCompiler): Transform {
  if (syntax.kind === 'expression') return compileCopy([compileArgument(syntax.expression, place)]);
  const { call } = syntax;
  const { unit } = place;
  if (call.name === 'evaluate') return compileEvaluate(call, place);
  const kind = transforms.get(call.name);
  if (!kind) {
    const known = [...transforms.keys()].join(', ');
    return unit.fail(call.at, 'unknown-transform', `There is no transform ${call.name}; known are evaluate, ${known}`, 'a FHIRPath expression needs brackets: = (…)');
  }
  if (call.args.length < kind.least || call.args.length > kind.most) {
    unit.fail(call.at, 'map-transform', `${call.name} takes ${kind.least === kind.most ? kind.least : `${kind.least} to ${kind.most}`} arguments`);
  }
  const args = call.args.map((argument) => compileArgument(argument, place));
  return kind.compile(args, { ...group.transformContext, name: call.name, place, offset: call.at, at: unit.position(call.at) });
}

/** evaluate(expression), or evaluate(context, expression): the context is the focus. */
function compileEvaluate(call: CallSyntax, place: ExpressionPlace): Transform {
  const [first, second] = call.args;
  if (!first || call.args.length > 2) return place.unit.fail(call.at, 'map-transform', 'evaluate takes an expression, or a context and an expression');
  if (!second) return compileCopy([compileArgument(first, place)]);
  const context = compileArgument(first, place);
  const expression = compileExpression(second, { ...place, focus: true });
  const focusField: Argument['mark']['firstField'] = (frame) => context.mark.firstField(frame, undefined);
  const carried: Argument = {
    syntax: second,
    evaluate: (frame, _focus, _field, run) => expression.evaluate(frame, context.evaluate(frame, undefined, undefined, run), focusField(frame, undefined), run),
    mark: {
      isPath: false,
      mark: (frame, _focus, run, target) => expression.mark.mark(frame, focusField(frame, undefined), run, target),
      firstField: (frame) => expression.mark.firstField(frame, focusField(frame, undefined)),
      places: (frame) => expression.mark.places(frame, focusField(frame, undefined)),
    },
  };
  return { carries: [carried], evaluate: (frame, run) => cloneValue(carried.evaluate(frame, undefined, undefined, run)) };
}
