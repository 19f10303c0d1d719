import type { Composition, CompositionSection, ResourceType } from '@medplum/fhirtypes';
import { composedMeta } from './composed-meta.ts';
import { codeSystem, extensionUrl } from './concept-words.ts';
import { uuidOf } from './coordinated-plan.ts';
import { emptyReason, notRecorded } from './empty-reason.ts';
import { narrative } from './narrative.ts';
import { dayOf } from './say-date.ts';
import { rowsNamed, say } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';
import { summarySections, type SummarySection } from './summary-sections.ts';

const rule = 'summary-v1';
const loinc = 'http://loinc.org';
/** http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips: Composition.type */
export const summaryType = { system: loinc, code: '60591-5', display: 'Patient summary Document' };

export interface SummaryDocument {
  composition: Composition & { id: string };
  /** records that a section names, by type and id: in this order its entries follow the composed Patient */
  cited: StoryRow[];
  /** earlier versions that a line of a change rests on or stands against */
  compared: StoryRow[];
}

/**
 * The summary of one citizen as the Composition of a FHIR document, in the shape of the International Patient Summary: each
 * section names the records it rests on, as they are stored, and tells them in words with who said them. Made twice from
 * the same versions on the same day it has the same id.
 */
export function summaryDocument(facts: StoryFacts, base: string): SummaryDocument {
  const sections = summarySections(facts);
  const { cited, compared } = rowsNamed(facts, sections.flatMap(({ statements }) => statements));
  const composition: Composition & { id: string } = {
    resourceType: 'Composition',
    id: uuidOf([rule, facts.citizen, dayOf(facts.now.toISOString()), ...[...facts.people, ...facts.rows, ...facts.earlier].map(({ id, version }) => `${id}/${version}`).sort()].join('|')),
    meta: { ...composedMeta(rule, cited), profile: [extensionUrl('OneStory-Composition')] },
    status: 'final', type: { coding: [summaryType], text: 'Patient summary' },
    subject: { reference: `${base}/Patient/${facts.citizen}`, type: 'Patient' },
    date: facts.now.toISOString(),
    author: [{ type: 'Device', display: 'OneStory, composed from what its sources say' }],
    title: 'Patient summary',
    section: [...sections.map((section) => sectionOf(section, facts.now, base)), notShown(facts)],
  };
  return { composition, cited, compared };
}

function sectionOf({ code, title, statements }: SummarySection, now: Date, base: string): CompositionSection {
  const rows = [...new Map(statements.flatMap(({ by }) => by.map(({ row }) => [row.id, row] as const))).values()];
  return {
    title, code: { coding: [{ system: loinc, code }] }, text: { status: 'generated', div: narrative([{ code, statements }], now, notRecorded.text) },
    ...(rows.length > 0 ? { entry: rows.map(({ type, id }) => ({ reference: `${base}/${type}/${id}`, type: type as ResourceType })) } : { emptyReason: emptyReason(notRecorded.reason, notRecorded.text) }),
  };
}

/** What is kept back or has not arrived, as far as it may be said: of which section it would be is never said. */
function notShown({ notices, now }: StoryFacts): CompositionSection {
  const item = 'not-shown';
  return { title: 'What is not shown', code: { coding: [{ system: codeSystem('story-item'), code: item }] }, text: { status: 'generated', div: narrative([{ code: item, statements: notices.map(({ kind, text }) => say(kind, text)) }], now, undefined) } };
}
