import type { Kind, Part } from './types.ts';

/** Whether the kind's tables may come together, as a zip posted to the feed itself. */
export function takesPackages(kind: { parts: readonly Pick<Part, 'name' | 'file'>[] }): boolean {
  return kind.parts.some(({ file }) => file !== undefined) && !kind.parts.some(({ name }) => name === '');
}

/** Part names a post may give: '' for the feed itself. Tables of a kind that hang together come in a package only. */
export function postableParts(kind: Kind): string[] {
  const hangTogether = kind.parts.some(({ relations, cover }) => relations !== undefined || cover);
  return [...(takesPackages(kind) ? [''] : []), ...(hangTogether ? [] : kind.parts.map(({ name }) => name))];
}
