import type { JsonObject } from '../fhir/json.ts';
import type { Position } from '../fhir/problem.ts';
import type { Collection, Item } from './collection.ts';
import { compileTransform } from './compile-transform.ts';
import type { GroupCompiler } from './compile-group.ts';
import type { TargetSyntax } from './map-syntax.ts';
import type { Frame, RunState } from './run-state.ts';
import { setElement } from './set-element.ts';
import type { Setting } from './set-element.ts';
import { kindOfType, TargetPlace } from './target-place.ts';
import type { TargetElement } from './target-place.ts';
import { fieldOf } from './transform.ts';
import type { Origin } from './trace.ts';
import type { Transform } from './transform.ts';
import type { FieldPlace } from './types.ts';
import type { Variable, VariableScope } from './variable-scope.ts';

export type Step = (frame: Frame, run: RunState) => void;

/** The rule a target belongs to: its name, and the slots of the source items it fires for. */
export interface Firing {
  rule?: string;
  slots: number[];
}

/** Compiles one target of a rule; its alias becomes visible in `scope`. */
export function compileTarget(target: TargetSyntax, firing: Firing, scope: VariableScope, group: GroupCompiler): Step {
  const { unit } = group;
  const transform = target.transform && compileTransform(target.transform, { unit, scope, focus: false }, group);
  if (target.context === undefined) return compileBare(target, transform, scope, group);
  const context = targetVariable(target.context, target.at, scope, group);
  if (target.path.length === 0) return compileAlias(target, context, scope, group);
  const known = staticElement(context.type, target, group);
  const alias = declareAlias(target, transform, known, scope);
  if (transform) group.unit.nameTarget(target.at, `${context.type ?? context.name}.${target.path.join('.')}`, firing.rule);
  return new TargetWriter(target, firing, context, transform, alias, known, group).step;
}

function targetVariable(name: string, at: number, scope: VariableScope, group: GroupCompiler): Variable {
  const found = scope.target(name);
  if (found) return found;
  if (scope.source(name)) return group.unit.fail(at, 'not-a-target', `${name} is a source: only targets can be written`);
  return group.unit.fail(at, 'undeclared-variable', `${name} is not a target variable here`);
}

/** `create('Patient') as p`: a variable and nothing else. */
function compileBare(target: TargetSyntax, transform: Transform | undefined, scope: VariableScope, group: GroupCompiler): Step {
  if (!transform || target.alias === undefined) return group.unit.fail(target.at, 'map-target', 'A transform without a target element needs a variable: … as v');
  const type = transform.type;
  const { slot } = scope.declare(target.alias, 'target', type);
  const place = type === undefined || kindOfType(type) !== 'object' ? undefined : new TargetPlace(type, type);
  return (frame, run) => {
    frame.values[slot] = transform.evaluate(frame, run, undefined);
    frame.places[slot] = place;
    for (const argument of transform.carries) argument.mark.mark(frame, undefined, run.number, undefined);
  };
}

/** `tgt as t`: another name for the node. */
function compileAlias(target: TargetSyntax, context: Variable, scope: VariableScope, group: GroupCompiler): Step {
  if (target.transform) group.unit.fail(target.at, 'map-target', 'A value needs an element to be set in');
  if (target.alias === undefined) return () => undefined;
  const { slot } = scope.declare(target.alias, 'target', context.type);
  return (frame) => {
    frame.values[slot] = frame.values[context.slot];
    frame.places[slot] = frame.places[context.slot];
  };
}

/** The element, where the types are known when compiling; a wrong name is found there. */
function staticElement(type: string | undefined, target: TargetSyntax, group: GroupCompiler): TargetElement | undefined {
  let current = type;
  let element: TargetElement | undefined;
  for (const name of target.path) {
    if (current === undefined || current === 'Resource') return undefined;
    element = new TargetPlace(current, current).element(name);
    if (!element) return group.unit.fail(target.at, 'unknown-element', `${current} has no element ${name}`);
    current = element.types.length === 1 ? element.types[0] : undefined;
  }
  if (element && !target.transform) checkCreatable(element, target, group);
  return element;
}

function checkCreatable(element: TargetElement, target: TargetSyntax, group: GroupCompiler): void {
  const [type] = element.types;
  if (element.types.length > 1 || type === undefined || type === 'Resource') {
    group.unit.fail(target.at, 'map-target', `${element.path} may be of several types: say which`, `${element.name} = create('…') as v`);
  }
  if (kindOfType(type) !== 'object') group.unit.fail(target.at, 'map-target', `${element.path} is a ${type} and needs a value: ${element.name} = …`);
}

function declareAlias(target: TargetSyntax, transform: Transform | undefined, element: TargetElement | undefined, scope: VariableScope): Variable | undefined {
  if (target.alias === undefined) return undefined;
  const only = element?.types.length === 1 && element.types[0] !== 'Resource' ? element.types[0] : undefined;
  return scope.declare(target.alias, 'target', transform?.type ?? only);
}

/** Writes one element of a target node, walking or creating what lies on the way. */
class TargetWriter {
  private readonly context: Variable;
  private readonly path: string[];
  private readonly transform: Transform | undefined;
  private readonly alias: Variable | undefined;
  private readonly share: number | undefined;
  private readonly setting: Setting;
  private readonly opening: Setting;
  private readonly reuse: boolean;
  private readonly at: Position;
  private lastPlace: TargetPlace | undefined;
  private lastElement: TargetElement | undefined;

  constructor(target: TargetSyntax, firing: Firing, context: Variable, transform: Transform | undefined, alias: Variable | undefined, known: TargetElement | undefined, group: GroupCompiler) {
    this.context = context;
    this.path = target.path;
    this.transform = transform;
    this.alias = alias;
    this.share = target.share === undefined ? undefined : group.shareSlot(target.share);
    this.reuse = target.listMode === 'single';
    this.at = group.unit.position(target.at);
    const end = target.listMode === 'single' ? undefined : target.listMode;
    this.opening = { at: this.at, end };
    const isNode = transform?.isNew && transform.carries.length === 0;
    this.setting = { ...this.opening, from: transform?.carries[0], origin: transform && !isNode ? originReader(this.at, firing, transform) : undefined };
    if (end && known) group.claimEnd(target, end, known);
  }

  readonly step: Step = (frame, run) => {
    const { context, path, transform } = this;
    if (this.alias) this.unbind(frame, this.alias.slot);
    let node = frame.values[context.slot];
    let place = frame.places[context.slot];
    if (typeof node !== 'object' || Array.isArray(node) || !place) {
      return run.fail('unbound-variable', `The target ${context.name} holds no node here`, this.at, undefined);
    }
    for (let index = 0; index < path.length - 1; index += 1) {
      const element = this.elementOf(place, path[index] ?? '', run);
      const inner: JsonObject | undefined = element && (isSinglePrimitive(element) ? openBeside(node, element) : this.openNode(node, element, frame, run));
      if (!element || !inner) return;
      node = inner;
      place = element.placeFor(element.types[0] ?? '');
    }
    const element = place === this.lastPlace ? this.lastElement : this.findLast(place, run);
    if (!element) return;
    if (transform) this.setValue(node, element, transform, frame, run);
    else this.bind(this.shared(frame, () => this.openNode(node, element, frame, run)), element, element.types[0], frame);
  };

  private findLast(place: TargetPlace, run: RunState): TargetElement | undefined {
    const element = this.elementOf(place, this.path[this.path.length - 1] ?? '', run);
    this.lastPlace = place;
    this.lastElement = element;
    if (!element) this.lastPlace = undefined;
    return element;
  }

  private elementOf(place: TargetPlace, name: string, run: RunState): TargetElement | undefined {
    const element = place.element(name);
    if (!element) run.fail('unknown-element', `${place.type} has no element ${name}`, this.at, undefined);
    return element;
  }

  /** A new node of a list element, the one node of a single element. */
  private openNode(node: JsonObject, element: TargetElement, frame: Frame, run: RunState): JsonObject | undefined {
    const [type] = element.types;
    if (element.types.length !== 1 || type === undefined || type === 'Resource' || kindOfType(type) !== 'object') {
      run.fail('map-target', `${element.path} cannot be created without saying its type or value`, this.at, undefined);
      return undefined;
    }
    const present = node[element.name];
    const existing = Array.isArray(present) ? (this.reuse ? present[0] : undefined) : present;
    if (typeof existing === 'object' && existing !== null && !Array.isArray(existing)) return existing;
    const made: JsonObject = {};
    setElement(node, element, made, type, this.opening, frame, run);
    return made;
  }

  private shared(frame: Frame, make: () => JsonObject | undefined): JsonObject | undefined {
    if (this.share === undefined) return make();
    return (frame.shared[this.share] ??= make());
  }

  private setValue(node: JsonObject, element: TargetElement, transform: Transform, frame: Frame, run: RunState): void {
    const earlier = this.share === undefined ? undefined : frame.shared[this.share];
    if (earlier) return this.bind(earlier, element, transform.type ?? element.types[0], frame);
    const value = transform.evaluate(frame, run, element);
    const type = transform.typeFor ? transform.typeFor(element) : (transform.type ?? createdType(transform, element));
    const isSet = value !== undefined && value !== '' && this.setAll(node, element, value, type, frame, run);
    const target = isSet ? element.path : undefined;
    for (const argument of transform.carries) argument.mark.mark(frame, undefined, run.number, target);
    if (!isSet) run.trace?.missed(node, [element.name], this.setting.origin?.(frame));
    if (!isSet || Array.isArray(value)) return;
    if (this.share !== undefined && typeof value === 'object') frame.shared[this.share] = value;
    this.bind(value, element, type ?? (element.types.length === 1 ? element.types[0] : undefined), frame);
  }

  private setAll(node: JsonObject, element: TargetElement, value: Collection, type: string | undefined, frame: Frame, run: RunState): boolean {
    if (!Array.isArray(value)) return setElement(node, element, value as Item, type, this.setting, frame, run);
    if (element.list) return value.map((item) => setElement(node, element, item, type, this.setting, frame, run)).includes(true);
    run.fail('multiple-values', `${element.path} holds one value and was given several`, this.at, fieldOf(this.setting.from, frame));
    return false;
  }

  private bind(value: Item | undefined, element: TargetElement, type: string | undefined, frame: Frame): void {
    if (!this.alias || value === undefined) return;
    frame.values[this.alias.slot] = value;
    if (typeof value !== 'object') return;
    const resource = value['resourceType'];
    const actual = typeof resource === 'string' ? resource : type;
    frame.places[this.alias.slot] = actual !== undefined && kindOfType(actual) === 'object' ? element.placeFor(actual) : undefined;
  }

  private unbind(frame: Frame, slot: number): void {
    frame.values[slot] = undefined;
    frame.places[slot] = undefined;
  }
}

function originReader(at: Position, { rule, slots }: Firing, { carries }: Transform): (frame: Frame) => Origin {
  const named = rule === undefined ? {} : { rule };
  const firedBy = (frame: Frame): FieldPlace[] => slots.flatMap((slot) => {
    const path = frame.fields[slot]?.path ?? '';
    const indexes = frame.indexes?.[slot];
    return path === '' ? [] : [{ path, ...(indexes === undefined ? {} : { indexes }) }];
  });
  return (frame) => ({ at, ...named, fields: carries.flatMap((argument) => argument.mark.places(frame, undefined)), firedBy: firedBy(frame) });
}

/** `create()` without a type makes what the element declares. */
function createdType(transform: Transform, element: TargetElement): string | undefined {
  return transform.isNew && element.types.length === 1 ? element.types[0] : undefined;
}

function isSinglePrimitive({ types, list }: TargetElement): boolean {
  const [type] = types;
  return types.length === 1 && type !== undefined && kindOfType(type) !== 'object' && !list;
}

/** What a primitive carries beside its value, its extensions, stands under an underscore in JSON (FHIR R4 json, primitive elements). */
function openBeside(node: JsonObject, element: TargetElement): JsonObject {
  const name = `_${element.name}`;
  const present = node[name];
  if (typeof present === 'object' && present !== null && !Array.isArray(present)) return present;
  const made: JsonObject = {};
  node[name] = made;
  return made;
}
