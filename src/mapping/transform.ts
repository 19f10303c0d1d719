import type { Zone } from '../fhir/local-time.ts';
import type { Collection, Item } from './collection.ts';
import { textOf } from './compile-expression.ts';
import type { CompiledExpression } from './compile-expression.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import type { Expression } from './map-syntax.ts';
import type { CodeTableSet } from './code-tables.ts';
import type { Frame, RunState } from './run-state.ts';
import type { SourceField } from './source-field.ts';
import type { TargetElement } from './target-place.ts';
import type { Position } from '../fhir/problem.ts';

/** An argument of a transform or a group call. */
export interface Argument extends CompiledExpression {
  syntax: Expression;
  /** value of a literal in the map's text */
  literal?: string | number | boolean;
  /** slot of a bare variable */
  slot?: number;
}

/** Computes the value of one target. */
export interface Transform {
  /** The value, or nothing: then nothing is set. `element` is what will be set, absent for a bare transform. */
  evaluate(frame: Frame, run: RunState, element: TargetElement | undefined): Collection;
  /** arguments whose source fields are carried by the value */
  carries: Argument[];
  /** FHIR type of the value where the transform fixes it: picks the branch of a choice element */
  type?: string;
  /** as `type`, for transforms whose value depends on the element */
  typeFor?(element: TargetElement | undefined): string | undefined;
  /** the value is a new node the map may fill through its alias */
  isNew?: boolean;
}

/** A transform as a map calls it. */
export interface TransformKind {
  least: number;
  most: number;
  compile(args: Argument[], context: TransformContext): Transform;
}

/** What a transform may use while it is compiled. */
export interface TransformContext {
  name: string;
  place: ExpressionPlace;
  /** offset of the call in the map */
  offset: number;
  at: Position;
  tables: CodeTableSet;
  zone: Zone;
  newId: () => string;
  /** the type behind an alias of `uses` */
  resolveType(name: string): string;
}

/** The source field a problem with this argument should name. */
export function fieldOf(argument: Argument | undefined, frame: Frame): SourceField | undefined {
  return argument?.mark.firstField(frame, undefined);
}

/** The one item of an argument; several are a problem. */
export function oneItem(argument: Argument | undefined, frame: Frame, run: RunState, context: TransformContext): Item | undefined {
  const value = argument?.evaluate(frame, undefined, undefined, run);
  if (!Array.isArray(value)) return value;
  run.fail('multiple-values', `${context.name} takes one value here and found several`, context.at, fieldOf(argument, frame));
  return undefined;
}

/** An argument as text; the empty text is nothing. */
export function oneText(argument: Argument | undefined, frame: Frame, run: RunState, context: TransformContext): string | undefined {
  const value = oneItem(argument, frame, run, context);
  const text = textOf(value);
  if (text === undefined && value !== undefined) {
    run.fail('wrong-type', `${context.name} takes a text here and found an object`, context.at, fieldOf(argument, frame), { fix: 'name the element that holds the text' });
  }
  return text === '' ? undefined : text;
}

/** An argument that must be written as text in the map. */
export function literalText(argument: Argument | undefined, what: string, context: TransformContext): string {
  if (typeof argument?.literal === 'string') return argument.literal;
  return context.place.unit.fail(argument?.syntax.at ?? context.offset, 'map-transform', `${context.name} needs ${what} as a text in quotes`);
}
