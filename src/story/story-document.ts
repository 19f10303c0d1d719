import type { CarePlan, CodeableConcept, Composition, CompositionSection, Extension, List, Provenance, Reference, ResourceType } from '@medplum/fhirtypes';
import { organisationReference } from '../fhir/organisation-reference.ts';
import { composedMeta } from './composed-meta.ts';
import { codeSystem, extensionUrl } from './concept-words.ts';
import { saidBy, uuidOf } from './coordinated-plan.ts';
import { emptyReason } from './empty-reason.ts';
import { narrative } from './narrative.ts';
import { tellStory, type Group, type Section } from './tell-story.ts';
import { dayOf } from './say-date.ts';
import { rowsNamed, type Statement } from './statement.ts';
import type { Confirmation, Notice, StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

const rule = 'story-v1';
/** lines that rest on no record and say so of none */
const notices: readonly string[] = [...(['notice', 'withheld', 'incomplete'] satisfies Notice['kind'][]), 'older-events'];
const profile = extensionUrl('OneStory-Composition');

/** What a story's document holds beside the composed Patient: in this order its entries follow. */
export interface StoryDocument {
  composition: Composition & { id: string };
  /** one of each programme */
  plans: (CarePlan & { id: string })[];
  /** one of each thread of several events */
  threads: (List & { id: string })[];
  /** who says which element of the composed Patient, then what was found still right */
  provenance: (Provenance & { id: string })[];
  /** records that a line names, by type and id */
  cited: StoryRow[];
  /** versions that a line of a change rests on or stands against, the current ones left out */
  compared: StoryRow[];
}

/**
 * The story of one citizen as the Composition of a FHIR document: sections of lines, each line with the records it rests
 * on, and on each who said it, in which version, when, and how long ago. References are absolute, because what is
 * composed has no address of its own. Told twice from the same versions on the same day it has the same id.
 */
export function storyDocument(facts: StoryFacts, base: string): StoryDocument {
  const { sections, plans, threads } = tellStory(facts);
  const statements = sections.flatMap((section) => section.groups.flatMap((group) => group.statements));
  const { cited, compared } = rowsNamed(facts, statements);
  const confirmed = [...new Set(statements.flatMap(({ confirmed: last }) => last ?? []))];
  return {
    composition: {
      resourceType: 'Composition',
      id: uuidOf([rule, facts.citizen, dayOf(facts.now.toISOString()), ...[...facts.people, ...facts.rows, ...facts.earlier].map(({ id, version }) => `${id}/${version}`).sort(), ...facts.confirmations.map(({ id, at }) => `${id}@${at}`)].join('|')),
      meta: { ...composedMeta(rule, cited), profile: [profile] },
      status: 'final',
      type: concept('story', 'One story'),
      subject: { reference: `${base}/Patient/${facts.citizen}`, type: 'Patient' },
      date: facts.now.toISOString(),
      author: [{ type: 'Device', display: 'OneStory, composed from what its sources say' }],
      title: 'One story',
      section: sections.map((section) => sectionOf({ facts, base }, section)),
    },
    plans: plans.map(({ plan }) => absolute(plan, base) as CarePlan & { id: string }),
    threads: threads.flatMap(({ list }) => (list ? [absolute(list, base) as List & { id: string }] : [])),
    provenance: [...facts.provenance.map((each) => ({ ...(absolute(each, base) as Provenance), id: uuidOf(each.id ?? '') })), ...confirmed.map((each) => confirmationOf(each, facts, base))],
    cited, compared,
  };
}

function concept(code: string, text: string): CodeableConcept {
  return { coding: [{ system: codeSystem('story-item'), code }], text };
}

interface Writing {
  facts: StoryFacts;
  base: string;
}

function sectionOf(writing: Writing, { code, title, groups, empty }: Section): CompositionSection {
  const lines = groups.flatMap(({ statements }) => statements);
  const parts = groups.flatMap((group) => (group.title === undefined ? group.statements.map((each) => lineOf(writing, each)) : [groupOf(writing, group)]));
  return {
    title, code: concept(code, title), text: { status: 'generated', div: narrative(groups, writing.facts.now, empty?.text) },
    ...(lines.length === 0 && empty && { emptyReason: emptyReason(empty.reason, empty.text) }),
    ...(parts.length > 0 && { section: parts }),
  };
}

function groupOf(writing: Writing, { code, title = '', statements, reference }: Group): CompositionSection {
  return { title, code: concept(code, title), ...(reference !== undefined && { entry: [{ reference }] }), section: statements.map((each) => lineOf(writing, each)) };
}

function lineOf({ facts, base }: Writing, { code, text, by, confirmed }: Statement): CompositionSection {
  const entry: Reference[] = [
    ...by.map(({ row, on }) => ({ extension: [absolute(saidBy(row, facts.now, on), base) as Extension], reference: `${base}/${row.type}/${row.id}`, type: row.type as ResourceType })),
    ...(confirmed ? [{ reference: `urn:uuid:${confirmationId(confirmed)}`, type: 'Provenance' as const }] : []),
  ];
  if (entry.length > 0) return { title: text, code: concept(code, text), entry };
  return { title: text, code: concept(code, text), text: { status: 'generated', div: narrative([{ code, statements: [{ code, text, by }] }], facts.now, undefined) }, ...(!notices.includes(code) && { emptyReason: emptyReason('unavailable', text) }) };
}

function confirmationId({ id, version, at, organisation }: Confirmation): string {
  return uuidOf(`confirmed|${id}|${version}|${at}|${organisation}`);
}

/** That a version was still right when somebody asked, as FHIR says who did what to which version. */
function confirmationOf(confirmation: Confirmation, { people, rows }: StoryFacts, base: string): Provenance & { id: string } {
  const { id, version, at, organisation, organisationName, person } = confirmation;
  const type = [...people, ...rows].find((row) => row.id === id)?.type ?? 'Resource';
  return {
    resourceType: 'Provenance', id: confirmationId(confirmation), meta: { source: `urn:onestory:composed#${rule}` },
    target: [{ reference: `${base}/${type}/${id}/_history/${version}`, type }], recorded: at, activity: concept('confirmed', 'Still right'),
    agent: [{ type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/provenance-participant-type', code: 'verifier', display: 'Verifier' }] }, who: { display: person }, onBehalfOf: organisationReference(organisation, organisationName) }],
  } as Provenance & { id: string };
}

/** References to records of the gateway with its address before them. */
function absolute(value: unknown, base: string): unknown {
  if (Array.isArray(value)) return value.map((each) => absolute(each, base));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, name === 'reference' && typeof member === 'string' && /^[A-Z][A-Za-z]+\//.test(member) ? `${base}/${member}` : absolute(member, base)]));
}
