import { createHash } from 'node:crypto';
import type { Extension, List, ListEntry, Organization, Patient, Provenance, Reference, Resource } from '@medplum/fhirtypes';
import { organisationIdentifier } from '../fhir/organisation-reference.ts';
import type { Difference, StoryEvent, StoryRule, Witness } from './event-types.ts';
import type { Lane, ReferralStanding } from './lanes.ts';
import type { StoryRow } from './story-row.ts';

/** An event with its place in the story. */
export interface TimelineLine {
  event: StoryEvent;
  /** key of the event its spell of care began with */
  thread: string;
  /** of a referral */
  standing?: ReferralStanding;
}

const eventUrl = 'https://fhir.bicp.example/StructureDefinition/story-event';
const kindSystem = 'https://fhir.bicp.example/CodeSystem/story-event-kind';
const targetElementUrl = 'http://hl7.org/fhir/StructureDefinition/targetElement';

/**
 * Lines of a timeline as a List any FHIR client can read: one entry for each event, its item the leading record, its flag
 * what sort of thing it is; the extension `story-event` says when it happened, who else tells of it and by which
 * rule, what they say differently, which spell of care it belongs to and how a referral stands. The Provenance of each
 * organisation names the entries it is a witness of and the versions that say so. `names`: organisations as records name them.
 */
export function composeTimeline(
  { citizen, lines, rule, names, cut }: { citizen: string; lines: readonly TimelineLine[]; rule: Pick<StoryRule, 'version'>; names: ReadonlyMap<string, string>; cut: boolean },
): { list: List; provenance: Provenance[] } {
  const source = `urn:onestory:composed#timeline-${rule.version}`;
  const entry = lines.map((line, i): ListEntry => entryOf(line, `line-${i + 1}`, names));
  const content: Omit<List, 'resourceType' | 'id'> = {
    meta: { source }, status: 'current', mode: 'snapshot', title: 'What happened',
    code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/story-list', code: 'timeline', display: 'Timeline' }] },
    subject: { reference: `Patient/${citizen}`, type: 'Patient' satisfies Patient['resourceType'] }, orderedBy: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/list-order', code: 'event-date', display: 'Sorted by Event Date' }] },
    ...(cut && { note: [{ text: 'There is more than is told at once. What happened longest ago is left out.' }] }),
    ...(entry.length > 0 ? { entry } : { emptyReason: { text: 'Nothing that you may see answers to what was asked.' } }),
  };
  const id = hashOf(content);
  return { list: { resourceType: 'List', id, ...content }, provenance: provenanceOf(id, source, lines) };
}

function entryOf({ event, thread, standing }: TimelineLine, id: string, names: ReadonlyMap<string, string>): ListEntry {
  const [lead] = event.witnesses;
  return {
    id, flag: { coding: [{ system: kindSystem, code: event.kind }] }, item: referenceTo(lead.row),
    extension: [{ url: eventUrl, extension: [
      { url: 'key', valueString: event.key }, { url: 'thread', valueString: thread }, { url: 'state', valueCode: event.state }, ...dated('from', event.from), ...dated('to', event.to),
      ...event.witnesses.map(witnessOf), ...event.differences.map(differenceOf), ...(standing ? [referralOf(standing, names)] : []),
    ] }],
  };
}

function witnessOf({ row, how, rule, because }: Witness): Extension {
  return { url: 'witness', extension: [
    { url: 'record', valueReference: referenceTo(row) }, { url: 'version', valuePositiveInt: row.version }, { url: 'who', valueReference: custodianOf(row) },
    { url: 'stored', valueInstant: row.updatedAt }, { url: 'how', valueCode: how }, { url: 'rule', valueString: rule }, ...because.map((words): Extension => ({ url: 'because', valueString: words })),
  ] };
}

function differenceOf({ element, said }: Difference): Extension {
  return { url: 'difference', extension: [
    { url: 'element', valueCode: element },
    ...said.map(({ row, value }): Extension => ({ url: 'said', extension: [{ url: 'record', valueReference: referenceTo(row) }, { url: 'who', valueReference: custodianOf(row) }, { url: 'value', valueString: value }] })),
  ] };
}

function referralOf({ state, waitingDays, lanes }: ReferralStanding, names: ReadonlyMap<string, string>): Extension {
  return { url: 'referral', extension: [
    { url: 'state', valueCode: state }, ...(waitingDays !== undefined ? [{ url: 'waiting-days', valueInteger: waitingDays }] : []),
    ...lanes.map((lane: Lane): Extension => ({ url: 'lane', extension: [
      { url: 'organisation', valueReference: organisationNamed(lane.organisation, names.get(lane.organisation)) }, { url: 'side', valueCode: lane.side }, { url: 'state', valueCode: lane.state }, ...dated('since', lane.since),
    ] })),
  ] };
}

function dated(url: string, value: string | undefined): Extension[] {
  return value === undefined ? [] : [{ url, valueDateTime: value }];
}

function referenceTo({ type, id }: StoryRow, version = ''): Reference {
  return { reference: `${type}/${id}${version}`, type: type as Resource['resourceType'] };
}

function custodianOf({ custodianReference, custodianName }: StoryRow): Reference<Organization> {
  return organisationNamed(custodianReference, custodianName);
}

/** As records name it: a row of the directory, or an identifier. */
function organisationNamed(organisation: string, name: string | undefined): Reference<Organization> {
  const named = organisation.startsWith('Organization/') ? { reference: organisation } : { identifier: organisationIdentifier(organisation) };
  return { type: 'Organization', ...named, ...(name !== undefined && { display: name }) };
}

/** One for each organisation: its lines, and the versions it tells them by. */
function provenanceOf(list: string, source: string, lines: readonly TimelineLine[]): Provenance[] {
  const said = lines.flatMap(({ event }, i) => event.witnesses.map(({ row }) => ({ row, line: `line-${i + 1}` })));
  return [...Map.groupBy(said, ({ row }) => row.custodian)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([custodian, told]): Provenance => {
    const rows = [...new Map(told.map(({ row }) => [row.id, row])).values()];
    const { system, value } = organisationIdentifier(custodian);
    return {
      resourceType: 'Provenance', id: hashOf([list, custodian]), meta: { source, tag: [{ system, code: value }] },
      target: [{ reference: `List/${list}`, type: 'List', extension: [...new Set(told.map(({ line }) => line))].map((id) => ({ url: targetElementUrl, valueUri: id })) }],
      recorded: rows.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), ''),
      agent: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'custodian', display: 'Custodian' }] }, who: rows[0] ? custodianOf(rows[0]) : {} }],
      entity: rows.map((row) => ({ role: 'source', what: referenceTo(row, `/_history/${row.version}`) })),
    };
  });
}

/** Members always stand in the order they are written here in, so the text is the content. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}
