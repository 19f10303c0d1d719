import type { ToldView } from './told-view.ts';

export interface Fact {
  label: string;
  value: string;
}

/** One entry of a section: a title that leads to its page, its state in words, and a few facts. */
export interface ItemView {
  id: string;
  type: string;
  title: string;
  state: string;
  facts: Fact[];
  /** who tells of it */
  told: ToldView;
}

/** Facts without those nobody gave. */
export function given(facts: readonly (readonly [string, string | undefined])[]): Fact[] {
  return facts.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [{ label, value }]));
}
