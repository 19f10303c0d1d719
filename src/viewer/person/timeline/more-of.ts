import type { Encounter, Observation, Resource } from '@medplum/fhirtypes';
import { formatConcept, formatDateTime, notRecorded } from '../../format.ts';
import { strings } from '../../strings.ts';
import { destinationOf, shortened } from '../parts/destination.ts';
import { outcomeOf, reasonOf, senderOf } from '../cards/referrals-view.ts';
import { extensionOf, placeOf } from '../parts/title-of.ts';

const words = strings.person.timeline;

/** What the leading record of an event says beside its title; undefined where it says no more. */
export function moreOf(kind: string, lead: Resource): string | undefined {
  const text = tell(kind, lead);
  return text === undefined || text === '' || text === notRecorded ? undefined : text;
}

function tell(kind: string, lead: Resource): string | undefined {
  switch (lead.resourceType) {
    case 'ServiceRequest': return words.fromFor(senderOf(lead), reasonOf(lead));
    case 'Encounter': return kind === 'discharge' ? words.wentTo(destinationOf(lead)) : sentences((lead.reasonCode ?? []).map((concept) => formatConcept(concept)).join('; '), movesIn(lead));
    case 'EpisodeOfCare': {
      const outcome = extensionOf(lead, 'episode-outcome')?.valueCodeableConcept;
      return outcome && words.outcome(shortened(formatConcept(outcome)));
    }
    case 'CarePlan': {
      const reason = lead.activity?.flatMap(({ detail }) => detail?.statusReason ?? [])[0];
      return sentences(lead.description === lead.title ? undefined : lead.description, reason && formatConcept(reason));
    }
    case 'CareTeam': return lead.participant?.flatMap(({ member }) => member?.display ?? []).join(', ');
    case 'Task': {
      const outcome = outcomeOf([lead]);
      return sentences(lead.description, outcome && words.outcome(outcome));
    }
    case 'Observation': return answerOf(lead) ?? (lead.component ?? []).map((part) => `${formatConcept(part.code)}: ${answerOf(part) ?? notRecorded}`).join('; ');
    default: return undefined;
  }
}

/** Where somebody was moved to during a stay, and when. */
function movesIn({ location }: Encounter): string {
  return (location ?? []).slice(1).map((move) => words.moved(placeOf(move.location) ?? notRecorded, formatDateTime(move.period?.start))).join('; ');
}

function answerOf({ valueCodeableConcept, valueString, valueDateTime }: Pick<Observation, 'valueCodeableConcept' | 'valueString' | 'valueDateTime'>): string | undefined {
  if (valueCodeableConcept !== undefined) return formatConcept(valueCodeableConcept);
  return valueDateTime === undefined ? valueString : formatDateTime(valueDateTime);
}

function sentences(...parts: (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join('. ');
}
