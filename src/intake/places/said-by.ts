import type { FoldState, RowInput } from '../types.ts';

/** For rows that are folded, which message last said a field: `PID.f5` → its control id. */
export type SaidBy = ReadonlyMap<string, string>;

export function saidBy(states: ReadonlyMap<string, FoldState>, input: RowInput): SaidBy {
  return new Map(input.foldKeys.flatMap((key) => Object.entries(states.get(key) ?? {}).map(([field, { by }]) => [field, by] as const)));
}

/** The message that last said what a path of the tree leads to; undefined where fields are not told apart. */
export function sayerOf(said: SaidBy, path: string): string | undefined {
  for (const [field, by] of said) if (path.includes(`.${field}.`) || path.endsWith(`.${field}`)) return by;
  return undefined;
}
