import type { JsonObject } from '../../src/fhir/json.ts';
import { compileFast } from '../../src/mapping/fast-expression.ts';
import { Unsure } from '../../src/mapping/fast-values.ts';
import { MapUnit } from '../../src/mapping/map-unit.ts';
import { parseMap } from '../../src/mapping/parse-map.ts';
import { newFrame, RunState } from '../../src/mapping/run-state.ts';
import { compileSlow } from '../../src/mapping/slow-expression.ts';
import { VariableScope } from '../../src/mapping/variable-scope.ts';
import { mapOf } from './run-map.ts';

/** What the fast way and the library make of an expression; `unread` when a map cannot hold it. */
export function bothWays(text: string, value: JsonObject, focus: JsonObject): { fast: unknown; slow: unknown } {
  const { syntax, problems } = parseMap({ file: 'test.map', text: mapOf(`src.a as x where (${text}\n) -> tgt.id = x;`) });
  const expression = syntax.groups[0]?.rules[0]?.sources[0]?.where;
  if (problems.length > 0 || !expression) return { fast: 'unread', slow: 'unread' };
  const scope = new VariableScope(new Map());
  const frame = newFrame(new RunState(1, 100_000));
  frame.values[scope.declare('v', 'source').slot] = value;
  const place = { unit: new MapUnit(syntax, [], []), scope, focus: true };
  const fast = compileFast(expression, place);
  return { fast: fast ? attempt(() => fast(frame, focus)) : 'unsure', slow: attempt(() => compileSlow(expression, place)(frame, focus)) };
}

function attempt(evaluate: () => unknown): unknown {
  try {
    return evaluate() ?? 'nothing';
  } catch (error) {
    return error instanceof Unsure ? 'unsure' : 'mistake';
  }
}
