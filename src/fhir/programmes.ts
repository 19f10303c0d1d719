import type { CodeSystem, Coding } from '@medplum/fhirtypes';
import { publishedProfiles } from './profiles.ts';

const componentSystem = 'https://fhir.bicp.example/CodeSystem/ei-component';
const read = new WeakMap<object, ReadonlyMap<string, Coding>>();

/** The programme a component is planned in, by profiles/CodeSystem-ei-component.json; undefined for a code that is not there. */
export function programmeOf(component: Coding | undefined): Coding | undefined {
  const published = publishedProfiles();
  const known = read.get(published) ?? programmesIn(published.resources);
  read.set(published, known);
  return component?.system === componentSystem ? known.get(component.code ?? '') : undefined;
}

function programmesIn(resources: readonly object[]): ReadonlyMap<string, Coding> {
  const components = resources.find((resource): resource is CodeSystem => (resource as CodeSystem).url === componentSystem);
  return new Map((components?.concept ?? []).flatMap(({ code, property }) => {
    const programme = property?.find((each) => each.code === 'programme')?.valueCoding;
    return programme ? [[code ?? '', programme] as const] : [];
  }));
}
