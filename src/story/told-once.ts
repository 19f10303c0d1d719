import type { CodeableConcept, Observation, Patient } from '@medplum/fhirtypes';
import { sayName } from '../fhir/say-name.ts';
import { allergies, saysNone } from './alerts.ts';
import { codeSystem, conceptsText, conceptText, extensionOf, hasCode, joinWords } from './concept-words.ts';
import { ageInDays, sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import { phonesText } from './who-to-talk-to.ts';
import { witnessesOf, type Confirmation, type StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

const interpreterUrl = 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired';

/** Items of an Observation, whole or as a component, that tell one fact people are asked for again and again. */
const asked: Readonly<Record<string, readonly (readonly [system: string, code: string])[]>> = {
  'lives-in': [['cld-item', 'accommodation-status'], ['csds-item', 'accommodation-status'], ['rio-item', 'accommodation-status']],
  'cared-for-by': [['cld-item', 'has-unpaid-carer'], ['cld-item', 'caring'], ['cld-item', 'hours-caring']],
  'access-need': [['cld-item', 'visual-impairment'], ['cld-item', 'hearing-impairment'], ['cld-item', 'autism'], ['cld-item', 'dementia']],
  'about-me': [['csds-item', 'circumstance'], ['epaccs-item', 'preferences-and-wishes'], ['rio-item', 'employment-status'], ['cld-item', 'employment-status']],
};

/**
 * What the person has told already, each with who recorded it and when somebody last found it still right. The facts stand
 * as each organisation has them; what two of them say differently is told among the disagreements.
 */
export function toldOnce(facts: StoryFacts): Statement[] {
  const statements = [...ofPerson(facts.patient, (element) => witnessesOf(facts, element)), ...facts.rows.flatMap((row) => factsOf(row, facts.now)), ...allergyPointer(facts.rows)];
  return statements.map((statement) => withConfirmation(statement, facts.confirmations));
}

/** What one row tells that can be found still right: empty for a row that tells nothing of the sort. */
export function factsOf(row: StoryRow, now: Date): Statement[] {
  switch (row.resource.resourceType) {
    case 'Patient': return ofPerson(row.resource, () => [row]);
    case 'Observation': return ofType([row], 'Observation').flatMap((each) => ofObservation(each, now));
    case 'RelatedPerson': return ofType([row], 'RelatedPerson').filter(({ resource }) => resource.active !== false).map(({ resource }) =>
      say('key-contact', joinWords([sayName(resource.name?.[0]?.text ?? resource.name?.[0]?.family ?? 'Somebody not named'), conceptsText(resource.relationship), phonesText(resource.telecom)]), row));
    case 'Task': return ofType([row], 'Task').filter(({ resource: { code, status } }) => status === 'completed' && isAssessment(code)).map(({ resource }) => {
      const on = resource.executionPeriod?.end ?? resource.authoredOn;
      return say('assessment', joinWords([conceptText(resource.code), resource.description, on && `done on ${sayDate(on)}`]), row);
    });
    default: return [];
  }
}

function isAssessment(code: Parameters<typeof hasCode>[0]): boolean {
  return hasCode(code, codeSystem('cld-event-type'), 'assessment') || (code?.coding?.some(({ system }) => system === codeSystem('cld-assessment-type')) ?? false);
}

/** `by` knows who says an element, by its id. */
function ofPerson(patient: Patient, by: (element: string) => readonly StoryRow[]): Statement[] {
  const { communication = [], contact = [] } = patient;
  const interpreter = extensionOf(patient, interpreterUrl);
  return [
    ...communication.flatMap(({ id, language, preferred }) => {
      const spoken = languageText(language);
      return spoken === undefined ? [] : [say('language', joinWords([`Speaks ${spoken}`, preferred === true ? 'preferred' : undefined]), ...by(id ?? ''))];
    }),
    ...(interpreter?.valueBoolean === undefined ? [] : [say('interpreter', interpreter.valueBoolean ? 'Needs an interpreter' : 'Needs no interpreter', ...by(interpreter.id ?? ''))]),
    ...contact.map((each) => say('key-contact', contactText(each), ...by(each.id ?? ''))),
  ];
}

export function contactText({ name, relationship, telecom }: NonNullable<Patient['contact']>[number]): string {
  return joinWords([sayName(name?.text ?? joinWords([name?.prefix?.join(' '), name?.given?.join(' '), name?.family], ' ')), relationshipText(relationship), phonesText(telecom)]) || 'A contact without a name';
}

const languages = new Intl.DisplayNames('en-GB', { type: 'language' });

/** A language that was sent as a mere code (BCP 47) by its name. */
function languageText(language: CodeableConcept | undefined): string | undefined {
  const text = conceptText(language);
  return text !== undefined && /^[A-Za-z]{2,3}$/.test(text) ? languages.of(text.toLowerCase()) : text;
}

function relationshipText(relationship: NonNullable<Patient['contact']>[number]['relationship']): string | undefined {
  return conceptText(relationship?.at(-1))?.toLowerCase();
}

function ofObservation(row: StoryRow & { resource: Observation }, now: Date): Statement[] {
  const { code, component = [], effectivePeriod } = row.resource;
  if (hasCode(code, codeSystem('care-home-item'), 'trusted-assessment-outcome')) {
    return [say('assessment', joinWords([conceptText(code), conceptText(row.resource.valueCodeableConcept), effectivePeriod?.end && `${isOver(effectivePeriod.end, now) ? 'was valid' : 'valid'} until ${sayDate(effectivePeriod.end)}`]), row)];
  }
  if (hasCode(code, 'http://snomed.info/sct', '763264000')) return [say('assessment', joinWords([conceptText(code), answerOf(row.resource)], ': '), row)];
  const parts: Pick<Observation, 'code' | 'valueString' | 'valueCodeableConcept' | 'valueBoolean' | 'valueInteger'>[] = [row.resource, ...component];
  return parts.flatMap((part) => {
    const fact = Object.keys(asked).find((each) => asked[each]?.some(([system, item]) => hasCode(part.code, codeSystem(system), item)));
    const answer = answerOf(part);
    return fact === undefined || answer === undefined ? [] : [say(fact, joinWords([conceptText(part.code), answer], ': '), row)];
  });
}

/** Its last day has passed. */
function isOver(end: string, now: Date): boolean {
  return ageInDays(end, now) > 0;
}

function answerOf({ valueCodeableConcept, valueString, valueBoolean, valueInteger, valueQuantity }: Pick<Observation, 'valueCodeableConcept' | 'valueString' | 'valueBoolean' | 'valueInteger' | 'valueQuantity'>): string | undefined {
  if (valueBoolean !== undefined) return valueBoolean ? 'yes' : 'no';
  return conceptText(valueCodeableConcept) ?? valueString ?? valueInteger?.toString() ?? valueQuantity?.value?.toString();
}

function allergyPointer(rows: readonly StoryRow[]): Statement[] {
  const known = allergies(rows).filter(({ resource }) => !saysNone(resource));
  return known.length === 0 ? [] : [say('allergies', `Allergies were asked about: ${known.length} under alerts`, ...known)];
}

/** Only of the version that was found right: what was changed since has to be asked again. */
function withConfirmation(statement: Statement, confirmations: readonly Confirmation[]): Statement {
  const last = confirmations.find(({ id, version }) => statement.by.some(({ row }) => row.id === id && row.version === version));
  return last ? { ...statement, confirmed: last } : statement;
}
