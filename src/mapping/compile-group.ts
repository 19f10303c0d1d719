import type { CodeTableSet } from './code-tables.ts';
import { compileRules } from './compile-rule.ts';
import type { GroupSyntax, TargetSyntax } from './map-syntax.ts';
import { CompileStop } from './map-unit.ts';
import type { MapUnit } from './map-unit.ts';
import type { Collection } from './collection.ts';
import type { Frame, RunState } from './run-state.ts';
import { moveSlot, newFrame } from './run-state.ts';
import { isKnownType } from './target-place.ts';
import type { TargetElement } from './target-place.ts';
import type { TransformContext } from './transform.ts';
import { VariableScope } from './variable-scope.ts';
import type { Variable } from './variable-scope.ts';

/** A group that can be called; its rules are compiled after every group is known. */
export interface GroupPlan {
  name: string;
  syntax: GroupSyntax;
  map: MapPlan;
  scope: VariableScope;
  parameters: Variable[];
  run(frame: Frame, run: RunState): void;
}

/** One map text with what its rules may name. */
export interface MapPlan {
  unit: MapUnit;
  groups: Map<string, GroupPlan>;
  /** direct imports only: they do not pass theirs on */
  imports: MapPlan[];
  constants: ReadonlyMap<string, Collection>;
  tables: CodeTableSet;
}

/** What compiling the rules of a group needs from around them. */
export interface GroupCompiler {
  unit: MapUnit;
  transformContext: Pick<TransformContext, 'tables' | 'zone' | 'newId' | 'resolveType'>;
  findGroup(name: string, offset: number): GroupPlan;
  /** default groups for a target type; several for the same pair of types are a mistake. A target type of `*` is open. */
  defaultGroups(targetType: string, sourceType: string | undefined, offset: number): GroupPlan[];
  shareSlot(label: string): number;
  /** two rules that both want the first place of a list are a mistake */
  claimFirst(target: TargetSyntax, element: TargetElement): void;
}

const openTypes = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);

/** Declares a group's parameters; its rules follow with `compileGroup`. */
export function declareGroup(syntax: GroupSyntax, map: MapPlan): GroupPlan {
  const { unit } = map;
  const scope = new VariableScope(map.constants);
  const parameters: Variable[] = [];
  for (const { at, mode, name, type: written } of syntax.parameters) {
    if (parameters.some((other) => other.name === name && other.mode === mode)) unit.report(at, 'duplicate', `The parameter ${name} is declared twice`);
    const resolved = written === undefined ? undefined : resolveType(unit, written);
    const isOpen = resolved !== undefined && mode === 'target' && openTypes.has(resolved);
    if (resolved !== undefined && mode === 'target' && !isOpen && !isKnownType(resolved)) unit.report(at, 'unknown-type', `There is no FHIR R4 type ${resolved}`);
    parameters.push(scope.declare(name, mode, isOpen ? undefined : resolved));
  }
  if (syntax.typeMode && (parameters.length !== 2 || parameters[0]?.mode !== 'source' || parameters[1]?.mode !== 'target' || parameters.some((p) => p.type === undefined))) {
    unit.report(syntax.at, 'map-group', `The default group ${syntax.name} needs one typed source and one typed target`);
  }
  return { name: syntax.name, syntax, map, scope, parameters, run: () => undefined };
}

/** The type behind a name: an alias of `uses` stands for the last part of its URL. */
export function resolveType(unit: MapUnit, name: string): string {
  const used = unit.syntax.uses.find((use) => use.alias === name);
  return (used?.url ?? name).replace(/^.*\//, '');
}

/** Compiles the rules: those of the group it extends run first, with the same variables. */
export function compileGroup(plan: GroupPlan, context: Pick<TransformContext, 'zone' | 'newId'>): void {
  try {
    const base = extendedGroup(plan);
    const steps = compileRules(plan.syntax.rules, plan.scope, groupCompiler(plan, context));
    plan.run = (frame, run) => {
      base?.(frame, run);
      for (const step of steps) step(frame, run);
    };
  } catch (error) {
    if (!(error instanceof CompileStop)) throw error;
  }
}

function groupCompiler(plan: GroupPlan, context: Pick<TransformContext, 'zone' | 'newId'>): GroupCompiler {
  const { unit, tables } = plan.map;
  const labels = new Map<string, number>();
  const claims = new Map<string, TargetSyntax>();
  return {
    unit,
    transformContext: { ...context, tables, resolveType: (name) => resolveType(unit, name) },
    findGroup: (name, offset) => findGroup(plan.map, name, offset),
    defaultGroups: (targetType, sourceType, offset) => defaultGroups(plan.map, targetType, sourceType, offset),
    shareSlot(label) {
      const slot = labels.get(label) ?? labels.size;
      labels.set(label, slot);
      return slot;
    },
    claimFirst(target, element) {
      const key = `${target.context ?? ''}.${element.path}`;
      if (claims.has(key)) unit.fail(target.at, 'map-target', `Two rules want to be first in ${element.path}`);
      claims.set(key, target);
    },
  };
}

/** A group of this map, or of one of its direct imports. */
function findGroup(map: MapPlan, name: string, offset: number): GroupPlan {
  const own = map.groups.get(name);
  if (own) return own;
  const found = map.imports.flatMap((other) => other.groups.get(name) ?? []);
  if (found.length > 1) map.unit.fail(offset, 'ambiguous-group', `Several imported maps have a group ${name}`);
  return found[0] ?? map.unit.fail(offset, 'unknown-group', `There is no group ${name} in this map or in the maps it imports`);
}

function defaultGroups(map: MapPlan, targetType: string, sourceType: string | undefined, offset: number): GroupPlan[] {
  for (const level of [[map], map.imports]) {
    const fitting = level.flatMap((other) => [...other.groups.values()]).filter((plan) => fits(plan, targetType, sourceType));
    const bySource = new Set(fitting.map((plan) => plan.parameters[0]?.type));
    if (bySource.size < fitting.length) map.unit.fail(offset, 'ambiguous-group', 'Two default groups fit these types');
    if (fitting.length > 0) return fitting;
  }
  return [];
}

function fits(plan: GroupPlan, targetType: string, sourceType: string | undefined): boolean {
  const [source, target] = plan.parameters;
  if (!plan.syntax.typeMode || !source || !target) return false;
  if (sourceType !== undefined && source.type !== sourceType) return false;
  return targetType === '*' ? plan.syntax.typeMode === 'type+' : target.type === targetType;
}

function extendedGroup(plan: GroupPlan): ((frame: Frame, run: RunState) => void) | undefined {
  const { extends: base } = plan.syntax;
  if (!base) return undefined;
  const { unit } = plan.map;
  const found = findGroup(plan.map, base.name, base.at);
  for (let next: GroupPlan | undefined = found; next; next = baseOf(next)) {
    if (next === plan) unit.fail(base.at, 'map-group', `The group ${plan.name} extends itself`);
  }
  const moves = found.parameters.map((parameter) => {
    const own = plan.parameters.find((other) => other.name === parameter.name && other.mode === parameter.mode);
    return { from: own?.slot ?? unit.fail(base.at, 'map-group', `${plan.name} lacks the parameter ${parameter.name} of ${base.name}`), to: parameter.slot };
  });
  return (frame, run) => {
    const inner = newFrame();
    for (const { from, to } of moves) moveSlot(frame, from, inner, to);
    found.run(inner, run);
  };
}

/** The next group up; a longer cycle is met by its own members. */
function baseOf(plan: GroupPlan): GroupPlan | undefined {
  const name = plan.syntax.extends?.name;
  if (name === undefined) return undefined;
  const next = plan.map.groups.get(name) ?? plan.map.imports.flatMap((other) => other.groups.get(name) ?? [])[0];
  return next === plan ? undefined : next;
}
