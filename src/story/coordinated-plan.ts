import { createHash } from 'node:crypto';
import type { Annotation, CarePlan, Coding, Extension, Reference } from '@medplum/fhirtypes';
import { organisationIdentifier, organisationReference } from '../fhir/organisation-reference.ts';
import { codeSystem, componentOf, extensionUrl, hasCode, snomed } from './concept-words.ts';
import { planActivities, type PlanRow } from './plan-activities.ts';
import { ageInDays } from './say-date.ts';
import { compareWords, ofType, saidOn } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

const rule = 'plan-v1';
/** Who said a part, of which record and version, when, and whether it was the person: on every part of a composed plan and every cited record. */
export const saidByUrl = extensionUrl('said-by');
const live = ['draft', 'active', 'on-hold'];
/** Treatment escalation plans, ReSPECT among them. */
const escalation = '735324008';

/** One programme's plans as one, and the plans it was made of. */
export interface CoordinatedPlan {
  plan: CarePlan;
  programme: Coding;
  plans: PlanRow[];
}

/**
 * The one plan of each programme, made at read from the plans the caller may see, which stay their owners'. A plan whose
 * component is in no programme stands alone. What is signed for the end of life is in none of them: see `signedDocuments`.
 */
export function coordinatedPlans(facts: StoryFacts): CoordinatedPlan[] {
  const plans = ofType(facts.rows, 'CarePlan').filter(({ resource }) => live.includes(resource.status) && !isSigned(resource, facts)).sort(laterFirst);
  const groups = Map.groupBy(plans.map((plan) => ({ plan, programme: programmeIn(plan, facts) })), ({ programme }) => programme.code ?? '');
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([, group]) => {
    const [programme, parts] = [group[0]?.programme, group.map(({ plan }) => plan)];
    return programme ? [{ programme, plans: parts, plan: compose(facts, programme, parts) }] : [];
  });
}

/** The plan that began last first, as it is read; those that began together by title. */
function laterFirst(a: PlanRow, b: PlanRow): number {
  return compareWords(beginOf(b), beginOf(a)) || compareWords(a.resource.title ?? '', b.resource.title ?? '') || compareWords(a.id, b.id);
}

/** As an instant, whatever offset it was sent with; '' where nothing says when it began. */
function beginOf({ resource: { period, created } }: PlanRow): string {
  const at = Date.parse(period?.start ?? created ?? '');
  return Number.isNaN(at) ? '' : new Date(at).toISOString();
}

/** What is signed and governs as it stands: shown beside the plan, the newest first, and never merged into it. */
export function signedDocuments(facts: StoryFacts): PlanRow[] {
  return ofType(facts.rows, 'CarePlan').filter(({ resource }) => isSigned(resource, facts)).sort((a, b) => (saidOn(a) < saidOn(b) ? 1 : -1));
}

function isSigned(plan: CarePlan, { programmeOf }: StoryFacts): boolean {
  return (plan.category ?? []).some((category) => hasCode(category, snomed, escalation)) || programmeOf(componentOf(plan))?.code === 'end-of-life';
}

function programmeIn({ id, resource }: PlanRow, { programmeOf }: StoryFacts): Coding {
  return programmeOf(componentOf(resource)) ?? { code: id, display: resource.title ?? 'Plan' };
}

function compose(facts: StoryFacts, programme: Coding, plans: PlanRow[]): CarePlan {
  const starts = plans.flatMap(({ resource: { period } }) => period?.start ?? []).sort((a, b) => Date.parse(a) - Date.parse(b));
  const custodians = [...new Map(plans.map((plan) => [plan.custodian, plan.custodianName]))];
  const labels = new Map(plans.flatMap(({ resource }) => resource.meta?.security ?? []).map((label): [string, Coding] => [`${label.system ?? ''}|${label.code ?? ''}`, label]));
  const unique = (references: (Reference | undefined)[]): Reference[] => [...new Map(references.flatMap((each) => (each ? [[JSON.stringify(each), each] as const] : []))).values()];
  const teams = unique(plans.flatMap(({ resource }) => resource.careTeam ?? []));
  const goals = unique(plans.flatMap(({ resource }) => resource.goal ?? []));
  const notes = plans.flatMap(notesOf);
  const activities = planActivities(plans, facts.rows).map(({ value, by }) => ({ extension: by.map((row) => saidBy(row, facts.now)), detail: value }));
  return {
    resourceType: 'CarePlan',
    id: uuidOf([rule, facts.citizen, programme.code ?? '', ...plans.map(({ id, version }) => `${id}/${version}`)].join('|')),
    meta: {
      source: `urn:onestory:composed#${rule}`,
      ...(labels.size > 0 && { security: [...labels.values()] }),
      tag: custodians.map(([key, display]) => ({ system: organisationIdentifier(key).system, code: organisationIdentifier(key).value, display })),
    },
    basedOn: plans.map(({ id }) => ({ reference: `CarePlan/${id}`, type: 'CarePlan' })),
    status: plans.some(({ resource }) => resource.status === 'active') ? 'active' : 'draft',
    intent: 'plan',
    category: [{ coding: [{ system: codeSystem('story-item'), code: 'plan', display: 'Coordinated plan' }], text: programme.display ?? 'Coordinated plan' }],
    title: `Coordinated plan: ${programme.display ?? programme.code ?? ''}`,
    subject: { reference: `Patient/${facts.citizen}`, type: 'Patient' },
    ...(starts[0] !== undefined && { period: { start: starts[0] } }),
    contributor: custodians.map(([key, name]) => organisationReference(key, name)),
    ...(teams.length > 0 && { careTeam: teams }),
    ...(goals.length > 0 && { goal: goals }),
    ...(activities.length > 0 && { activity: activities }),
    ...(notes.length > 0 && { note: notes }),
  } as CarePlan;
}

/** Why each plan was made, and what was noted in it, in its author's words. */
function notesOf(plan: PlanRow): Annotation[] {
  const { description, note = [] } = plan.resource;
  const author = { authorReference: organisationReference(plan.custodian, plan.custodianName), time: saidOn(plan) };
  return [...(description === undefined ? [] : [{ ...author, text: description }]), ...note.map((each) => ({ ...author, ...each }))];
}

export function isByThePerson({ resource }: StoryRow): boolean {
  const { author } = resource as { author?: Reference };
  return author?.type === 'Patient' || (author?.reference?.startsWith('Patient/') ?? false);
}

/** The extension that names one source. */
export function saidBy(row: StoryRow, now: Date, on = saidOn(row)): Extension {
  return {
    url: saidByUrl,
    extension: [
      { url: 'custodian', valueReference: organisationReference(row.custodian, row.custodianName) },
      { url: 'record', valueReference: { reference: `${row.type}/${row.id}/_history/${row.version}`, type: row.type } as Reference },
      { url: 'on', valueDateTime: on },
      { url: 'age-days', valueInteger: Math.max(ageInDays(on, now), 0) },
      ...(isByThePerson(row) ? [{ url: 'by-the-person', valueBoolean: true }] : []),
    ],
  };
}

/** The same parts always make the same id, so that a document read twice is one document. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
