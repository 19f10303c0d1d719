import type { Bundle, Extension, ListEntry, Resource } from '@medplum/fhirtypes';
import { formatReference } from '../../format.ts';
import { partOf, partsOf } from '../parts/extension-parts.ts';
import { extensionOf } from '../parts/title-of.ts';

/** A record that speaks of an event. */
export interface Witness {
  /** `Type/id` */
  record: string;
  resource: Resource | undefined;
  organisation: string;
  /** FHIR instant */
  stored: string | undefined;
  how: string;
  rule: string;
  /** what agreed, in words */
  because: string[];
}

export interface Lane {
  organisation: string;
  side: string;
  state: string;
  since: string | undefined;
}

/** How a referral stands, and each organisation's part in it. */
export interface Standing {
  state: string;
  waitingDays: number | undefined;
  lanes: Lane[];
}

export interface Difference {
  element: string;
  said: { organisation: string; value: string }[];
}

/** One event as the gateway tells it; the record it is named by comes first among the witnesses. */
export interface ToldEvent {
  key: string;
  /** key of the event that began what this one belongs to; its own where it stands alone */
  thread: string;
  kind: string;
  state: string;
  /** FHIR date or dateTime */
  from: string | undefined;
  to: string | undefined;
  lead: Resource;
  witnesses: Witness[];
  differences: Difference[];
  standing: Standing | undefined;
}

export interface ToldTimeline {
  events: ToldEvent[];
  /** what the gateway says beside it, such as that the oldest are left out */
  notes: string[];
}

/** Pages of Patient/{id}/$timeline → events in the order told: profiles/StructureDefinition-story-event.json. */
export function readTimeline(pages: readonly Bundle[]): ToldTimeline {
  const resources = pages.flatMap(({ entry }) => entry ?? []).flatMap(({ resource }) => resource ?? []);
  const records = new Map(resources.map((resource) => [`${resource.resourceType}/${resource.id ?? ''}`, resource]));
  const lists = resources.filter((resource) => resource.resourceType === 'List');
  return {
    events: lists.flatMap(({ entry }) => entry ?? []).flatMap((entry) => eventOf(entry, records)),
    notes: [...new Set(lists.flatMap(({ note }) => note ?? []).flatMap(({ text }) => text ?? []))],
  };
}

function eventOf(entry: ListEntry, records: ReadonlyMap<string, Resource>): ToldEvent[] {
  const told = extensionOf(entry, 'story-event');
  const lead = records.get(entry.item?.reference ?? '');
  if (!lead) return [];
  const referral = partOf(told, 'referral');
  const key = partOf(told, 'key')?.valueString ?? entry.item?.reference ?? '';
  return [{
    key, thread: partOf(told, 'thread')?.valueString ?? key, kind: entry.flag?.coding?.[0]?.code ?? 'record', state: partOf(told, 'state')?.valueCode ?? 'unknown',
    from: partOf(told, 'from')?.valueDateTime, to: partOf(told, 'to')?.valueDateTime, lead,
    witnesses: partsOf(told, 'witness').map((witness) => witnessOf(witness, records)), differences: partsOf(told, 'difference').map(differenceOf), standing: referral && standingOf(referral),
  }];
}

function witnessOf(witness: Extension, records: ReadonlyMap<string, Resource>): Witness {
  const record = partOf(witness, 'record')?.valueReference?.reference ?? '';
  return {
    record, resource: records.get(record), organisation: formatReference(partOf(witness, 'who')?.valueReference), stored: partOf(witness, 'stored')?.valueInstant,
    how: partOf(witness, 'how')?.valueCode ?? '', rule: partOf(witness, 'rule')?.valueString ?? '', because: partsOf(witness, 'because').flatMap(({ valueString }) => valueString ?? []),
  };
}

function differenceOf(difference: Extension): Difference {
  return {
    element: partOf(difference, 'element')?.valueCode ?? '',
    said: partsOf(difference, 'said').map((said) => ({ organisation: formatReference(partOf(said, 'who')?.valueReference), value: partOf(said, 'value')?.valueString ?? '' })),
  };
}

function standingOf(referral: Extension): Standing {
  return {
    state: partOf(referral, 'state')?.valueCode ?? '', waitingDays: partOf(referral, 'waiting-days')?.valueInteger,
    lanes: partsOf(referral, 'lane').map((lane) => ({
      organisation: formatReference(partOf(lane, 'organisation')?.valueReference), side: partOf(lane, 'side')?.valueCode ?? '', state: partOf(lane, 'state')?.valueCode ?? '', since: partOf(lane, 'since')?.valueDateTime,
    })),
  };
}
