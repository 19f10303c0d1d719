import { textOf, type Json, type JsonObject } from '../fhir/json.ts';
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

const kinds: Record<string, RelationshipKind> = { EpisodeOfCare: 'episode', Encounter: 'episode', ServiceRequest: 'referral', CareTeam: 'care-team', Patient: 'registration' };

/** Types that can be evidence of a relationship. */
export const evidenceTypes: readonly string[] = Object.keys(kinds);

const over = new Set(['finished', 'completed', 'inactive']);
const notInForce = new Set(['cancelled', 'revoked', 'entered-in-error', 'unknown', 'draft', 'proposed']);

/**
 * What care by which organisations a mapped resource is evidence of: the custodian's own episode or visit, both ends of a
 * referral, everybody who takes part in a care team, and the practice a person is registered with. References are still
 * logical (organisation identifiers). `isPractice` says who can have people registered: nobody else can by being named.
 */
export function relationshipEvidence(resource: JsonObject, custodian: OrganisationKey, receivedAt: Date, isPractice: (organisation: OrganisationKey) => boolean): Evidence[] {
  const kind = kinds[textOf(resource['resourceType'])];
  const status = textOf(resource['status']);
  if (!kind || notInForce.has(status)) return [];
  const until = endOf(resource, kind, over.has(status), receivedAt);
  const of = (organisations: readonly OrganisationKey[], end = until): Evidence[] => organisations.map((organisation) => ({ organisation, kind, until: end }));
  switch (kind) {
    case 'registration':
      return resource['active'] === false ? [] : latest(of(organisationsOf(resource['generalPractitioner']).flatMap((each) => [each, practiceOf(each)]).filter(isPractice)));
    case 'referral':
      return latest(of([custodian, ...organisationsOf(resource['requester']), ...organisationsOf(resource['performer'])]));
    case 'care-team':
      return latest([...of([custodian, ...organisationsOf(resource['managingOrganization'])]), ...objectsIn(resource['participant']).flatMap((participant) => {
        const ends = endOf(participant, kind, false, receivedAt);
        return of([...organisationsOf(participant['member']), ...organisationsOf(participant['onBehalfOf'])], ends < until ? ends : until);
      })]);
    case 'episode':
      return of([custodian]);
  }
}

/** A surgery of a practice has the practice's code with three digits more: whoever is registered there is registered with the practice. */
function practiceOf(organisation: OrganisationKey): OrganisationKey {
  return organisation.replace(/^(https:\/\/fhir\.nhs\.uk\/Id\/ods-organization-code\|[A-Z]\d{5})\d{3}$/, '$1');
}

/** Each organisation once, with its latest end. */
function latest(evidence: readonly Evidence[]): Evidence[] {
  const byOrganisation = new Map<OrganisationKey, Evidence>();
  for (const each of evidence) {
    const known = byOrganisation.get(each.organisation);
    if (!known || known.until < each.until) byOrganisation.set(each.organisation, each);
  }
  return [...byOrganisation.values()];
}

function endOf(resource: JsonObject, kind: RelationshipKind, isOver: boolean, receivedAt: Date): Date {
  const [period] = objectsIn(resource['period']);
  const end = typeof period?.['end'] === 'string' ? new Date(period['end']) : null;
  const days = relationshipDays[kind];
  const from = end ?? receivedAt;
  return new Date(from.getTime() + (isOver || end ? days.afterEnd : days.open) * 86_400_000);
}

/** Organisations a reference, or a list of references, names by identifier. */
function organisationsOf(value: Json | undefined): OrganisationKey[] {
  return objectsIn(value).flatMap((reference) => {
    const [identifier] = objectsIn(reference['identifier']);
    return reference['type'] === 'Organization' && typeof identifier?.['system'] === 'string' && typeof identifier['value'] === 'string'
      ? [`${identifier['system']}|${identifier['value']}`] : [];
  });
}

/** The object there, or the objects of the list there. */
function objectsIn(value: Json | undefined): JsonObject[] {
  return [value].flat().filter((each): each is JsonObject => each !== null && typeof each === 'object' && !Array.isArray(each));
}
