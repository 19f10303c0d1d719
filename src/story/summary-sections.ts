import type { AllergyIntolerance, Condition, Encounter, MedicationStatement } from '@medplum/fhirtypes';
import { alerts, allergies } from './alerts.ts';
import { conceptText, joinWords } from './concept-words.ts';
import { coordinatedPlans } from './coordinated-plan.ts';
import { planChanges } from './plan-changes.ts';
import { sayDate } from './say-date.ts';
import { saySigned, whatMatters } from './say-plans.ts';
import { ofType, say, type Statement } from './statement.ts';
import type { StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';
import { isBedded } from './where-now.ts';

type Row<T> = StoryRow & { resource: T };

/** A section of a patient summary. */
export interface SummarySection {
  /** LOINC */
  code: string;
  title: string;
  statements: Statement[];
  /** stands there with nothing in it, too */
  required?: true;
}

/** Stays told in a summary: the latest. */
const mostStays = 20;
/** What changed in a plan, told in a summary: the latest. */
const lastChanges = 3;
const over: readonly string[] = ['inactive', 'remission', 'resolved'];
const noLongerTaken: readonly string[] = ['completed', 'stopped'];

/**
 * The sections of the International Patient Summary (hl7.fhir.uv.ips 2.0), with stays beside them. The three it requires
 * always stand there, the others where there is something to say. Somebody's word that there is none is a record like any
 * other, and another thing than nothing being recorded.
 */
export function summarySections(facts: StoryFacts): SummarySection[] {
  const { rows } = facts;
  const conditions = ofType(rows, 'Condition').filter(isNotRefuted);
  const sections: SummarySection[] = [
    { code: '10160-0', title: 'Medication', statements: ofType(rows, 'MedicationStatement').filter(({ resource }) => !noLongerTaken.includes(resource.status)).map(sayMedication), required: true },
    { code: '48765-2', title: 'Allergies and intolerances', statements: allergies(rows).filter(isNotRefuted).map(sayAllergy), required: true },
    { code: '11450-4', title: 'Problems', statements: conditions.filter((row) => !isOver(row)).map(sayCondition), required: true },
    { code: '104605-1', title: 'Alerts', statements: alerts(facts).filter(({ code }) => code === 'alert') },
    { code: '42348-3', title: 'Advance directives', statements: saySigned(facts) },
    { code: '18776-5', title: 'Plan of care', statements: coordinatedPlans(facts).flatMap(({ plans }) => plans).flatMap((plan) => [say('plan', joinWords([plan.resource.title ?? 'A plan without a title', since(plan.resource.period?.start)]), plan), ...planChanges(facts, [plan]).slice(0, lastChanges)]) },
    { code: '46240-8', title: 'History of stays', statements: stays(rows).map(sayStay) },
    { code: '11348-0', title: 'Past problems', statements: conditions.filter(isOver).map(sayCondition) },
    { code: '81338-6', title: 'What matters to the person', statements: whatMatters(facts) },
  ];
  return sections.filter(({ statements, required }) => required === true || statements.length > 0);
}

function isNotRefuted({ resource: { verificationStatus } }: Row<Condition | AllergyIntolerance>): boolean {
  return verificationStatus?.coding?.[0]?.code !== 'refuted';
}

function isOver({ resource: { clinicalStatus } }: Row<Condition>): boolean {
  return over.includes(clinicalStatus?.coding?.[0]?.code ?? '');
}

function sayMedication(row: Row<MedicationStatement>): Statement {
  const { medicationCodeableConcept, medicationReference, dosage, status, effectivePeriod, effectiveDateTime } = row.resource;
  return say('medication', joinWords([
    conceptText(medicationCodeableConcept) ?? medicationReference?.display ?? 'A medicine that is not named', ...(dosage ?? []).map(({ text }) => text),
    status === 'active' || status === 'unknown' ? undefined : status.replaceAll('-', ' '), since(effectivePeriod?.start ?? effectiveDateTime),
  ]), row);
}

function sayAllergy(row: Row<AllergyIntolerance>): Statement {
  const { code, criticality, verificationStatus, reaction } = row.resource;
  const manifestations = (reaction ?? []).flatMap(({ manifestation }) => manifestation).flatMap((each) => conceptText(each) ?? []);
  return say('allergy', joinWords([conceptText(code) ?? 'An allergy that is not named', ...manifestations, criticality === 'high' ? 'high risk' : undefined, unlessConfirmed(verificationStatus)]), row);
}

function sayCondition(row: Row<Condition>): Statement {
  const { code, clinicalStatus, verificationStatus, onsetDateTime, abatementDateTime } = row.resource;
  const status = clinicalStatus?.coding?.[0]?.code;
  return say('problem', joinWords([
    conceptText(code) ?? 'A problem that is not named', status === 'active' ? undefined : status, unlessConfirmed(verificationStatus), since(onsetDateTime), abatementDateTime && `until ${sayDate(abatementDateTime)}`,
  ]), row);
}

function unlessConfirmed(verification: Condition['verificationStatus']): string | undefined {
  const sure = verification?.coding?.[0]?.code;
  return sure === 'confirmed' ? undefined : sure;
}

/** The latest in a bed, each as a whole: what is part of a stay that is told is not told again. */
function stays(rows: readonly StoryRow[]): Row<Encounter>[] {
  const all = ofType(rows, 'Encounter').filter(({ resource }) => isBedded(resource) && resource.status !== 'cancelled' && resource.status !== 'planned');
  const held = new Set(all.map(({ id }) => `Encounter/${id}`));
  const startOf = ({ resource: { period } }: Row<Encounter>): string => period?.start ?? '';
  return all.filter(({ resource: { partOf } }) => !held.has(partOf?.reference ?? '')).sort((a, b) => (startOf(a) > startOf(b) ? -1 : startOf(a) < startOf(b) ? 1 : a.id < b.id ? -1 : 1)).slice(0, mostStays);
}

function sayStay(row: Row<Encounter>): Statement {
  const { serviceProvider, period, reasonCode, status } = row.resource;
  return say('stay', joinWords([
    serviceProvider?.display ?? row.custodianName, conceptText(reasonCode?.[0]), since(period?.start), period?.end && `until ${sayDate(period.end)}`, status === 'finished' ? undefined : status.replaceAll('-', ' '),
  ]), row);
}

function since(date: string | undefined): string | undefined {
  return date && `since ${sayDate(date)}`;
}
