import vm from 'node:vm';
import { BudgetStop } from './fast-values.ts';

/** A regular expression of a map; one that takes too long on a text throws `BudgetStop`. */
export interface Pattern {
  test(text: string): boolean;
  replaceAll(text: string, by: string): string;
}

/** what one match may cost before a clock is set beside it */
const freeSteps = 1_000_000;
const timeoutMs = 200;

/** Compiles a pattern; throws when it is none. Setting a clock costs more than most matches, so that is done only where a match could take long. */
export function compilePattern(source: string, flags: string): Pattern {
  const expression = new RegExp(source, flags);
  const degree = costDegree(source);
  const guarded = <T>(text: string, work: () => T): T => (text.length ** degree <= freeSteps ? work() : withClock(work));
  return {
    test: (text) => guarded(text, () => {
      expression.lastIndex = 0;
      return expression.test(text);
    }),
    replaceAll: (text, by) => guarded(text, () => text.replace(expression, by)),
  };
}

/**
 * How the cost of a match grows with the text, as a power of its length: every unbounded repeat adds one, and so does
 * the search for a place to begin. What may grow faster than any power (a repeat of a group that repeats or chooses, a
 * reference back, a look around) counts as one that is never free.
 */
function costDegree(source: string): number {
  const plain = source.replace(/\\[^1-9k]/g, 'x').replace(/\[(?:[^\]\\]|\\.)*\]/g, 'x');
  if (/\\[1-9k]|\(\?(?:<?[=!])/.test(plain) || repeatsGroup(plain)) return 5;
  return 1 + (plain.match(/[*+]|\{\d+,(?:\d{2,})?\}/g)?.length ?? 0);
}

function repeatsGroup(plain: string): boolean {
  const open: boolean[] = [];
  for (const [index, char] of [...plain].entries()) {
    if (char === '(') open.push(false);
    else if (/[*+?{|]/.test(char) && open.length > 0 && plain[index - 1] !== '(') open[open.length - 1] = true;
    else if (char === ')') {
      const isBranching = open.pop() ?? false;
      if (isBranching && /[*+{]/.test(plain[index + 1] ?? '')) return true;
      if (isBranching && open.length > 0) open[open.length - 1] = true;
    }
  }
  return false;
}

let clock: { work: () => unknown } | undefined;
let script: vm.Script | undefined;

/** The engine ends a match, too, when the time of its script is up. */
function withClock<T>(work: () => T): T {
  clock ??= vm.createContext({ work }) as { work: () => unknown };
  script ??= new vm.Script('work()');
  clock.work = work;
  try {
    return script.runInContext(clock, { timeout: timeoutMs }) as T;
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw new BudgetStop();
    throw error;
  }
}
