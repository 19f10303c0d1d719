import { cloneValue } from './clone-value.ts';
import { compileArgument } from './compile-argument.ts';
import type { GroupCompiler, GroupPlan } from './compile-group.ts';
import type { Step } from './compile-target.ts';
import type { CallSyntax, Expression } from './map-syntax.ts';
import { moveSlot, newFrame } from './run-state.ts';
import type { Frame, RunState } from './run-state.ts';
import type { VariableScope } from './variable-scope.ts';

type Bind = (from: Frame, to: Frame, run: RunState) => void;

/** Compiles `then group(a, b)`: the group runs in a fresh frame that holds its parameters and nothing else. */
export function compileCall(call: CallSyntax, scope: VariableScope, group: GroupCompiler): Step {
  const { unit } = group;
  const plan = group.findGroup(call.name, call.at);
  if (plan.parameters.length !== call.args.length) {
    unit.fail(call.at, 'map-call', `${call.name} takes ${plan.parameters.length} arguments and is given ${call.args.length}`);
  }
  const binds = call.args.map((argument, index) => bindArgument(argument, index, plan, scope, group));
  return callGroup(plan, binds, group, call.at);
}

export function callGroup(plan: GroupPlan, binds: Bind[], group: GroupCompiler, offset: number): Step {
  const at = group.unit.position(offset);
  return (frame, run) => {
    const inner = newFrame();
    for (const bind of binds) bind(frame, inner, run);
    run.enter(at);
    plan.run(inner, run);
    run.leave();
  };
}

export function bindSlot(from: number, to: number): Bind {
  return (outer, inner) => { moveSlot(outer, from, inner, to); };
}

function bindArgument(syntax: Expression, index: number, plan: GroupPlan, scope: VariableScope, group: GroupCompiler): Bind {
  const parameter = plan.parameters[index];
  if (!parameter) throw new Error('the number of arguments was checked');
  const name = syntax.kind === 'member' && !syntax.target ? syntax.name : undefined;
  if (parameter.mode === 'target') {
    const variable = name === undefined ? undefined : scope.target(name);
    if (!variable) return group.unit.fail(syntax.at, 'map-call', `The parameter ${parameter.name} is a target: it takes a target variable`);
    checkType(variable.type, parameter.type, syntax, group);
    return bindSlot(variable.slot, parameter.slot);
  }
  const variable = name === undefined ? undefined : scope.any(name);
  if (variable) return bindSlot(variable.slot, parameter.slot);
  const argument = compileArgument(syntax, { unit: group.unit, scope, focus: false });
  const at = group.unit.position(syntax.at);
  return (outer, inner, run) => {
    const value = argument.evaluate(outer, undefined, undefined, run);
    const field = argument.mark.firstField(outer, undefined);
    if (Array.isArray(value)) run.fail('multiple-values', 'A parameter takes one value and is given several', at, field);
    else inner.values[parameter.slot] = cloneValue(value);
    inner.fields[parameter.slot] = argument.mark.isPath ? field : undefined;
    if (outer.indexes) (inner.indexes ??= [])[parameter.slot] = argument.mark.isPath ? argument.mark.places(outer, undefined)[0]?.indexes : undefined;
    if (!argument.mark.isPath) argument.mark.mark(outer, undefined, run.number, undefined);
  };
}

const openTypes = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);

function checkType(given: string | undefined, wanted: string | undefined, syntax: Expression, group: GroupCompiler): void {
  if (given === undefined || wanted === undefined || given === wanted || openTypes.has(given) || openTypes.has(wanted)) return;
  group.unit.fail(syntax.at, 'map-call', `This parameter is a ${wanted} and is given a ${given}`);
}
