import type { BundleEntry } from '@medplum/fhirtypes';
import { incompleteNotice, withheldNotice } from '../../fhir/notices.ts';
import { programmeOf } from '../../fhir/programmes.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { StoryRule } from '../../story/event-types.ts';
import { findEvents } from '../../story/events.ts';
import type { VisibleRow } from '../../store/door/door.ts';
import { storyDocument, type StoryDocument } from '../../story/story-document.ts';
import type { Notice, StoryFacts } from '../../story/story-facts.ts';
import { composeCitizens } from '../compose-citizens.ts';
import type { HeldGrant } from '../policy.ts';
import type { Found } from '../read-asked.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { lateCustodians, noticeWhereVisible, releaseTold, type Released } from '../release-records.ts';
import { storyRows } from './story-rows.ts';

export type StoryContext = ReleaseContext & { story: StoryRule };

/** Whose story, and as it was known before which instant; now where that is left out. */
export interface StoryOf {
  citizen: string;
  at?: Date;
  /** it is put on paper: everything it is told from goes along, and it is written down as printed */
  print?: boolean;
}

/** A document, the records its lines name, and the moment it was told for. */
export type ReleasedStory = Released & Omit<StoryDocument, 'cited' | 'compared'> & { people: Found['people']; at: Date };

/**
 * All that one caller may see of a citizen, told as one document. What leaves, and what the audit entry lists, are the sources
 * of the composed Patient and the records that a line names; the others were read and are not told. With `at` it is told from
 * the versions of before that instant, as if it were then.
 */
export function releaseStory(context: StoryContext, requester: Requester, { citizen, at: asAt, print = false }: StoryOf, base: string, request: RequestFacts): Promise<ReleasedStory> {
  const whose = { citizen, ...(asAt && { at: asAt }), changes: context.story.planChanges };
  return releaseTold(context, requester, print ? { interaction: 'print', ...whose } : { interaction: 'story', ...whose }, request, (held, found) => {
    const at = asAt ?? context.clock();
    const facts = factsFrom(context, held, found, at);
    const { cited, compared, ...document } = storyDocument({ ...facts, events: findEvents(facts.rows, found.decisions ?? [], context.story) }, base);
    return { sent: { ...(print ? found : onlyCited(found, cited)), earlier: onlyCompared(found, compared) }, told: { ...document, people: found.people, at } };
  });
}

/** Of what was found, what a document names. */
export function onlyCited(found: Found, cited: readonly { id: string }[]): Found {
  const ids = new Set(cited.map(({ id }) => id));
  const rows = found.rows.filter(({ id }) => ids.has(id));
  return { ...found, rows, places: found.places.filter(({ type, id }) => [...found.people, ...rows].some(({ body }) => body.includes(`${type}/${id}`))) };
}

/** Of the earlier versions, those that a change rests on or stands against: their words are in the document, and they are listed as sent. */
export function onlyCompared({ earlier = [] }: Found, compared: readonly { id: string; version: number }[]): VisibleRow[] {
  const versions = new Set(compared.map(({ id, version }) => `${id}/${version}`));
  return earlier.filter(({ id, version }) => versions.has(`${id}/${version}`));
}

/** What a document is told from; events are found by who tells of them. */
export function factsFrom({ directory, story }: StoryContext, held: HeldGrant, found: Found, now: Date): StoryFacts {
  const [composed] = composeCitizens(held, found.people);
  const rows = storyRows(held, directory, found.rows);
  return {
    citizen: composed?.citizen ?? '', patient: composed?.patient ?? { resourceType: 'Patient' }, provenance: composed?.provenance ?? [],
    people: storyRows(held, directory, found.people), rows, earlier: storyRows(held, directory, found.earlier ?? []), events: [], rule: story,
    confirmations: (found.confirmations ?? []).map((each) => ({ ...each, at: each.at.toISOString(), organisationName: held.names.organisations.get(each.organisation) ?? directory.get(each.organisation)?.name ?? each.organisation })),
    programmeOf, phonesOf: switchboards(directory), outOfHoursOf: (custodian) => directory.get(custodian)?.phonesOutOfHours ?? [], notices: noticesOf(held, found), now,
  };
}

function switchboards(directory: ReleaseContext['directory']): StoryFacts['phonesOf'] {
  const phones = new Map([...directory.values()].map(({ id, phones: numbers }) => [`Organization/${id}`, numbers]));
  return (organisation) => phones.get(organisation ?? '') ?? [];
}

/** One line that is always true, then what a searchset would say in the same words. */
function noticesOf(held: HeldGrant, found: Found): Notice[] {
  const notice = noticeWhereVisible(held, found);
  const late = lateCustodians(held, found);
  const textOf = ({ resource }: BundleEntry): string => (resource?.resourceType === 'OperationOutcome' ? (resource.issue[0]?.details?.text ?? '') : '');
  return [
    { kind: 'notice', text: 'Told here is what organisations sent and you may see. What is not here may still exist.' },
    ...(notice === 'none' ? [] : [{ kind: 'withheld', text: textOf(withheldNotice(notice === 'generic' ? [] : notice.organisations)) } as const]),
    ...(late.length > 0 ? [{ kind: 'incomplete', text: textOf(incompleteNotice(late)) } as const] : []),
    ...(found.cut ? [{ kind: 'incomplete', text: 'There are more records than a story is told from; the oldest are left out.' } as const] : []),
  ];
}
