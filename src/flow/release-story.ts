import type { Patient } from '@medplum/fhirtypes';
import { notFound } from '../fhir/outcome.ts';
import { incompleteNotice, withheldNotice } from '../fhir/notices.ts';
import { AuditedRefusal } from '../fhir/problem.ts';
import { programmeOf } from '../fhir/programmes.ts';
import type { Requester } from '../fhir/sharing.ts';
import { readConfirmations, type ConfirmationRow } from '../store/confirmations.ts';
import { stale, type VisibleRow } from '../store/door.ts';
import { isUuid } from '../store/secrets.ts';
import { storyDocument, type StoryDocument } from '../story/story-document.ts';
import type { Confirmation, StoryFacts } from '../story/story-facts.ts';
import { composeCitizens, type ComposedCitizen } from './compose-citizens.ts';
import type { HeldGrant } from './policy.ts';
import { readAsked, type Found } from './read-asked.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';
import { appendOrRefuse, describeLook, lateCustodians, noticeWhereVisible } from './release-records.ts';
import { storyRows } from './story-rows.ts';

/** What may be sent as one document, once this is in hand its audit entry is durable. */
export interface ReleasedStory extends Omit<StoryDocument, 'cited'> {
  composed: ComposedCitizen;
  /** records that a line names, as they came through the door */
  rows: VisibleRow[];
  places: VisibleRow[];
  /** the moment it was told for */
  at: Date;
}

/** More than this of one person is not told at once. */
const mostRows = 5000;

/**
 * THE STORY of a story: who asks → grant → everything of one citizen that this grant may see, in one read → compose → audit
 * (durable, listing each version the document holds) → what may be sent. A citizen of whom no source may be seen is not there.
 */
export async function releaseStory(context: ReleaseContext, requester: Requester, citizen: string, base: string, request: RequestFacts): Promise<ReleasedStory> {
  const { held, result } = await context.policy.under(requester, async ({ grant }) => {
    const [found, confirmations] = await Promise.all([
      readAsked(context.database, grant.key, { interaction: 'everything', citizen, after: null, count: mostRows, sent: [] }), isUuid(citizen) ? readConfirmations(context.database, grant.key, citizen) : [],
    ]);
    return found === stale || confirmations === stale ? stale : { found, confirmations };
  });
  const { found } = result;
  const [composed] = composeCitizens(held, found.people);
  const at = context.clock();
  const told = composed && storyDocument(factsFrom(held, found, result.confirmations, composed, at), base);
  const sent = tellsOf(found, told);
  await appendOrRefuse(context, describeLook(context, requester, { interaction: 'story', citizen }, request, held, sent, told === undefined));
  if (!told) throw new AuditedRefusal(notFound);
  const { cited: _cited, ...document } = told;
  const cited = [...sent.people, ...sent.rows];
  return { ...document, composed, rows: cited, places: placesOf(found.places, cited), at };
}

function factsFrom(held: HeldGrant, found: Found, confirmations: readonly ConfirmationRow[], { citizen, patient, provenance }: ComposedCitizen, now: Date): StoryFacts {
  const told = (row: ConfirmationRow): Confirmation => ({ ...row, at: row.at.toISOString(), organisationName: held.names.organisations.get(row.organisation) ?? row.organisation });
  return {
    citizen, patient: patient as Patient, provenance, people: storyRows(held, found.people), rows: storyRows(held, found.rows), confirmations: confirmations.map(told),
    programmeOf, notices: noticesOf(held, found), now,
  };
}

/** The words a searchset has for it, and before them one that is always true. */
function noticesOf(held: HeldGrant, found: Found): string[] {
  const notice = noticeWhereVisible(held, found);
  const late = lateCustodians(held, found);
  const entries = [
    ...(notice === 'none' ? [] : [withheldNotice(notice === 'generic' ? [] : notice.organisations)]), ...(late.length > 0 ? [incompleteNotice(late)] : []),
  ];
  return [
    'Told here is what organisations sent and you may see. What is not here may still exist.',
    ...entries.flatMap(({ resource }) => (resource?.resourceType === 'OperationOutcome' ? (resource.issue[0]?.details?.text ?? []) : [])),
    ...(found.next === null ? [] : [`The record has more entries than the ${mostRows} this was told from.`]),
  ];
}

/** Of what was read only what a line names leaves the house; the sources of the composed Patient always do. */
function tellsOf(found: Found, told: StoryDocument | undefined): Found {
  const cited = new Set(told?.cited.map(({ id }) => id));
  return { ...found, rows: found.rows.filter(({ id }) => cited.has(id)) };
}

function placesOf(places: readonly VisibleRow[], rows: readonly VisibleRow[]): VisibleRow[] {
  return places.filter(({ type, id }) => rows.some(({ body }) => body.includes(`${type}/${id}`)));
}
