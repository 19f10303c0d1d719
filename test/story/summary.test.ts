import type { CompositionSection, Condition, MedicationStatement, Patient } from '@medplum/fhirtypes';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { programmeOf } from '../../src/fhir/programmes.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { composePatient } from '../../src/story/compose-patient.ts';
import { documentReferences } from '../../src/story/document-references.ts';
import type { StoryFacts } from '../../src/story/story-facts.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import { summaryDocument } from '../../src/story/summary-document.ts';
import { contradicted, onePlanOfTwo, signedAndTakenBack, type NamedPerson } from '../citizens.ts';
import { shippedStoryRule } from './shipped-story-rule.ts';
import { stay, storyRow } from './story-rows.ts';

const base = 'https://gateway.example/fhir';
const rule = shippedStoryRule();
beforeAll(() => { loadProfiles('profiles'); });

function factsOf({ people, rows }: NamedPerson): StoryFacts {
  const { patient, provenance } = composePatient({ citizen: 'somebody', sources: people.map((row) => ({ ...row, resource: row.resource as Patient })) });
  return { citizen: 'somebody', patient, provenance, people, rows, earlier: [], events: [], rule, confirmations: [], programmeOf, phonesOf: () => [], outOfHoursOf: () => [], notices: [{ kind: 'notice', text: 'Told here is what may be seen.' }], now: new Date('2026-07-01T12:00:00Z') };
}

const { people } = onePlanOfTwo;
const withRows = (...rows: StoryRow[]): NamedPerson => ({ people, rows });
const summaryOf = (person: NamedPerson): ReturnType<typeof summaryDocument> => summaryDocument(factsOf(person), base);
const section = (person: NamedPerson, code: string): CompositionSection | undefined => summaryOf(person).composition.section?.find((each) => each.code?.coding?.[0]?.code === code);
const named = (person: NamedPerson, code: string): (string | undefined)[] | undefined => section(person, code)?.entry?.map(({ reference }) => reference?.slice(base.length + 1));
const snomed = (code: string): { coding: { system: string; code: string }[] } => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const condition = (id: string, more: Partial<Condition>): StoryRow => storyRow('uhb', { resourceType: 'Condition', id, code: { text: id }, subject: {}, ...more });
const medicine = (id: string, more: Partial<MedicationStatement>): StoryRow => storyRow('uhb', { resourceType: 'MedicationStatement', id, status: 'active', medicationCodeableConcept: { text: id }, subject: {}, ...more });
const [medication, allergies, problems, past, plans, stays, directives] = ['10160-0', '48765-2', '11450-4', '11348-0', '18776-5', '46240-8', '42348-3'];

test.each([['nothing', withRows()], ['plans', onePlanOfTwo], ['signed documents', signedAndTakenBack], ['a contradiction', contradicted]])('with %s it is a valid Composition with the three sections the standard requires', (_what, person) => {
  const { composition } = summaryOf(person);
  expect(validateResource(JSON.parse(JSON.stringify(composition)) as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
  expect(composition.type.coding).toEqual([expect.objectContaining({ system: 'http://loinc.org', code: '60591-5' })]);
  expect(composition.section?.map(({ code }) => code?.coding?.[0]?.code)).toEqual(expect.arrayContaining([medication, allergies, problems]) as string[]);
  for (const each of composition.section ?? []) expect([each.title, each.text?.div?.startsWith('<div')]).toEqual([expect.any(String), true]);
});

test('what is not recorded is told as not recorded, and never as none', () => {
  for (const code of [medication, allergies, problems]) {
    const empty = section(withRows(), code ?? '');
    expect([empty?.entry, empty?.emptyReason?.coding?.[0]?.code]).toEqual([undefined, 'unavailable']);
    expect(empty?.text?.div).toContain('That is not to say that there is nothing');
  }
});

test('somebody\'s word that there is none is a record, and stands beside another\'s word that there is one', () => {
  const none = withRows(storyRow('uhb', { resourceType: 'AllergyIntolerance', id: 'none', code: { ...snomed('716186003'), text: 'No known allergies' }, patient: {} }));
  expect([named(none, allergies ?? ''), section(none, allergies ?? '')?.emptyReason]).toEqual([['AllergyIntolerance/none'], undefined]);
  expect(named(contradicted, allergies ?? '')?.sort()).toEqual(['AllergyIntolerance/latex', 'AllergyIntolerance/none']);
});

test('problems that are over are past problems; what was refuted or made in error is neither', () => {
  const person = withRows(
    condition('diabetes', { clinicalStatus: { coding: [{ code: 'active' }] } }), condition('fall', { clinicalStatus: { coding: [{ code: 'resolved' }] }, abatementDateTime: '2025-02-01' }), condition('unsaid', {}),
    condition('refuted', { verificationStatus: { coding: [{ code: 'refuted' }] } }), condition('mistake', { verificationStatus: { coding: [{ code: 'entered-in-error' }] } }));
  expect(named(person, problems ?? '')).toEqual(['Condition/diabetes', 'Condition/unsaid']);
  expect(named(person, past ?? '')).toEqual(['Condition/fall']);
  expect(section(person, past ?? '')?.text?.div).toContain('fall, resolved, until 01-Feb-2025');
});

test('medicines that were stopped are left out; one that is on hold says so', () => {
  const person = withRows(medicine('aspirin', { dosage: [{ text: '75 mg once a day' }] }), medicine('stopped', { status: 'stopped' }), medicine('warfarin', { status: 'on-hold' }));
  expect(named(person, medication ?? '')).toEqual(['MedicationStatement/aspirin', 'MedicationStatement/warfarin']);
  expect(section(person, medication ?? '')?.text?.div).toMatch(/aspirin, 75 mg once a day<.*warfarin, on hold</);
});

test('plans are named one by one, signed ones under advance directives', () => {
  expect(named(onePlanOfTwo, plans ?? '')?.sort()).toEqual(['CarePlan/nursing', 'CarePlan/own-words', 'CarePlan/package', 'CarePlan/therapy']);
  expect(named(signedAndTakenBack, plans ?? '')).toBeUndefined();
  expect(named(signedAndTakenBack, directives ?? '')).toContain('CarePlan/respect-2');
});

test('stays come latest first, at most twenty, a ward within its spell', () => {
  const many = Array.from({ length: 25 }, (_, i) => stay('uhb', `stay-${i}`, `2026-01-${String(i + 1).padStart(2, '0')}`, `2026-01-${String(i + 2).padStart(2, '0')}`));
  const ward = stay('uhb', 'ward', '2026-02-01', undefined, { partOf: { reference: 'Encounter/stay-24' } });
  const told = named(withRows(...many, ward), stays ?? '');
  expect([told?.length, told?.[0]]).toEqual([20, 'Encounter/stay-24']);
});

test('every record it names is one of those it says it rests on, and the same facts make the same document', () => {
  const { composition, cited } = summaryOf(signedAndTakenBack);
  const references = (composition.section ?? []).flatMap(({ entry }) => (entry ?? []).map(({ reference }) => reference));
  expect(references.sort()).toEqual(cited.map(({ type, id }) => `${base}/${type}/${id}`).sort());
  expect(summaryOf(signedAndTakenBack).composition.id).toBe(composition.id);
  expect(summaryOf(onePlanOfTwo).composition.id).not.toBe(composition.id);
});

describe('documents that can be had', () => {
  const now = new Date('2026-07-01T12:00:00Z');
  const addresses = (wish: Parameters<typeof documentReferences>[1]): (string | undefined)[] => documentReferences('somebody', wish, base, now).map(({ content }) => content[0]?.attachment.url?.split('/').at(-1));

  test('are the summary and the story, each valid, made when they are read', () => {
    expect(addresses({ types: [] })).toEqual(['$summary', '$story']);
    for (const each of documentReferences('somebody', { types: [] }, base, now)) expect(validateResource(each as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
  });

  test.each<[string, Parameters<typeof documentReferences>[1], string[]]>([
    ['of a type', { types: [{ system: 'http://loinc.org', code: '60591-5' }] }, ['$summary']], ['of a code in any system', { types: [{ code: 'story' }] }, ['$story']], ['of one type or the other', { types: [{ code: 'story' }, { code: '60591-5' }] }, ['$summary', '$story']],
    ['of the same code in another system', { types: [{ system: 'urn:x', code: '60591-5' }] }, []], ['that are kept as such', { types: [], onDemand: false }, []], ['made on demand', { types: [], onDemand: true }, ['$summary', '$story']],
    ['of care to come', { types: [], from: Date.parse('2026-07-02') }, []], ['of care since last year', { types: [], from: Date.parse('2025-01-01') }, ['$summary', '$story']],
  ])('%s', (_what, wish, expected) => {
    expect(addresses(wish)).toEqual(expected);
  });
});
