import fhirpath from 'fhirpath';
import type { UserInvocationTable } from 'fhirpath';
import { conformsTo } from '../fhir/conforms-to.ts';
import { isJsonObject } from '../fhir/json.ts';
import type { Json, JsonObject } from '../fhir/json.ts';
import { BudgetStop } from './fast-values.ts';
import { compilePattern } from './regular-expression.ts';
import type { RunState } from './run-state.ts';

/** The library tells of each of its steps: they are counted, and texts that grow without end are stopped. */
export function watchStep(run: RunState, result: unknown): void {
  run.spend(Array.isArray(result) ? 1 + result.length : 1);
  const [only] = Array.isArray(result) ? (result as unknown[]) : [];
  if (typeof only === 'string' && only.length > longestText) throw new BudgetStop();
}

const longestText = 1_000_000;

/** Functions of the library that are ours: patterns that are guarded, and structures looked up here. */
export const ownFunctions: UserInvocationTable = {
  matches: { fn: matcher((pattern) => pattern), arity: { 1: ['String'], 2: ['String', 'String'] } },
  matchesFull: { fn: matcher((pattern) => `^(?:${pattern})$`), arity: { 1: ['String'], 2: ['String', 'String'] } },
  replaceMatches: {
    fn: (on: unknown[], pattern: unknown, by: unknown) => {
      const text = onlyString(on);
      return text === undefined || typeof pattern !== 'string' || typeof by !== 'string' ? [] : compilePattern(pattern, 'gu').replaceAll(text, by);
    },
    arity: { 2: ['String', 'String'] },
  },
  repeat: { fn: repeat, arity: { 1: ['Expr'] }, internalStructures: true },
  conformsTo: {
    fn: (on: unknown[], url: unknown) => {
      const [resource, more] = on.map((item): unknown => fhirpath.util.valData(item));
      if (resource === undefined || typeof url !== 'string') return [];
      const answer = more === undefined && isJsonObject(resource as Json) ? conformsTo(resource as JsonObject, url) : undefined;
      if (answer === undefined) throw new Error('no resource, or a structure nobody here knows');
      return answer;
    },
    arity: { 1: ['String'] },
  },
};

function matcher(whole: (pattern: string) => string): (on: unknown[], pattern: unknown, flags?: unknown) => unknown {
  return (on, pattern, flags) => {
    const text = onlyString(on);
    if (flags !== undefined && (typeof flags !== 'string' || !/^[im]*$/.test(flags))) throw new Error('the flags of a pattern are i and m');
    return text === undefined || typeof pattern !== 'string' ? [] : compilePattern(whole(pattern), `us${flags ?? ''}`).test(text);
  };
}

/** The library tells the console what it rounds off a date: nothing of a record may be written there. */
export function quietly<T>(work: () => T): T {
  const { console: outlet } = globalThis;
  const { warn } = outlet;
  outlet.warn = () => undefined;
  try {
    return work();
  } finally {
    outlet.warn = warn;
  }
}

const mostRepeated = 10_000;

/** Finds what a projection finds, and what it finds from there, each once. The library's own does so by recursion, in the square of the number. */
function repeat(on: unknown[], project: (item: unknown) => unknown[]): unknown[] {
  const found = new Map<string, unknown>();
  for (let next = on; next.length > 0;) {
    const fresh: unknown[] = [];
    for (const item of next.flatMap(project)) {
      const key = JSON.stringify(fhirpath.util.valData(item)) ?? '';
      if (found.has(key)) continue;
      found.set(key, item);
      fresh.push(item);
      if (found.size > mostRepeated) throw new BudgetStop();
    }
    next = fresh;
  }
  return [...found.values()];
}

function onlyString(on: unknown[]): string | undefined {
  const [first, second] = on.map((item): unknown => fhirpath.util.valData(item));
  if (second !== undefined || (first !== undefined && first !== null && typeof first !== 'string')) throw new Error('one text was expected');
  return first ?? undefined;
}
