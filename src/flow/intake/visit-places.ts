import { aboutOf, type AboutKey } from '../../intake/fold-keys.ts';
import type { RowInput } from '../../intake/types.ts';
import type { FoldAddress } from '../../store/record/fold-states.ts';

/** A visit that is known under more than the person and number a message names it by. */
export interface VisitPlace {
  feed: string;
  /** whose it is, and its number */
  at: AboutKey;
  /** where messages said something of it */
  said: readonly Omit<FoldAddress, 'feed'>[];
  /** the decision about its account that moved it, where none was made about the visit itself */
  by?: string;
}

/** By the feed and the fold key a message names; what is not in it is where it says, and said nowhere else. */
export type VisitPlaces = ReadonlyMap<string, VisitPlace>;

/** How moves name an account of visits. */
export const accountName = 'account';

export const noPlaces: VisitPlaces = new Map();

export function placeKey(feed: string, foldKey: string): string {
  return `${feed}\u0000${foldKey}`;
}

/** What a row is about beside the person: the fold key, and what it names. */
export function aboutOfRow({ foldKeys }: Pick<RowInput, 'foldKeys'>): { foldKey: string; about: AboutKey } | undefined {
  for (const foldKey of foldKeys) {
    const about = aboutOf(foldKey);
    if (about) return { foldKey, about };
  }
  return undefined;
}
