import type { Encounter, Resource } from '@medplum/fhirtypes';
import { readyExtension } from '../fhir/search-parameters.ts';
import type { SubscriptionTopicCode } from '../fhir/subscription-topics.ts';
import { organisationOf } from './event-facts.ts';

/** Something a subscriber may want to know. */
export interface Happening {
  topic: SubscriptionTopicCode;
  /** organisations it is for, as records name them; absent: whoever cares for the person */
  for?: string[];
}

/** v3-ActCode classes of encounters during which a person stays. */
const staying = new Set(['IMP', 'ACUTE', 'NONAC', 'SS', 'OBSENC']);
const notInForce = new Set(['entered-in-error', 'draft', 'cancelled', 'revoked']);

/** What a version tells that the one before it did not. Pure; of two versions alone, never of when they came. */
export function happeningsOf(now: Resource, before: Resource | null): Happening[] {
  switch (now.resourceType) {
    case 'ServiceRequest': {
      const performers = (request: Resource | null): string[] => (request?.resourceType === 'ServiceRequest' && !notInForce.has(request.status ?? '') ? (request.performer ?? []).flatMap((each) => organisationOf(each) ?? []) : []);
      const known = new Set(performers(before));
      const added = performers(now).filter((performer) => !known.has(performer));
      return added.length === 0 ? [] : [{ topic: 'referral-received', for: added }];
    }
    case 'Encounter': return ofStay(now, before?.resourceType === 'Encounter' ? before : null);
    case 'CarePlan': return notInForce.has(now.status ?? '') && before === null ? [] : [{ topic: 'plan-changed' }];
    case 'Patient': return isDead(now) && !(before && isDead(before)) ? [{ topic: 'died' }] : [];
    default: return [];
  }
}

function ofStay(now: Encounter, before: Encounter | null): Happening[] {
  const newly = (holds: (stay: Encounter) => boolean): boolean => holds(now) && !(before && holds(before));
  return [
    ...(newly((stay) => isStay(stay) && ['in-progress', 'onleave'].includes(stay.status ?? '')) ? [{ topic: 'admitted' } as const] : []),
    ...(newly((stay) => isStay(stay) && !notInForce.has(stay.status ?? '') && stay.extension?.some(({ url }) => url === readyExtension) === true) ? [{ topic: 'medically-fit' } as const] : []),
    ...(newly((stay) => isStay(stay) && stay.status === 'finished') ? [{ topic: 'discharged' } as const] : []),
  ];
}

function isStay(encounter: Encounter): boolean {
  return staying.has(encounter.class?.code ?? '');
}

function isDead(resource: Resource): boolean {
  return resource.resourceType === 'Patient' && (resource.deceasedBoolean === true || resource.deceasedDateTime !== undefined);
}
