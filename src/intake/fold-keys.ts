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

/** What a fold key stands for, where that is not the person or a whole record. */
export function aboutOf(foldKey: string): AboutKey | undefined {
  const [name = '', personKey, id, ...more] = foldKey.split('/');
  if (name === 'person' || name === 'whole' || personKey === undefined || id === undefined || more.length > 0) return undefined;
  return { name, personKey: decodeURIComponent(personKey), id: decodeURIComponent(id) };
}
