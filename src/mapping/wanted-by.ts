import type { Position } from '../fhir/problem.ts';
import type { RuleSyntax } from './map-syntax.ts';
import type { MapUnit } from './map-unit.ts';
import type { VariableScope } from './variable-scope.ts';

/** An element that a rule sets when it fires: below which target variable of its group. */
export interface WantedElement {
  slot: number;
  path: readonly string[];
  at: Position;
  rule?: string;
}

type Base = Pick<WantedElement, 'slot' | 'path'>;

/** What a rule and the rules in its block would set, variables they make themselves followed to those around them; groups they call are left aside. */
export function wantedBy(rule: RuleSyntax, scope: VariableScope, unit: MapUnit, above: ReadonlyMap<string, Base | null> = new Map()): WantedElement[] {
  const own = new Map(above);
  const found: WantedElement[] = [];
  for (const { at, context, path, alias } of rule.targets) {
    const outer = context === undefined ? undefined : scope.target(context);
    const known = context === undefined ? null : own.get(context);
    const base = known === undefined ? outer && { slot: outer.slot, path: [] } : known;
    const reached = base ? { slot: base.slot, path: [...base.path, ...path] } : null;
    if (alias !== undefined) own.set(alias, reached);
    if (reached && path.length > 0) found.push({ ...reached, at: unit.position(at), ...(rule.name !== undefined && { rule: rule.name }) });
  }
  return [...found, ...(rule.block ?? []).flatMap((inner) => wantedBy(inner, scope, unit, own))];
}
