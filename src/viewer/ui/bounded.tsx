import { useState, type ReactNode } from 'react';
import { strings } from '../strings.ts';

/** The first `limit` of a list, and a button that shows the others. */
export function Bounded<T>({ items, limit, children }: { items: readonly T[]; limit: number; children: (shown: readonly T[]) => ReactNode }) {
  const [all, setAll] = useState(false);
  if (items.length <= limit) return children(items);
  return (
    <>
      {children(all ? items : items.slice(0, limit))}
      <button className="os-link-button os-more" type="button" aria-expanded={all} onClick={() => setAll(!all)}>{all ? strings.person.showFewer : strings.person.showAll(items.length)}</button>
    </>
  );
}
