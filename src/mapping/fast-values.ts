import type { Collection } from './collection.ts';
import type { Frame } from './run-state.ts';

/** Evaluates an expression on the variables of a frame and a focus. Throws `Unsure` where only the library knows. */
export type Evaluator = (frame: Frame, focus: Collection) => Collection;

/** The fast path met something it does not decide; the library is asked instead. */
export class Unsure extends Error {
  constructor() {
    super('unsure');
  }
}

/** An evaluation used more steps, time or room than one record may. */
export class BudgetStop extends Error {
  constructor() {
    super('budget');
  }
}

/** A text, or nothing. */
export function onlyText(value: Collection): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  throw new Unsure();
}

export function onlyInteger(value: Collection): number | undefined {
  if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw new Unsure();
}

export function onlyOne(value: Collection): Exclude<Collection, unknown[]> {
  if (Array.isArray(value)) throw new Unsure();
  return value;
}
