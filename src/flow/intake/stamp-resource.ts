import type { Json, JsonObject } from '../../fhir/json.ts';
import { profileUrlOf } from '../../fhir/profiles.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';

const mappingVersionUrl = 'https://fhir.bicp.example/StructureDefinition/mapping-version';

/** Which version of the feed's mapping made this version of a resource: the SHA-256 of its files, as replays name it. */
export function mappingMark(sha256: string): { extension: JsonObject[] } {
  return { extension: [{ url: mappingVersionUrl, valueString: `sha256:${sha256}` }] };
}

/** The marks on every stored resource: whose it is, where it came from, what it carries. `text` is never kept. */
export function stampResource(body: JsonObject, marks: {
  version: number; at: Date; source: string; mapping?: string; profileType: string; security: Json[]; custodian: OrganisationKey;
}): JsonObject {
  const [system = '', value = ''] = marks.custodian.split('|');
  const { resourceType, id, ...rest } = body;
  const profile = profileUrlOf(marks.profileType);
  return {
    resourceType: resourceType ?? null,
    id: id ?? null,
    meta: {
      ...(marks.mapping !== undefined && mappingMark(marks.mapping)),
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
