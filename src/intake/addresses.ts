import type { Kind, Part } from './types.ts';

/** Whether the kind's tables may come together, as a zip posted to the feed itself. */
export function takesPackages(kind: { parts: readonly Pick<Part, 'name' | 'file'>[] }): boolean {
  return kind.parts.some(({ file }) => file !== undefined) && !kind.parts.some(({ name }) => name === '');
}

/** Part names a post may give: '' for the feed itself. Tables of a kind that hang together come in a package only. */
export function postableParts(kind: Kind): string[] {
  const hangTogether = kind.parts.some((part) => part.relations?.some(({ fills }) => fills === undefined) || (part.cover && !isLookedUp(kind.parts, part)));
  return [...(takesPackages(kind) ? [''] : []), ...(hangTogether ? [] : kind.parts.flatMap(({ name, cover }) => (cover ? [] : [name])))];
}

/** Whether a table that is about nobody is one that others are filled from: a list of codes, of as many rows as it has. */
export function isLookedUp(parts: readonly Part[], { name, cover }: Part): boolean {
  return cover === true && parts.some(({ relations = [] }) => relations.some(({ part, fills }) => part === name && fills !== undefined));
}
