import { useState, type ReactNode } from 'react';
import { strings } from '../strings.ts';

const first = 20;

/** A list that may be long: its first lines, and all of them for whoever wants them. */
export function FirstOf<T>({ items, className, label, line }: { items: readonly T[]; className?: string; label?: string; line: (item: T, at: number) => ReactNode }) {
  const [all, setAll] = useState(false);
  const shown = all ? items : items.slice(0, first);
  return (
    <>
      <ul className={className} aria-label={label}>{shown.map((item, at) => line(item, at))}</ul>
      {shown.length < items.length ? <button type="button" className="os-link-button" onClick={() => { setAll(true); }}>{strings.whoLooked.entry.all(items.length)}</button> : null}
    </>
  );
}
