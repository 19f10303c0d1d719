import { OperationOutcomeError, validateResource as validateStructure } from '@medplum/core';
import type { Resource } from '@medplum/fhirtypes';
import { checkProfile } from './check-profile.ts';
import { isKnownResourceType } from './definitions.ts';
import type { JsonObject } from './json.ts';
import { publishedProfiles } from './profiles.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';

/**
 * FHIRPath's conformsTo: is the resource of this structure, a resource type of base R4 or a profile published here?
 * Undefined when nobody here knows the structure. `loadDefinitions` must have run, and `loadProfiles` for profiles.
 */
export function conformsTo(resource: JsonObject, url: string): boolean | undefined {
  const type = resource['resourceType'];
  const wanted = url.startsWith(base) ? url.slice(base.length) : '';
  if (isKnownResourceType(wanted)) return type === wanted && isWellFormed(resource);
  const { terminology, byUrl } = publishedProfiles();
  const profile = byUrl.get(url);
  if (!profile) return undefined;
  if (profile.type !== type || !isWellFormed(resource)) return false;
  return checkProfile(resource, profile, { terminology, extensionOf: (other) => byUrl.get(other), severity: 'error' }).every(({ severity }) => severity !== undefined && severity !== 'error');
}

function isWellFormed(resource: JsonObject): boolean {
  try {
    return validateStructure(resource as unknown as Resource).every(({ severity }) => severity !== 'error' && severity !== 'fatal');
  } catch (error) {
    if (error instanceof OperationOutcomeError) return false;
    throw error;
  }
}
