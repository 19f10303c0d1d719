import type { RowInput } from './types.ts';

/** What messages are about beside the person: a visit, a referral, by the ids their sender names in them. */
export interface AboutKey {
  /** `visit` */
  name: string;
  personKey: string;
  id: string;
}

/** The key under which what is said of a person is folded. */
export function personFoldKey(personKey: string): string {
  return `person/${encodeURIComponent(personKey)}`;
}

/** A visit is folded under the person each message names: two people sharing a visit number never share a fold. */
export function aboutFoldKey({ name, personKey, id }: AboutKey): string {
  return `${name}/${encodeURIComponent(personKey)}/${encodeURIComponent(id)}`;
}

/** The key under which it is kept of when each record of a person is, for rows that say all there is. */
export function asOfKey(personKey: string): string {
  return `as-of/${encodeURIComponent(personKey)}`;
}

/** Whether a row says all there is, and of when. */
export function isDated({ foldKeys, eventAt }: Pick<RowInput, 'foldKeys' | 'eventAt'>): boolean {
  return foldKeys.length === 0 && eventAt !== '';
}

/** Every key whose state a row is read with. */
export function statesOf(input: Pick<RowInput, 'foldKeys' | 'eventAt'>, personKey: string): string[] {
  return isDated(input) ? [asOfKey(personKey)] : input.foldKeys;
}

/** What a fold key stands for, where that is not the person or a whole record. */
export function aboutOf(foldKey: string): AboutKey | undefined {
  const [name = '', personKey, id, ...more] = foldKey.split('/');
  if (name === 'person' || name === 'whole' || name === 'as-of' || personKey === undefined || id === undefined || more.length > 0) return undefined;
  return { name, personKey: decodeURIComponent(personKey), id: decodeURIComponent(id) };
}
