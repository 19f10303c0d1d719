import fhirpath from 'fhirpath';
import type { Json } from '../fhir/json.ts';
import { fromJson, itemsOf } from './collection.ts';
import type { Collection } from './collection.ts';
import { visit } from './expression-walk.ts';
import type { ExpressionPlace } from './expression-walk.ts';
import { isExactDecimal } from './exact-decimal.ts';
import type { Evaluator } from './fast-values.ts';
import type { Expression } from './map-syntax.ts';
import { ownFunctions, quietly, watchStep } from './library-guards.ts';
import type { RunState } from './run-state.ts';

/** On source trees, which have no FHIR types, these silently find nothing. */
const needTypes = new Set(['children', 'descendants']);

/**
 * Compiles an expression with the fhirpath library. A bare variable name is rewritten to `%name`; where there is a
 * focus, a child of that name goes first. Throws when the library cannot read or evaluate it; its messages hold values
 * and must not be shown.
 */
export function compileSlow(expression: Expression, place: ExpressionPlace): Evaluator {
  const { scope } = place;
  const names = new Set<string>();
  const edits: Edit[] = [];
  visit(expression, place.focus, (part, focus) => {
    if (part.kind === 'call' && needTypes.has(part.name)) throw new Error(`the library knows ${part.name} only of typed data`);
    if (part.kind === 'member' && part.name in {}) throw new Error('the library would find what every object inherits');
    if (part.kind === 'call' && takesCondition.has(part.name)) edits.push(...asBoolean(part.args[0]));
    const isStart = part.kind === 'variable' || (part.kind === 'member' && !part.target);
    if (!isStart || !(scope.any(part.name) || scope.constants.has(part.name))) return;
    names.add(part.name);
    if (part.kind === 'variable') return;
    const quoted = `\`${part.name}\``;
    edits.push({ at: part.at, end: part.end, text: focus ? `iif(${quoted}.exists(), ${quoted}, %${quoted})` : `%${quoted}` });
  });
  let run: RunState | undefined;
  const watch = (_context: unknown, _focus: unknown, result: unknown): void => { if (run) watchStep(run, result); };
  const evaluate = fhirpath.compile(rewrite(place.unit.syntax.text, expression, edits), undefined, { debugger: watch, traceFn: () => undefined, userInvocationTable: ownFunctions });
  const variables = [...names].map((name) => ({ name, slot: scope.any(name)?.slot, value: scope.constants.get(name) }));
  return (frame, focus) => {
    run = frame.run;
    const environment: Record<string, unknown> = {};
    for (const { name, slot, value } of variables) environment[name] = plain(slot === undefined ? value : frame.values[slot]);
    return fromJson(quietly(() => evaluate(itemsOf(plain(focus)), environment) as Json[]));
  };
}

interface Edit {
  at: number;
  end: number;
  text: string;
}

const takesCondition = new Set(['where', 'exists', 'all', 'iif']);

/** The library takes a `false` found in the data for true; one that was negated twice it takes for what it is. */
function asBoolean(condition: Expression | undefined): Edit[] {
  if (!condition) return [];
  return [{ at: condition.at, end: condition.at, text: '(' }, { at: condition.end, end: condition.end, text: ').not().not()' }];
}

function rewrite(text: string, expression: Expression, edits: Edit[]): string {
  let result = '';
  let from = expression.at;
  for (const edit of edits.sort((a, b) => a.at - b.at)) {
    result += text.slice(from, edit.at) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from, expression.end);
}

/** Exact decimals as numbers: the library calculates with those. */
function plain(value: Collection): Collection {
  if (typeof value !== 'object') return value;
  if (isExactDecimal(value)) return Number(value.rawJSON);
  let changed = false;
  const copy = JSON.stringify(value, (_key, inner: unknown) => {
    changed ||= isExactDecimal(inner);
    return inner;
  });
  return changed ? (JSON.parse(copy) as Collection) : value;
}
