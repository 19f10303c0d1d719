import type { CodeSystem, Coding } from '@medplum/fhirtypes';
import { publishedProfiles } from './profiles.ts';

const componentSystem = 'https://fhir.bicp.example/CodeSystem/ei-component';

interface Component {
  named: Coding;
  programme: Coding | undefined;
}

const read = new WeakMap<object, ReadonlyMap<string, Component>>();

/** The programme a component is planned in, by profiles/CodeSystem-ei-component.json; undefined for a code that is not there. */
export function programmeOf(component: Coding | undefined): Coding | undefined {
  return component?.system === componentSystem ? components().get(component.code ?? '')?.programme : undefined;
}

/** A component of the programme with its display; undefined for a code that is not there. */
export function componentNamed(code: string): Coding | undefined {
  return components().get(code)?.named;
}

function components(): ReadonlyMap<string, Component> {
  const published = publishedProfiles();
  const known = read.get(published) ?? componentsIn(published.resources);
  read.set(published, known);
  return known;
}

function componentsIn(resources: readonly object[]): ReadonlyMap<string, Component> {
  const system = resources.find((resource): resource is CodeSystem => (resource as CodeSystem).url === componentSystem);
  return new Map((system?.concept ?? []).map(({ code = '', display, property }) => [code, {
    named: { system: componentSystem, code, ...(display !== undefined && { display }) }, programme: property?.find((each) => each.code === 'programme')?.valueCoding,
  }]));
}
