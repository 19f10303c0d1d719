import type { Json } from '../fhir/json.ts';

export type ListEnd = 'first' | 'last';

/** Keeps the items of `first` before, and those of `last` behind all others of their list, each in the order they came. */
export class ListEnds {
  private readonly counts = new Map<Json[], Record<ListEnd, number>>();

  /** The index the value got. */
  insert(list: Json[], value: Json, end: ListEnd | undefined): number {
    const count = this.counts.get(list) ?? { first: 0, last: 0 };
    const place = end === 'first' ? count.first : end === 'last' ? list.length : list.length - count.last;
    list.splice(place, 0, value);
    if (end) {
      count[end] += 1;
      this.counts.set(list, count);
    }
    return place;
  }
}
