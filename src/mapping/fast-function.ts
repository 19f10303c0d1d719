import { collect, countOf, everyChild, itemsOf } from './collection.ts';
import type { Collection, Item } from './collection.ts';
import { hasOwnFocus } from './expression-walk.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import { onlyInteger, onlyOne, onlyText, Unsure } from './fast-values.ts';
import type { Evaluator } from './fast-values.ts';
import type { Expression } from './map-syntax.ts';
import { compilePattern } from './regular-expression.ts';
import type { Pattern } from './regular-expression.ts';
import type { Frame } from './run-state.ts';

type Call = Extract<Expression, { kind: 'call' }>;
type Compile = (expression: Expression, place: ExpressionPlace) => Evaluator | undefined;

/** Functions whose arguments are values: (what it is called on, arguments) → value. Arity is part of the key. */
const functions: ReadonlyMap<string, (on: Collection, ...args: Collection[]) => Collection> = new Map(Object.entries({
  exists0: (on: Collection) => on !== undefined,
  empty0: (on: Collection) => on === undefined,
  count0: (on: Collection) => countOf(on),
  first0: (on: Collection) => (Array.isArray(on) ? on[0] : on),
  last0: (on: Collection) => (Array.isArray(on) ? on[on.length - 1] : on),
  tail0: (on: Collection) => collect(itemsOf(on).slice(1)),
  not0: (on: Collection) => {
    const value = onlyOne(on);
    return value === undefined ? undefined : value === false;
  },
  children0: everyChild,
  descendants0: descendants,
  skip1: (on: Collection, by: Collection) => collect(itemsOf(on).slice(atLeastZero(by))),
  take1: (on: Collection, by: Collection) => collect(itemsOf(on).slice(0, atLeastZero(by))),
  startsWith1: texts((on, part) => on.startsWith(part)),
  endsWith1: texts((on, part) => on.endsWith(part)),
  contains1: texts((on, part) => on.includes(part)),
  indexOf1: texts((on, part) => on.indexOf(part)),
  upper0: texts((on) => on.toUpperCase()),
  lower0: texts((on) => on.toLowerCase()),
  trim0: texts((on) => on.trim()),
  toString0: (on: Collection) => {
    const value = onlyOne(on);
    if (typeof value === 'object') throw new Unsure();
    return value === undefined ? undefined : String(value);
  },
  length0: texts((on) => on.length),
  replace2: texts((on, pattern, by) => on.replaceAll(pattern, () => by)),
  substring1: (on: Collection, start: Collection) => substring(onlyText(on), onlyInteger(start)),
  substring2: (on: Collection, start: Collection, length: Collection) => substring(onlyText(on), onlyInteger(start), needed(onlyInteger(length))),
  split1: (on: Collection, by: Collection) => {
    const separator = needed(onlyText(by));
    return collect(onlyText(on)?.split(separator) ?? []);
  },
}));

function descendants(on: Collection): Collection {
  const children = itemsOf(everyChild(on));
  return collect(children.flatMap((child) => [child, ...itemsOf(descendants(child))]));
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Unsure();
  return value;
}

function atLeastZero(value: Collection): number {
  return Math.max(0, needed(onlyInteger(value)));
}

function texts(operate: (on: string, ...args: string[]) => Exclude<Collection, undefined>): (on: Collection, ...args: Collection[]) => Collection {
  return (on, ...args) => {
    const text = onlyText(on);
    if (args.length === 0) return text === undefined ? undefined : operate(text);
    const known = args.map(onlyText);
    if (text === undefined || known.includes(undefined)) return undefined;
    return operate(text, ...known.map(needed));
  };
}

function substring(text: string | undefined, start: number | undefined, length?: number): Collection {
  if (text === undefined || start === undefined || start < 0 || start >= text.length) return undefined;
  const part = text.slice(start, length === undefined ? undefined : start + Math.max(0, length));
  return part;
}

/** Compiles a function call, or answers undefined when the function or its arguments need the library. */
export function compileFunction(call: Call, place: ExpressionPlace, compile: Compile): Evaluator | undefined {
  const on: Evaluator | undefined = call.target ? compile(call.target, place) : (_frame, focus) => focus;
  if (!on || (!call.target && !place.focus && call.name !== 'iif')) return undefined;
  const inner = hasOwnFocus(call) ? { ...place, focus: true } : place;
  const args: Evaluator[] = [];
  for (const argument of call.args) {
    const compiled = compile(argument, inner);
    if (!compiled || usesIndex(argument)) return undefined;
    args.push(compiled);
  }
  return compileLambda(call.name, on, args, call.target !== undefined) ?? compileMatches(call, on) ?? compilePlain(call.name, on, args);
}

function usesIndex(expression: Expression): boolean {
  return expression.kind === 'special' && expression.name !== 'this';
}

function compilePlain(name: string, on: Evaluator, args: Evaluator[]): Evaluator | undefined {
  const operate = functions.get(`${name}${args.length}`);
  if (!operate) return undefined;
  const [first, second] = args;
  if (!first) return (frame, focus) => operate(on(frame, focus));
  if (!second) return (frame, focus) => operate(on(frame, focus), first(frame, focus));
  return (frame, focus) => operate(on(frame, focus), first(frame, focus), second(frame, focus));
}

/** A regular expression written as a literal is compiled once. */
function compileMatches(call: Call, on: Evaluator): Evaluator | undefined {
  const [pattern, by] = call.args.map((argument) => (argument.kind === 'literal' && typeof argument.value === 'string' ? argument.value : undefined));
  if (pattern === undefined) return undefined;
  switch (`${call.name}${call.args.length}`) {
    case 'matches1':
      return withPattern(on, pattern, 'us', (expression, text) => expression.test(text));
    case 'matchesFull1':
      return withPattern(on, `^(?:${pattern})$`, 'us', (expression, text) => expression.test(text));
    case 'replaceMatches2':
      return by === undefined ? undefined : withPattern(on, pattern, 'gu', (expression, text) => expression.replaceAll(text, by));
    default:
      return undefined;
  }
}

function withPattern(on: Evaluator, source: string, flags: string, use: (expression: Pattern, text: string) => boolean | string): Evaluator | undefined {
  let expression: Pattern;
  try {
    expression = compilePattern(source, flags);
  } catch {
    return undefined;
  }
  return (frame, focus) => {
    const text = onlyText(on(frame, focus));
    return text === undefined ? undefined : use(expression, text);
  };
}

function compileLambda(name: string, on: Evaluator, args: Evaluator[], hasTarget: boolean): Evaluator | undefined {
  const [first, second, third] = args;
  if (!first) return undefined;
  switch (args.length === 1 ? name : args.length >= 2 ? `${name}+` : '') {
    case 'where':
      return (frame, focus) => collect(counted(on, frame, focus).filter((item) => holds(first(frame, item))));
    case 'exists':
      return (frame, focus) => counted(on, frame, focus).some((item) => holds(first(frame, item)));
    case 'all':
      return (frame, focus) => counted(on, frame, focus).every((item) => holds(first(frame, item)));
    case 'select':
      return (frame, focus) => collect(counted(on, frame, focus).flatMap((item) => counted(first, frame, item)));
    case 'iif+':
      return (frame, focus) => {
        const own = hasTarget ? onlyOne(on(frame, focus)) : focus;
        return holds(first(frame, own)) ? second?.(frame, own) : third?.(frame, own);
      };
    default:
      return undefined;
  }
}

/** The items a lambda runs over, each counted as a step. */
function counted(on: Evaluator, frame: Frame, focus: Collection): Item[] {
  const items = itemsOf(on(frame, focus));
  frame.run.spend(items.length);
  return items;
}

function holds(value: Collection): boolean {
  if (Array.isArray(value) || (value !== undefined && typeof value !== 'boolean')) throw new Unsure();
  return value === true;
}
