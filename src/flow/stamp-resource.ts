import type { Json, JsonObject } from '../fhir/json.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';

/** Types with a profile of ours in profiles/. */
export const profiledTypes: ReadonlySet<string> = new Set(['Patient', 'CarePlan', 'EpisodeOfCare', 'ServiceRequest', 'Encounter', 'CareTeam', 'Task', 'Consent']);

/** The marks on every stored resource: whose it is, where it came from, what it carries. `text` is never kept. */
export function stampResource(body: JsonObject, marks: {
  version: number; at: Date; source: string; profileType: string; security: Json[]; custodian: OrganisationKey;
}): JsonObject {
  const [system = '', value = ''] = marks.custodian.split('|');
  const { resourceType, id, ...rest } = body;
  return {
    resourceType: resourceType ?? null,
    id: id ?? null,
    meta: {
      versionId: String(marks.version),
      lastUpdated: marks.at.toISOString(),
      source: marks.source,
      ...(profiledTypes.has(marks.profileType) && { profile: [`https://fhir.bicp.example/StructureDefinition/${marks.profileType}`] }),
      ...(marks.security.length > 0 && { security: marks.security }),
      tag: [{ system, code: value }],
    },
    ...rest,
  };
}
