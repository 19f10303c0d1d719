import type { Item } from './collection.ts';
import { callGroup, bindSlot } from './compile-call.ts';
import type { GroupCompiler, GroupPlan } from './compile-group.ts';
import type { CompiledSource } from './compile-source.ts';
import { compileTarget } from './compile-target.ts';
import type { Firing, Step } from './compile-target.ts';
import type { RuleSyntax, TargetSyntax } from './map-syntax.ts';
import { isExactDecimal } from './exact-decimal.ts';
import { kindOfType, TargetPlace } from './target-place.ts';
import type { VariableScope } from './variable-scope.ts';

const hiddenTarget = '\u0000target';

/**
 * `src.a -> tgt.b`: a default group (`<<types>>`, `<<type+>>`) for the two types does it; without one a primitive is
 * copied and an object is an error of the record. Source trees have no types: a primitive's is its JSON kind (string, boolean,
 * integer, decimal), an object's is what the source declares with `: Type`, or the only one that fits the target.
 */
export function compileSimple(rule: RuleSyntax, sources: CompiledSource[], firing: Firing, scope: VariableScope, group: GroupCompiler): Step {
  const [source] = sources;
  const [syntax] = rule.sources;
  const [target] = rule.targets;
  if (!source || !syntax || !target) throw new Error('a simple rule has one source and one target');
  const alias = syntax.alias ?? `\u0000${syntax.at}`;
  const copy = compileCopyTo(target, alias, rule, firing, scope, group);
  const elementType = staticType(target, scope);
  const isPrimitive = elementType === undefined || (elementType !== '*' && kindOfType(elementType) !== 'object');
  const plans = isPrimitive ? [] : group.defaultGroups(elementType, syntax.type, rule.at);
  const at = group.unit.position(rule.at);
  const steps = new Map(plans.map((plan) => [plan.parameters[0]?.type, callDefault(plan, target, source, elementType ?? '', rule, firing, scope, group)]));
  return (frame, run) => {
    const item = frame.values[source.slot] as Item;
    const isObject = typeof item === 'object' && !isExactDecimal(item);
    const step = steps.get(syntax.type ?? primitiveType(item)) ?? (isObject ? objectStep(steps) : copy);
    if (step !== copy) run.beside = undefined;
    if (step) step(frame, run);
    else run.fail('no-default-group', 'No default group says how this object becomes its target', at, frame.fields[source.slot], { fix: 'write a group marked <<types>> for the two types, or copy it: = v' });
  };
}

function compileCopyTo(target: TargetSyntax, alias: string, rule: RuleSyntax, firing: Firing, scope: VariableScope, group: GroupCompiler): Step {
  const expression = { kind: 'member' as const, at: rule.at, end: rule.at, name: alias };
  return compileTarget({ ...target, transform: { kind: 'expression', at: rule.at, expression } }, firing, scope, group);
}

function callDefault(plan: GroupPlan, target: TargetSyntax, source: CompiledSource, elementType: string, rule: RuleSyntax, firing: Firing, scope: VariableScope, group: GroupCompiler): Step {
  const inner = scope.inner();
  const type = plan.parameters[1]?.type ?? elementType;
  const isOpen = type !== elementType;
  const literal = { kind: 'literal' as const, at: target.at, end: target.at, value: type };
  const transform = isOpen ? { transform: { kind: 'call' as const, call: { at: target.at, name: 'create', args: [literal] } } } : {};
  const { transform: _old, ...bare } = target;
  const create = compileTarget({ ...bare, ...transform, alias: hiddenTarget }, firing, inner, group);
  const slot = inner.target(hiddenTarget)?.slot ?? -1;
  const [from, to] = plan.parameters;
  const call = callGroup(plan, [bindSlot(source.slot, from?.slot ?? 0), bindSlot(slot, to?.slot ?? 1)], group, rule.at);
  return (frame, run) => {
    create(frame, run);
    call(frame, run);
  };
}

/** Type of the element a target names, `*` when it may be of several types. */
function staticType(target: TargetSyntax, scope: VariableScope): string | undefined {
  let type = target.context === undefined ? undefined : scope.target(target.context)?.type;
  for (const name of target.path) {
    const element = type === undefined ? undefined : new TargetPlace(type, type).element(name);
    if (!element) return undefined;
    type = element.types.length === 1 && element.types[0] !== 'Resource' ? element.types[0] : '*';
  }
  return type;
}

function primitiveType(item: Item): string | undefined {
  if (typeof item === 'object') return undefined;
  return typeof item === 'number' ? (Number.isInteger(item) ? 'integer' : 'decimal') : typeof item;
}

function objectStep(steps: Map<string | undefined, Step>): Step | undefined {
  const forObjects = [...steps].filter(([type]) => type !== undefined && kindOfType(type) === 'object');
  return forObjects.length === 1 ? forObjects[0]?.[1] : undefined;
}
