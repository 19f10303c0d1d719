import type { FoldState } from '../../intake/types.ts';
import type { StoredFold } from '../../store/record/fold-states.ts';
import type { IntakeContext } from './intake-context.ts';
import { mapRow, type Elsewhere, type MappedRow, type ReadRow, type RefusedRow } from './read-and-map.ts';
import { aboutOfRow, placeKey, type VisitPlaces } from './visit-places.ts';

/** What messages of many people have said so far, as it grows row by row. */
export interface Folds {
  of(row: { feed: string; personKey: string }): Map<string, FoldState>;
}

export function createFolds(stored: readonly StoredFold[]): Folds {
  const people = new Map<string, Map<string, FoldState>>();
  const of: Folds['of'] = ({ feed, personKey }) => {
    const key = `${feed}\u0000${personKey}`;
    const states = people.get(key) ?? new Map<string, FoldState>();
    people.set(key, states);
    return states;
  };
  for (const fold of stored) of(fold).set(fold.foldKey, fold.state);
  return { of };
}

/** One row at a time and in order, because a row's fold builds on the rows before it; a refused row leaves no trace in the fold. */
export function mapInOrder(
  context: IntakeContext, read: readonly (ReadRow | RefusedRow)[], folds: Folds, places: VisitPlaces,
): MappedInOrder {
  const steps = mapRows(context, read, folds, places);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

export interface MappedInOrder {
  mapped: MappedRow[];
  refused: RefusedRow[];
}

/** The same on nothing that was said before, a step for each row: whoever takes the steps may do other things between them. */
export function mapInSteps(context: IntakeContext, read: readonly (ReadRow | RefusedRow)[], places: VisitPlaces): Generator<void, MappedInOrder, undefined> {
  return mapRows(context, read, createFolds([]), places);
}

function* mapRows(context: IntakeContext, read: readonly (ReadRow | RefusedRow)[], folds: Folds, places: VisitPlaces): Generator<void, MappedInOrder, undefined> {
  const mapped: MappedRow[] = [];
  const refused: RefusedRow[] = [];
  for (const each of read) {
    const result = 'input' in each ? mapRow(context, each, folds.of(each.row), elsewhereOf(each, folds, places)) : each;
    if ('problems' in result) {
      refused.push(result);
    } else {
      mapped.push(...result);
      keepFolds(folds, result);
    }
    yield;
  }
  return { mapped, refused };
}

/** What a row says counts from here on. */
export function keepFolds(folds: Folds, mapped: readonly MappedRow[]): void {
  for (const fold of mapped.flatMap((each) => each.folds)) folds.of(fold).set(fold.foldKey, fold.state);
}

/** What others said of the visit a row is about, as far as the folds have it. */
export function elsewhereOf({ row, input }: ReadRow, folds: Folds, places: VisitPlaces): Elsewhere | undefined {
  const named = aboutOfRow(input);
  const place = named && places.get(placeKey(row.feed, named.foldKey));
  if (!named || !place) return undefined;
  const others = place.said.filter(({ foldKey }) => foldKey !== named.foldKey);
  return { at: place.at, ...(place.by !== undefined && { by: place.by }), others: others.map(({ personKey, foldKey }) => folds.of({ feed: row.feed, personKey }).get(foldKey) ?? {}) };
}
