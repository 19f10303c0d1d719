import type { Resource } from '@medplum/fhirtypes';
import { componentOf, momentOf, organisationOf } from './event-facts.ts';
import { patienceOf, type Patience } from './lanes.ts';

const dayMs = 86_400_000;

/** When a referral its sender keeps is first late if nobody replies, in ms; undefined for what waits for nobody else: not sent yet, over, kept by its receiver, or to nobody named. */
export function lateFrom(resource: Resource, custodianReference: string, days: Patience['noReplyDays']): number | undefined {
  if (resource.resourceType !== 'ServiceRequest' || !['active', 'on-hold'].includes(resource.status)) return undefined;
  const receivers = (resource.performer ?? []).flatMap((reference) => organisationOf(reference) ?? []);
  const sent = resource.authoredOn === undefined ? undefined : momentOf(resource.authoredOn);
  if (receivers.length === 0 || receivers.includes(custodianReference) || !sent) return undefined;
  return sent.middle + (patienceOf(componentOf(resource), days) + 1) * dayMs;
}
