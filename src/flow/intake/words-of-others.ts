import type { StoredFold } from '../../store/record/fold-states.ts';
import { createFolds, keepFolds } from './map-in-order.ts';
import type { MappedRow, ReadRow } from './read-and-map.ts';

/** Of what is kept of people, what none of these rows' messages said. */
export function wordsOfOthers(stored: readonly StoredFold[], read: readonly ReadRow[]): StoredFold[] {
  const ids = new Set(read.map(({ row: { messageId } }) => messageId ?? ''));
  return wordsOf(stored, (_, __, { by }) => by === '' || !ids.has(by));
}

/** Of that, what is not older than what the rows came to by themselves; where rows have no ids, it is told by when it was true. */
export function standingWords(words: readonly StoredFold[], mapped: readonly MappedRow[]): StoredFold[] {
  const folds = createFolds([]);
  keepFolds(folds, mapped);
  return wordsOf(words, (fold, field, { at, by }) => {
    const said = folds.of(fold).get(fold.foldKey)?.[field];
    return said === undefined || at > said.at || (at === said.at && by !== said.by);
  });
}

function wordsOf(folds: readonly StoredFold[], isOne: (fold: StoredFold, field: string, word: StoredFold['state'][string]) => boolean): StoredFold[] {
  return folds.flatMap((fold) => {
    const words = Object.entries(fold.state).filter(([field, word]) => isOne(fold, field, word));
    return words.length > 0 ? [{ ...fold, state: Object.fromEntries(words) }] : [];
  });
}
