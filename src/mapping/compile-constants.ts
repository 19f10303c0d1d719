import type { Collection } from './collection.ts';
import { compileExpression } from './compile-expression.ts';
import { visit } from './expression-walk.ts';
import type { MapSyntax } from './map-syntax.ts';
import { CompileStop } from './map-unit.ts';
import type { MapUnit } from './map-unit.ts';
import { newFrame, RunState, RunStop } from './run-state.ts';
import { VariableScope } from './variable-scope.ts';

type Constant = MapSyntax['constants'][number];

/** Works out the `let` constants of a map, each once, those it names first. */
export function compileConstants(unit: MapUnit): ReadonlyMap<string, Collection> {
  const values = new Map<string, Collection>();
  const declared = new Map<string, Constant>();
  for (const constant of unit.syntax.constants) {
    if (declared.has(constant.name)) unit.report(constant.at, 'duplicate', `The constant ${constant.name} is declared twice`);
    declared.set(constant.name, constant);
  }
  for (const constant of declared.values()) {
    try {
      evaluateConstant(constant, declared, values, unit, new Set());
    } catch (error) {
      if (!(error instanceof CompileStop)) throw error;
      values.set(constant.name, undefined);
    }
  }
  return values;
}

function evaluateConstant(constant: Constant, declared: Map<string, Constant>, values: Map<string, Collection>, unit: MapUnit, open: Set<string>): void {
  if (values.has(constant.name)) return;
  if (open.has(constant.name)) unit.fail(constant.at, 'map-constant', `The constant ${constant.name} is defined by itself`);
  open.add(constant.name);
  visit(constant.value, false, (part) => {
    const other = part.kind === 'variable' || (part.kind === 'member' && !part.target) ? declared.get(part.name) : undefined;
    if (other) evaluateConstant(other, declared, values, unit, open);
  });
  open.delete(constant.name);
  const compiled = compileExpression(constant.value, { unit, scope: new VariableScope(values), focus: false });
  const run = new RunState(0, 10_000);
  try {
    values.set(constant.name, compiled.evaluate(newFrame(run), undefined, undefined, run));
  } catch (error) {
    if (!(error instanceof RunStop)) throw error;
  }
  if (run.problems.length > 0) unit.fail(constant.at, 'map-constant', `The constant ${constant.name} cannot be evaluated`);
}
