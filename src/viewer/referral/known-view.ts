import type { Resource } from '@medplum/fhirtypes';
import { formatDate } from '../format.ts';
import type { StoryViews } from '../person/record-view.ts';
import { titleOf } from '../person/parts/title-of.ts';
import { strings } from '../strings.ts';
import { isGoingOn } from './referral-resources.ts';

const words = strings.referral.knownLabels;
const most = 4;

/** What the record tells already, in the lines of its own cards. */
export function knownOf({ where, plans, who, once, alerts }: StoryViews): { label: string; lines: string[] }[] {
  return [
    { label: words.where, lines: where.places.map(({ text }) => text) },
    { label: words.plan, lines: plans.groups.flatMap(({ lines }) => lines.map(({ text }) => text)) },
    { label: words.who, lines: who.services.map(({ text }) => text) },
    { label: words.once, lines: once.facts.flatMap(({ lines }) => lines) },
    { label: words.alerts, lines: alerts.lines.filter(({ ended }) => !ended).map(({ text }) => text) },
  ].filter(({ lines }) => lines.length > 0).map(({ label, lines }) => ({ label, lines: lines.slice(0, most) }));
}

export interface AlongView {
  /** `Type/id` */
  reference: string;
  label: string;
}

/** Entries a referral may point to: the stay somebody is in, plans in force, teams at work. */
export function alongOf(resources: readonly Resource[]): AlongView[] {
  return resources.filter(isOfUse).map((resource) => ({ reference: `${resource.resourceType}/${resource.id ?? ''}`, label: [titleOf(resource), since(resource)].filter((part) => part !== undefined).join(', ') }));
}

function isOfUse(resource: Resource): boolean {
  if (resource.resourceType === 'Encounter') return isGoingOn(resource);
  return (resource.resourceType === 'CarePlan' || resource.resourceType === 'CareTeam') && resource.status === 'active';
}

function since(resource: Resource): string | undefined {
  const start = (resource as { period?: { start?: string } }).period?.start;
  return start === undefined ? undefined : strings.person.whereNow.since(formatDate(start)).replace(/^S/, 's');
}

/** Why somebody is where they are, to begin the reason with: of the stay they are in, else of a plan in force. */
export function reasonIn(resources: readonly Resource[]): string {
  const stay = resources.find((resource) => resource.resourceType === 'Encounter' && isGoingOn(resource));
  const reasons = stay?.resourceType === 'Encounter' ? (stay.reasonCode ?? []).flatMap(({ text, coding }) => text ?? coding?.[0]?.display ?? []) : [];
  return reasons.join('; ');
}
