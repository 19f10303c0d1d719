import { hasOwnFocus } from './expression-walk.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import { indexesBelow } from './repeat-indexes.ts';
import type { Expression } from './map-syntax.ts';
import type { Frame } from './run-state.ts';
import type { SourceField } from './source-field.ts';
import type { FieldPlace } from './types.ts';

/** A path an expression takes: from a variable's slot or from its focus, through members. */
interface Path {
  root: number | 'focus';
  names: string[];
}

/** `value`: what stands there matters; `test`: only whether it is there; `read`: it decides, but does not travel. */
interface Use extends Path {
  kind: 'value' | 'test' | 'read';
}

export interface UseMarker {
  /** Marks every field the expression uses as carried to `target`, or as read when there is none. */
  mark(frame: Frame, focus: SourceField | undefined, run: number, target: string | undefined): void;
  /** The field to name when something is wrong with the expression's value. */
  firstField(frame: Frame, focus: SourceField | undefined): SourceField | undefined;
  /** The fields the value was made from, conditions left aside; for a trace. */
  places(frame: Frame, focus: SourceField | undefined): FieldPlace[];
  /** the expression is nothing but a path: the field its value is */
  isPath: boolean;
}

/** Finds out when compiling which source fields an expression uses; at run that costs one comparison and one write each. */
export function markUses(expression: Expression, place: ExpressionPlace): UseMarker {
  const uses: Use[] = [];
  const result = follow(expression, place, place.focus ? [{ root: 'focus', names: [] }] : [], uses);
  const isPath = uses.length === 0 && result.length === 1;
  for (const path of result) uses.push({ ...path, kind: 'value' });
  const fields = uses.map(fieldFinder);
  return {
    isPath,
    mark(frame, focus, run, target) {
      for (let index = 0; index < uses.length; index += 1) {
        const kind = uses[index]?.kind;
        const field = fields[index]?.(frame, focus);
        if (!field) continue;
        if (target === undefined || kind !== 'value') field.markRead(run);
        else field.markCarried(run, target, true);
      }
    },
    firstField(frame, focus) {
      for (const find of fields) {
        const field = find(frame, focus);
        if (field) return field;
      }
      return undefined;
    },
    places: (frame, focus) => uses.flatMap((use, index) => (use.kind === 'value' ? placeOf(use, fields[index]?.(frame, focus), frame) : [])),
  };
}

function placeOf({ root, names }: Path, field: SourceField | undefined, frame: Frame): FieldPlace[] {
  if (!field) return [];
  const start = root === 'focus' ? undefined : frame.indexes?.[root];
  if (root === 'focus' || !start) return [{ path: field.path }];
  return [{ path: field.path, indexes: indexesBelow(frame.values[root], start, names) }];
}

function fieldFinder(use: Use): (frame: Frame, focus: SourceField | undefined) => SourceField | undefined {
  const { root, names } = use;
  let lastRoot: SourceField | undefined;
  let lastField: SourceField | undefined;
  return (frame, focus) => {
    const start = root === 'focus' ? focus : frame.fields[root];
    if (start === lastRoot) return lastField;
    lastRoot = start;
    lastField = start && names.reduce((field, name) => field.child(name), start);
    return lastField;
  };
}

const keepsNodes = new Set(['first', 'last', 'tail', 'skip', 'take', 'single', 'where', 'distinct', 'ofType', 'as', 'trace', 'sort', 'intersect', 'exclude']);
const tests = new Set(['exists', 'empty', 'count', 'hasValue', 'isDistinct', 'all']);

/** The paths an expression's value consists of; what is used up on the way goes to `uses`. */
function follow(expression: Expression, place: ExpressionPlace, focus: Path[], uses: Use[]): Path[] {
  const consume = (part: Expression, kind: Use['kind'] = 'value', on = focus): void => {
    const inner: Use[] = [];
    for (const path of follow(part, place, on, inner)) uses.push({ ...path, kind });
    uses.push(...inner.map((use) => (kind === 'value' ? use : { ...use, kind: use.kind === 'test' ? 'test' as const : 'read' as const })));
  };
  switch (expression.kind) {
    case 'brackets':
      return follow(expression.inner, place, focus, uses);
    case 'variable':
      return variablePath(expression.name, place);
    case 'special':
      return expression.name === 'this' ? focus : [];
    case 'member':
      if (expression.target) return follow(expression.target, place, focus, uses).map((path) => below(path, expression.name));
      return [...variablePath(expression.name, place), ...focus.map((path) => below(path, expression.name))];
    case 'index':
      consume(expression.index);
      return follow(expression.target, place, focus, uses);
    case 'unary':
      consume(expression.operand);
      return [];
    case 'type':
      if (expression.operator === 'as') return follow(expression.operand, place, focus, uses);
      consume(expression.operand);
      return [];
    case 'binary':
      if (expression.operator === '|') return [...follow(expression.left, place, focus, uses), ...follow(expression.right, place, focus, uses)];
      consume(expression.left);
      consume(expression.right);
      return [];
    case 'call':
      return followCall(expression, place, focus, uses, consume);
    default:
      return [];
  }
}

function followCall(call: Extract<Expression, { kind: 'call' }>, place: ExpressionPlace, focus: Path[], uses: Use[], consume: (part: Expression, kind?: Use['kind'], on?: Path[]) => void): Path[] {
  const target = call.target ? follow(call.target, place, focus, uses) : focus;
  const argumentFocus = hasOwnFocus(call) ? target : focus;
  if (call.name === 'iif') {
    const [condition, ...branches] = call.args;
    if (condition) consume(condition, 'read', argumentFocus);
    return branches.flatMap((branch) => follow(branch, place, argumentFocus, uses));
  }
  if (call.name === 'select') return call.args.flatMap((argument) => follow(argument, place, target, uses));
  if (call.name === 'union' || call.name === 'combine') return [...target, ...call.args.flatMap((argument) => follow(argument, place, focus, uses))];
  for (const argument of call.args) consume(argument, keepsNodes.has(call.name) || tests.has(call.name) ? 'read' : 'value', argumentFocus);
  if (keepsNodes.has(call.name)) return target;
  if (call.target || !tests.has(call.name)) for (const path of target) uses.push({ ...path, kind: tests.has(call.name) ? 'test' : 'value' });
  return [];
}

function variablePath(name: string, place: ExpressionPlace): Path[] {
  const variable = place.scope.any(name);
  return variable ? [{ root: variable.slot, names: [] }] : [];
}

function below(path: Path, name: string): Path {
  return { root: path.root, names: [...path.names, name] };
}
