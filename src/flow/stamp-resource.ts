import type { Json, JsonObject } from '../fhir/json.ts';
import { profileUrlOf } from '../fhir/profiles.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';

/** The marks on every stored resource: whose it is, where it came from, what it carries. `text` is never kept. */
export function stampResource(body: JsonObject, marks: {
  version: number; at: Date; source: string; profileType: string; security: Json[]; custodian: OrganisationKey;
}): JsonObject {
  const [system = '', value = ''] = marks.custodian.split('|');
  const { resourceType, id, ...rest } = body;
  const profile = profileUrlOf(marks.profileType);
  return {
    resourceType: resourceType ?? null,
    id: id ?? null,
    meta: {
      versionId: String(marks.version),
      lastUpdated: marks.at.toISOString(),
      source: marks.source,
      ...(profile !== undefined && { profile: [profile] }),
      ...(marks.security.length > 0 && { security: marks.security }),
      tag: [{ system, code: value }],
    },
    ...rest,
  };
}
