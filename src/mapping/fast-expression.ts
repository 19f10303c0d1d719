import { collect, countOf, itemsOf, member } from './collection.ts';
import type { Collection } from './collection.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import { compileFunction } from './fast-function.ts';
import { Unsure } from './fast-values.ts';
import type { Evaluator } from './fast-values.ts';
import { binaryOperators, sameItem } from './fast-operators.ts';
import type { Expression } from './map-syntax.ts';
import type { Frame } from './run-state.ts';


/** Compiles the everyday part of FHIRPath to closures; undefined when the expression needs the library. */
export function compileFast(expression: Expression, place: ExpressionPlace): Evaluator | undefined {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      // a decimal remembers its digits, and so does the library
      if (typeof value === 'number' && place.unit.syntax.text.slice(expression.at, expression.end).includes('.')) return undefined;
      return () => value;
    }
    case 'empty':
      return () => undefined;
    case 'brackets':
      return compileFast(expression.inner, place);
    case 'variable':
      return compileVariable(expression.name, place);
    case 'special':
      return expression.name === 'this' && place.focus ? (_frame, focus) => focus : undefined;
    case 'member':
      return compileMember(expression, place);
    case 'index':
      return compileIndex(expression, place);
    case 'binary':
      return compileBinary(expression, place);
    case 'call':
      return compileFunction(expression, place, compileFast);
    default:
      return undefined;
  }
}

function compileVariable(name: string, { scope }: ExpressionPlace): Evaluator | undefined {
  const variable = scope.any(name);
  if (variable) {
    const { slot } = variable;
    return (frame) => frame.values[slot];
  }
  if (!scope.constants.has(name)) return undefined;
  const value = scope.constants.get(name);
  return () => value;
}

function compileMember(expression: Extract<Expression, { kind: 'member' }>, place: ExpressionPlace): Evaluator | undefined {
  const { name } = expression;
  if (expression.target) {
    const target = compileFast(expression.target, place);
    return target && ((frame, focus) => member(target(frame, focus), name));
  }
  const variable = compileVariable(name, place);
  if (!place.focus) return variable;
  const child = isCapital(name) ? typeTest(name) : (_frame: Frame, focus: Collection) => member(focus, name);
  return variable ? (frame, focus) => child(frame, focus) ?? variable(frame, focus) : child;
}

/** `Patient.name` on a Patient: the name of the focus' own type stands for the focus. */
function typeTest(name: string): Evaluator {
  return (_frame, focus) => (typeof focus === 'object' && !Array.isArray(focus) && focus['resourceType'] === name ? focus : member(focus, name));
}

function isCapital(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

function compileIndex(expression: Extract<Expression, { kind: 'index' }>, place: ExpressionPlace): Evaluator | undefined {
  const target = compileFast(expression.target, place);
  const { index } = expression;
  if (!target || index.kind !== 'literal' || typeof index.value !== 'number') return undefined;
  const at = index.value;
  return (frame, focus) => itemsOf(target(frame, focus))[at];
}

function compileBinary(expression: Extract<Expression, { kind: 'binary' }>, place: ExpressionPlace): Evaluator | undefined {
  const { operator } = expression;
  if (operator === '+' && !isText(expression.left) && !isText(expression.right)) return undefined;
  const left = compileFast(expression.left, place);
  const right = compileFast(expression.right, place);
  if (!left || !right) return undefined;
  if (operator === '=' && expression.right.kind === 'literal') return equalsLiteral(left, expression.right.value);
  if (operator === 'and') return (frame, focus) => and(left(frame, focus), () => right(frame, focus));
  if (operator === 'or') return (frame, focus) => or(left(frame, focus), () => right(frame, focus));
  const operate = binaryOperators.get(operator);
  return operate && ((frame, focus) => operate(left(frame, focus), right(frame, focus)));
}

function equalsLiteral(left: Evaluator, literal: string | number | boolean): Evaluator {
  return (frame, focus) => {
    const value = left(frame, focus);
    if (value === undefined) return undefined;
    return typeof value === 'object' ? countOf(value) === 1 && sameItem(collect(itemsOf(value)), literal) : value === literal;
  };
}

/** Three-valued logic; a single value that is no boolean counts as true. */
function truth(value: Collection): boolean | undefined {
  if (Array.isArray(value)) throw new Unsure();
  return value === undefined ? undefined : value !== false;
}

function and(left: Collection, right: () => Collection): Collection {
  const first = truth(left);
  if (first === false) return false;
  const second = truth(right());
  return second === false ? false : first === undefined || second === undefined ? undefined : true;
}

function or(left: Collection, right: () => Collection): Collection {
  const first = truth(left);
  if (first === true) return true;
  const second = truth(right());
  return second === true ? true : first === undefined || second === undefined ? undefined : false;
}

const textFunctions = new Set(['upper', 'lower', 'trim', 'substring', 'replace', 'toString', 'join']);

/** Is the value surely a text? Then `+` joins. */
function isText(expression: Expression): boolean {
  if (expression.kind === 'brackets') return isText(expression.inner);
  if (expression.kind === 'literal') return typeof expression.value === 'string';
  if (expression.kind === 'binary') return expression.operator === '&' || (expression.operator === '+' && (isText(expression.left) || isText(expression.right)));
  return expression.kind === 'call' && textFunctions.has(expression.name);
}
