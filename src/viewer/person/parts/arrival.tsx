import { createContext, useContext } from 'react';
import { strings } from '../../strings.ts';

/** How much of a record is here: until all of it is, nothing may look as if there were none. */
export type ArrivalState = 'arriving' | 'broken' | 'arrived';

export const Arrival = createContext<ArrivalState>('arrived');

/** `text` once everything has arrived; before that, that more is to come, or that the rest is missing, or nothing where that is said `already`. */
export function Absent({ text = strings.person.none, strong = false, already = false }: { text?: string; strong?: boolean; already?: boolean }) {
  const arrival = useContext(Arrival);
  if (already && arrival !== 'arrived') return null;
  const said = arrival === 'arrived' ? text : arrival === 'arriving' ? strings.person.noneYet : strings.person.notArrived;
  return <p className={strong ? undefined : 'os-quiet'} data-absent>{strong ? <strong>{said}</strong> : said}</p>;
}
