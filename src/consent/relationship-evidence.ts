import { textOf, type JsonObject } from '../fhir/json.ts';
import type { OrganisationKey, RelationshipKind } from '../fhir/sharing.ts';

/** How long evidence counts after it ended, or, still open, after it was last heard of. One table: governance reads it. */
export const relationshipDays: Record<RelationshipKind, { afterEnd: number; open: number }> = {
  episode: { afterEnd: 90, open: 730 },
  referral: { afterEnd: 30, open: 180 },
  registration: { afterEnd: 0, open: 1095 },
  'care-team': { afterEnd: 30, open: 730 },
};

export interface Evidence {
  organisation: OrganisationKey;
  kind: RelationshipKind;
  until: Date;
}

const kinds: Record<string, RelationshipKind> = { EpisodeOfCare: 'episode', Encounter: 'episode', ServiceRequest: 'referral', CareTeam: 'care-team' };
const over = new Set(['finished', 'completed', 'inactive']);
const void_ = new Set(['cancelled', 'revoked', 'entered-in-error', 'unknown', 'draft']);

/**
 * What care by which organisations a mapped resource is evidence of: the custodian's own episode, visit or team, and
 * both ends of a referral. References are still logical (organisation identifiers).
 */
export function relationshipEvidence(resource: JsonObject, custodian: OrganisationKey, receivedAt: Date): Evidence[] {
  const kind = kinds[textOf(resource['resourceType'])];
  const status = textOf(resource['status']);
  if (!kind || void_.has(status)) return [];
  const until = endOf(resource, kind, over.has(status), receivedAt);
  const organisations = kind === 'referral' ? [custodian, ...organisationsOf(resource['requester']), ...organisationsOf(resource['performer'])] : [custodian];
  return [...new Set(organisations)].map((organisation) => ({ organisation, kind, until }));
}

function endOf(resource: JsonObject, kind: RelationshipKind, isOver: boolean, receivedAt: Date): Date {
  const period = resource['period'];
  const end = period !== null && typeof period === 'object' && !Array.isArray(period) && typeof period['end'] === 'string' ? new Date(period['end']) : null;
  const days = relationshipDays[kind];
  const from = end ?? receivedAt;
  return new Date(from.getTime() + (isOver || end ? days.afterEnd : days.open) * 86_400_000);
}

function organisationsOf(value: JsonObject[string] | undefined): OrganisationKey[] {
  if (value === undefined || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap(organisationsOf);
  const identifier = value['identifier'];
  if (value['type'] !== 'Organization' || identifier === null || typeof identifier !== 'object' || Array.isArray(identifier)) return [];
  return typeof identifier?.['system'] === 'string' && typeof identifier['value'] === 'string' ? [`${identifier['system']}|${identifier['value']}`] : [];
}
