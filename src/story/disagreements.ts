import type { CodeableConcept, Coding, Extension, Patient } from '@medplum/fhirtypes';
import { allergies, saysNone } from './alerts.ts';
import { alternativeValueUrl } from './compose-extensions.ts';
import { conceptText, hasCode, snomed } from './concept-words.ts';
import { sayDate } from './say-date.ts';
import { ofType, say, type Statement } from './statement.ts';
import { witnessesOf, type StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';
import { contactText } from './told-once.ts';
import { addressText } from './where-now.ts';

/** One thing of which organisations say different things, and each thing said. */
export interface Disagreement {
  /** stable: which element or which matter */
  about: string;
  /** in words: `Home address` */
  title: string;
  said: Statement[];
}

type PersonFacts = Pick<StoryFacts, 'patient' | 'provenance' | 'people'>;

const titles: Readonly<Record<string, string>> = {
  gender: 'Gender', birthDate: 'Birth date', deceased: 'Death', maritalStatus: 'Marital status', active: 'Whether the record is in use', multipleBirth: 'Multiple birth',
  'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory': 'Ethnic category', 'http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired': 'Need for an interpreter',
};

/** SNOMED CT findings of which one excludes the other. */
const forResuscitation = '450475007';
const notForResuscitation = '450476008';

/** Where what the caller may see does not fit together. All sides stand here, and nothing was chosen. */
export function disagreements(facts: StoryFacts): Disagreement[] {
  return [...ofPerson(facts), ...ofAllergies(facts.rows), ...ofResuscitation(facts.rows), ...ofEvents(facts)];
}

/** Of who the person is: address, next of kin, practice, gender, death and the like. */
export function ofPerson(facts: PersonFacts): Disagreement[] {
  return [...singleValues(facts), ...listed(facts)];
}

/** Elements a person has one of: what is shown, and what others say instead. */
function singleValues(facts: PersonFacts): Disagreement[] {
  const extensions = facts.patient.extension ?? [];
  const others = Map.groupBy(extensions.filter(({ url }) => url === alternativeValueUrl), (each) => elementOf(each));
  return [...others].map(([property, alternatives]) => {
    const element = property.replace(/(DateTime|Boolean|Integer)$/, '');
    const shown = shownValue(facts.patient, element, extensions);
    const title = titles[element] ?? titles[property] ?? property.split('/').at(-1) ?? property;
    return { about: element, title, said: [
      ...(shown === undefined ? [] : [say('said', `${title}: ${shown.text}`, ...witnessesOf(facts, shown.id))]),
      ...alternatives.map((each) => say('said', `${title}: ${valueText(each.extension?.find(({ url }) => url === 'value'))}`, ...witnessesOf(facts, each.id ?? ''))),
    ] };
  });
}

function elementOf({ extension }: Extension): string {
  return extension?.find(({ url }) => url === 'element')?.valueString ?? '';
}

function shownValue(patient: Patient, element: string, extensions: readonly Extension[]): { id: string; text: string } | undefined {
  const extension = extensions.find(({ url }) => url === element);
  if (extension) return { id: extension.id ?? '', text: valueText(extension) };
  const members = patient as unknown as Record<string, unknown>;
  const property = [element, `${element}DateTime`, `${element}Boolean`, `${element}Integer`].find((name) => members[name] !== undefined);
  return property === undefined ? undefined : { id: element, text: textOf(members[property]) };
}

function valueText(extension: Extension | undefined): string {
  const parts = extension?.extension;
  if (parts) return parts.map((each) => valueText(each)).join(', ');
  const [, value] = Object.entries(extension ?? {}).find(([name]) => name.startsWith('value')) ?? [];
  return textOf(value);
}

function textOf(value: unknown): string {
  switch (typeof value) {
    case 'boolean': return value ? 'yes' : 'no';
    case 'number': return value.toString();
    case 'string': return /^\d{4}-\d{2}-\d{2}/.test(value) ? sayDate(value) : value;
    case 'object': return value === null ? 'not said' : (conceptText(value) ?? (value as Coding).display ?? (value as Coding).code ?? 'recorded');
    default: return 'not said';
  }
}

/** Elements a person may have several of, where organisations name different ones and none names both. */
function listed(facts: PersonFacts): Disagreement[] {
  const { address = [], generalPractitioner = [], contact = [] } = facts.patient;
  const homes = address.filter(({ use, period }) => use !== 'old' && use !== 'temp' && use !== 'billing' && period?.end === undefined);
  const kin = contact.filter(({ relationship }) => relationship?.some((each) => isNextOfKin(each)));
  return [
    compare(facts, 'address', 'Home address', homes.map((each) => ({ id: each.id ?? '', text: addressText(each) }))),
    compare(facts, 'generalPractitioner', 'Registered practice', generalPractitioner.filter(({ type, reference }) => type === 'Organization' || reference?.startsWith('Organization/')).map((each) => ({ id: each.id ?? '', text: each.display ?? each.identifier?.value ?? 'not named' }))),
    compare(facts, 'contact', 'Next of kin', kin.map((each) => ({ id: each.id ?? '', text: contactText(each) }))),
  ].flatMap((each) => each ?? []);
}

function isNextOfKin(relationship: CodeableConcept): boolean {
  return hasCode(relationship, 'http://terminology.hl7.org/CodeSystem/v2-0131', 'N') || /next of kin/i.test(relationship.text ?? '');
}

function compare(facts: PersonFacts, about: string, title: string, values: readonly { id: string; text: string }[]): Disagreement | undefined {
  const said = values.map(({ id, text }) => ({ text, by: witnessesOf(facts, id) }));
  const apart = said.filter(({ by }) => by.every(({ custodian }) => said.every((other) => other.by === by || other.by.every((each) => each.custodian !== custodian))));
  return apart.length < 2 ? undefined : { about, title, said: apart.map(({ text, by }) => say('said', `${title}: ${text}`, ...by)) };
}

/** One found none and another knows of one: told by both, because the newer is not always the better. */
function ofAllergies(rows: readonly StoryRow[]): Disagreement[] {
  const [none, some] = [allergies(rows).filter(({ resource }) => saysNone(resource)), allergies(rows).filter(({ resource }) => !saysNone(resource))];
  if (none.length === 0 || some.length === 0) return [];
  return [{ about: 'allergies', title: 'Allergies', said: [...some, ...none].map((row) => say('said', `Allergies: ${conceptText(row.resource.code) ?? 'not named'}`, row)) }];
}

const elements = { from: 'when it began', to: 'when it ended', status: 'how it stands' } as const;

/** One event whose witnesses tell it differently. */
function ofEvents({ events }: StoryFacts): Disagreement[] {
  return events.flatMap(({ key, kind, differences }) => differences.map(({ element, said }): Disagreement => {
    const title = `One ${kind}: ${elements[element]}`;
    return { about: `${key}.${element}`, title, said: said.map(({ row, value }) => say('said', `${title}: ${element === 'status' ? value.replaceAll('-', ' ') : sayDate(value)}`, row)) };
  }));
}

function ofResuscitation(rows: readonly StoryRow[]): Disagreement[] {
  const flags = ofType(rows, 'Flag').filter(({ resource }) => resource.status === 'active');
  const [yes, no] = [forResuscitation, notForResuscitation].map((code) => flags.filter(({ resource }) => hasCode(resource.code, snomed, code))) as [typeof flags, typeof flags];
  if (yes.length === 0 || no.length === 0) return [];
  return [{ about: 'resuscitation', title: 'Resuscitation', said: [...no, ...yes].map((row) => say('said', `Resuscitation: ${conceptText(row.resource.code) ?? 'not named'}`, row)) }];
}
