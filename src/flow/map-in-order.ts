import type { Problem } from '../fhir/problem.ts';
import type { FoldState } from '../intake/types.ts';
import type { StoredFold } from '../store/fold-states.ts';
import type { PendingRow } from '../store/intake-queue.ts';
import type { IntakeContext } from './intake-context.ts';
import { mapRow, type MappedRow, type ReadRow } from './read-and-map.ts';

/** One row at a time and in order, because a row's fold builds on the rows before it; a refused row leaves no trace in the fold. */
export function mapInOrder(
  context: IntakeContext, read: readonly (ReadRow | { row: PendingRow; problems: Problem[] })[], stored: readonly StoredFold[],
): { mapped: MappedRow[]; refused: { row: PendingRow; problems: Problem[] }[] } {
  const people = new Map<string, Map<string, FoldState>>();
  const statesOf = (row: { feed: string; personKey: string }): Map<string, FoldState> => {
    const key = `${row.feed}\u0000${row.personKey}`;
    const states = people.get(key) ?? new Map<string, FoldState>();
    people.set(key, states);
    return states;
  };
  for (const fold of stored) statesOf(fold).set(fold.foldKey, fold.state);
  const mapped: MappedRow[] = [];
  const refused: { row: PendingRow; problems: Problem[] }[] = [];
  for (const each of read) {
    const result = 'input' in each ? mapRow(context, each, statesOf(each.row)) : each;
    if ('problems' in result) {
      refused.push(result);
    } else {
      mapped.push(result);
      for (const fold of result.folds) statesOf(each.row).set(fold.foldKey, fold.state);
    }
  }
  return { mapped, refused };
}
