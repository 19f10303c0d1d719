import type { CarePlan, CarePlanActivityDetail, Goal, Patient, Task } from '@medplum/fhirtypes';
import { pairUp } from '../../src/fhir/compare-content.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { programmeOf } from '../../src/fhir/programmes.ts';
import { sayName } from '../../src/fhir/say-name.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { composePatient } from '../../src/story/compose-patient.ts';
import { findEvents } from '../../src/story/events.ts';
import { storyDocument } from '../../src/story/story-document.ts';
import type { Confirmation, StoryFacts } from '../../src/story/story-facts.ts';
import type { StoryRow } from '../../src/story/story-row.ts';
import { tellStory } from '../../src/story/tell-story.ts';
import {
  contradicted, diedTwice, diedWithoutADate, inTwoBeds, movedAndUndecided, onePlanOfTwo, signedAndTakenBack, toldManyThings, twinOne, twinTwo, twoEthnicities, type NamedPerson,
} from '../citizens.ts';
import { shippedStoryRule } from './shipped-story-rule.ts';
import { component, storyRow } from './story-rows.ts';

const rule = shippedStoryRule();
beforeAll(() => { loadProfiles('profiles'); });

function factsOf({ people, rows }: NamedPerson, confirmations: Confirmation[] = []): StoryFacts {
  const { patient, provenance } = composePatient({ citizen: 'somebody', sources: people.map((row) => ({ ...row, resource: row.resource as Patient })) });
  return { citizen: 'somebody', patient, provenance, people, rows, earlier: [], events: findEvents(rows, [], rule), rule, confirmations, programmeOf, phonesOf: (organisation) => (organisation === 'Organization/practice' ? ['0121 496 0601'] : []), outOfHoursOf: () => [], notices: [{ kind: 'notice', text: 'Told here is what may be seen.' }], now: new Date('2026-07-01T12:00:00Z') };
}

/** Lines of a section as `code: text (who)`. */
function told(person: NamedPerson, code: string, confirmations?: Confirmation[], more: Partial<StoryFacts> = {}): string[] {
  const section = tellStory({ ...factsOf(person, confirmations), ...more }).sections.find((each) => each.code === code);
  return (section?.groups ?? []).flatMap(({ statements }) => statements.map((line) => `${line.code}: ${line.text} (${[...new Set(line.by.map(({ row }) => row.custodianName))].join(', ')})`));
}

test('who it is tells when no number of theirs is traced', () => {
  const numbered = (code: string): NamedPerson => ({ ...movedAndUndecided, people: movedAndUndecided.people.map((row) => ({ ...row, resource: { ...(row.resource as Patient), identifier: [{
    system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743',
    extension: [{ url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus', valueCodeableConcept: { coding: [{ code }] } }],
  }] } })) });
  const line = 'identity: No NHS number of theirs is traced: nobody checked one against the national record ()';
  expect([told(numbered('02'), 'who').includes(line), told(numbered('01'), 'who').includes(line), told(movedAndUndecided, 'who').includes(line)]).toEqual([true, false, true]);
});

describe('where somebody is', () => {
  test('who has died is nowhere, and what is still planned is told as sent after the death', () => {
    expect(told(diedWithoutADate, 'where-now')).toEqual(['died: Reported to have died; the date is not recorded (uhb)']);
    expect(told(diedWithoutADate, 'coming-next')).toEqual(['after-death: Still planned, though the person has died: 14-Jul-2026: Contact, bchc (bchc)']);
  });

  test('two beds and a visit at home stand beside each other, and none is chosen', () => {
    expect(told(inTwoBeds, 'where-now')).toEqual([
      'place: In a bed; the place is not recorded, uhb, since 29-Jun-2026 (uhb)', 'place: In a bed; the place is not recorded, bchc, since 28-Jun-2026 (bchc)',
      'place-contradiction: More than one organisation says that the person is in its bed (uhb, bchc)',
      'place-contradiction: A visit at home is recorded for today, while the person is said to be in a bed: bchc (bchc, uhb)',
    ]);
  });

  test('nobody in a bed is at home, by the address of each who says so', () => {
    expect(told(movedAndUndecided, 'where-now')).toEqual(['home: At home: 9 Sample Close, B9 9XX (bcc)', 'home: At home: 1 Example Row, B1 1XX (uhb)']);
  });
});

describe('the coordinated plan', () => {
  test('whom to ring out of hours is what a team says of its number, and what the directory says of whose plan it is', () => {
    const team = storyRow('bchc', { resourceType: 'CareTeam', id: 'team', status: 'active', name: 'Rehabilitation', telecom: [
      { system: 'phone', value: '0121 496 0210' }, { system: 'phone', value: '0121 496 0219', extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/contactpoint-comment', valueString: 'Out of hours and at weekends' }] },
    ] });
    const atNight = (rows: readonly StoryRow[], numbers: Record<string, string[]>): string[] =>
      told({ ...onePlanOfTwo, rows: [...onePlanOfTwo.rows, ...rows] }, 'plan', undefined, { outOfHoursOf: (custodian) => numbers[custodian] ?? [] }).slice(0, -4).filter((line) => line.startsWith('contact-'));
    expect(atNight([team], {})).toEqual(['contact-in-hours: In hours: 0121 496 0210, Rehabilitation (bchc)', 'contact-out-of-hours: Out of hours: 0121 496 0219, Rehabilitation (bchc)']);
    expect(atNight([], { 'https://fhir.nhs.uk/Id/ods-organization-code|E08000025': ['0121 496 0499'] })).toEqual(['contact-out-of-hours: Out of hours: 0121 496 0499, bcc (bcc)']);
  });

  test('plans of one programme are one; the same thing in two of them is one line with both; another programme stands apart', () => {
    const { plans } = tellStory(factsOf(onePlanOfTwo));
    expect(plans.map(({ programme, plans: parts }) => [programme.code, parts.map(({ id }) => id)])).toEqual([['early-intervention', ['own-words', 'package', 'therapy']], ['neighbourhood', ['nursing']]]);
    expect(told(onePlanOfTwo, 'plan')).toEqual([
      'plan: Early intervention: one plan from bchc and bcc (bchc, bcc)',
      'plan-reason: About me: I want to get to church, in the person\'s own words (bchc)',
      'plan-reason: Rehabilitation care plan: Afraid of falling, written by Ravi Example (bchc)',
      'plan-activity: walking practice - twice a week (bcc, bchc)',
      'plan-activity: Reablement, Example Reablement Service (bcc)',
      'contact-out-of-hours: Out of hours: not recorded ()',
      'plan-review-overdue: Review of Rehabilitation care plan: was due on 20-Jun-2026; whether it was held is not recorded (bchc)',
      'plan-review: No review date is recorded: About me, Reablement (bchc, bcc)',
      'plan: Neighbourhood care: one plan from bchc (bchc)', 'plan-reason: Nursing care plan (bchc)', 'contact-out-of-hours: Out of hours: not recorded ()', 'plan-review: No review date is recorded: Nursing care plan (bchc)',
    ]);
  });

  test('the plan that began last is told first, whatever numbers the plans have and however their times are written', () => {
    const plan = (id: string, title: string, start?: string): StoryRow => storyRow('bchc', { resourceType: 'CarePlan', id, title, status: 'active', intent: 'plan', subject: {}, description: id, extension: [component('community-team')], ...(start !== undefined && { period: { start } }) });
    const rows = [plan('a', 'Undated'), plan('b', 'Older', '2026-05-01'), plan('c', 'Walking', '2026-06-05T09:45:00+01:00'), plan('d', 'Newest', '2026-06-05T09:00:00Z'), plan('e', 'Dressings', '2026-06-05T08:45:00Z')];
    expect(tellStory(factsOf({ people: onePlanOfTwo.people, rows })).plans.map(({ plans }) => plans.map(({ id }) => id))).toEqual([['d', 'e', 'c', 'b', 'a']]);
  });

  test('every part of it says whose it is, of which version and when, and which the person wrote', () => {
    const plan = tellStory(factsOf(onePlanOfTwo)).plans[0]?.plan as CarePlan;
    expect(validateResource({ ...plan, extension: [{ url: 'https://fhir.bicp.example/StructureDefinition/component', valueCoding: { system: 'https://fhir.bicp.example/CodeSystem/ei-component', code: 'community-team' } }], identifier: [{ system: 'urn:x', value: 'x' }] } as unknown as JsonObject).filter(({ severity }) => severity !== 'warning')).toEqual([]);
    expect(plan.activity?.map(({ extension }) => extension?.map(({ extension: parts }) => parts?.find(({ url }) => url === 'record')?.valueReference?.reference))).toEqual([['CarePlan/package/_history/1', 'CarePlan/therapy/_history/1'], ['CarePlan/package/_history/1']]);
    expect(plan.basedOn?.map(({ reference }) => reference)).toEqual(['CarePlan/own-words', 'CarePlan/package', 'CarePlan/therapy']);
    expect(JSON.stringify(plan)).not.toContain('Unit cost');
  });

  test('what was signed stands beside it with author and date, the newest first, and says when it is no longer in force', () => {
    expect(tellStory(factsOf(signedAndTakenBack)).plans).toEqual([]);
    expect(told(signedAndTakenBack, 'plan')).toEqual([
      'signed-document: ReSPECT, version 2, by Dr Second (bsmhft)',
      'signed-document-ended: ReSPECT, version 1, by Dr First, no longer in force: a later version replaces it (bsmhft)',
      'signed-document: Treatment escalation plan, by Dr Long Ago (uhb)',
    ]);
    const html = JSON.stringify(storyDocument(factsOf(signedAndTakenBack), 'http://gateway/fhir').composition);
    expect(html).toContain('uhb, 01-Mar-2019 (2679 days ago)');
  });
});

describe('what changed in a plan', () => {
  const base: CarePlan & { id: string } = { resourceType: 'CarePlan', id: 'walk', status: 'active', intent: 'plan', subject: {}, title: 'Rehabilitation', extension: [component('community-team')] };
  const version = (n: number, more: Partial<CarePlan>, source = `urn:onestory:bchc:bchc-rio#${n}/1`): StoryRow => ({ ...storyRow('bchc', { ...base, ...more, meta: { source } }, n), updatedAt: `2026-06-1${n}T13:10:00.000Z` });
  const person = (row: StoryRow): NamedPerson => ({ people: onePlanOfTwo.people, rows: [row] });
  const changesOf = (row: StoryRow, ...earlier: StoryRow[]): string[] => told(person(row), 'plan', undefined, { earlier }).filter((line) => line.startsWith('plan-change')).map((line) => line.replace('plan-change: ', ''));
  const doing = (detail: Partial<CarePlanActivityDetail>): Partial<CarePlan> => ({ activity: [{ detail: { status: 'in-progress', ...detail } }] });
  const goal = (lifecycleStatus: Goal['lifecycleStatus']): Partial<CarePlan> => ({ goal: [{ reference: '#g' }], contained: [{ resourceType: 'Goal', id: 'g', lifecycleStatus, description: { text: 'walk to the shop' }, subject: {} }] });
  const kept = { performer: [{ reference: 'CareTeam/hidden' }] };

  test.each<[string, Partial<CarePlan>, Partial<CarePlan>, string[]]>([
    ['a goal that was reached', goal('active'), goal('completed'), ['Goal \'walk to the shop\': completed, was active']],
    ['a goal that is new and one that is not told any more', { goal: [{ display: 'cook' }] }, { goal: [{ display: 'walk' }] }, ['Goal \'cook\' is no longer told', 'Goal \'walk\' is new']],
    ['the state of what is done', doing({ description: 'Walking practice' }), doing({ description: 'Walking practice', status: 'completed' }), ['Walking practice: completed, was in progress']],
    ['what is done in other words', doing({ description: 'Walking, twice a week' }), doing({ description: 'Walking, daily' }), ["What is done changed from 'Walking, twice a week' to 'Walking, daily'"]],
    ['something else that is done', doing({ code: { text: 'Physiotherapy' } }), doing({ code: { text: 'Home support' } }), ['No longer told: Physiotherapy', 'New: Home support']],
    ['the order alone', { activity: [{ detail: { status: 'unknown', description: 'a' } }, { detail: { status: 'unknown', description: 'b' } }] }, { activity: [{ detail: { status: 'unknown', description: 'b' } }, { detail: { status: 'unknown', description: 'a' } }] }, []],
    ['a date for the review', doing({ code: { text: 'Review' }, scheduledTiming: { event: ['2026-07-01'] } }), doing({ code: { text: 'Review' }, scheduledTiming: { event: ['2026-08-01'] } }), ['Review of Rehabilitation changed from 01-Jul-2026 to 01-Aug-2026']],
    ['status, reason, time and a note', { period: { start: '2026-06-01' } }, { status: 'on-hold', description: 'Afraid of falling', period: { start: '2026-06-01', end: '2026-09-01' }, note: [{ text: 'Away until August' }] },
      ['Rehabilitation: on hold, was active', "Why there is Rehabilitation is told: 'Afraid of falling'", 'End of Rehabilitation is told: 01-Sep-2026', 'Note added: Away until August']],
    ['a price', doing({ description: 'Unit cost 21.50, Hourly', code: { text: 'Meals' } }), doing({ description: 'Unit cost 22.50, Hourly', code: { text: 'Meals' } }), []],
    ['who else is named, because a part that names another record may be kept apart', { careTeam: [{ reference: 'CareTeam/a' }] }, { addresses: [{ reference: 'Condition/b' }] }, []],
    ['such a part that comes', {}, doing({ code: { text: 'Dressings' }, ...kept }), []],
    ['such a part that goes', doing({ code: { text: 'Dressings' }, ...kept }), {}, []],
    ['such a part that stays and is another', doing({ code: { text: 'Dressings' }, ...kept }), doing({ code: { text: 'Dressings' }, ...kept, status: 'stopped' }), ['Dressings: stopped, was in progress']],
  ])('%s', (_what, before, after, lines) => expect(changesOf(version(2, after), version(1, before)).toSorted()).toEqual(lines.map((line) => `${line} (bchc)`).toSorted()));

  test('is told newest first, up to the lines there are, each of the version in which it came', () => {
    const titles = ['one', 'two', 'three', 'four'].map((title, n) => version(n + 1, { title }));
    const [newest, ...older] = titles.toReversed() as [StoryRow, ...StoryRow[]];
    const lines = ["Title changed from 'three' to 'four' (bchc)", "Title changed from 'two' to 'three' (bchc)", "Title changed from 'one' to 'two' (bchc)"];
    expect(changesOf(newest, ...older)).toEqual(lines);
    const bounded = (planChanges: typeof rule.planChanges): string[] => told(person(newest), 'plan', undefined, { earlier: older, rule: { ...rule, planChanges } }).filter((line) => line.startsWith('plan-change'));
    expect([bounded({ records: 9, versions: 1, lines: 9 }), bounded({ records: 9, versions: 9, lines: 2 })].map((some) => some.length)).toEqual([1, 2]);
    const { compared, cited, composition } = storyDocument({ ...factsOf(person(newest)), earlier: older, rule: { ...rule, planChanges: { records: 9, versions: 9, lines: 2 } } }, 'http://gateway/fhir');
    expect([compared.map((row) => row.version), cited.filter(({ type }) => type === 'CarePlan').map((row) => row.version)]).toEqual([[3, 2], [4]]);
    expect(JSON.stringify(composition)).toContain('"CarePlan/walk/_history/3"'.replace('"CarePlan', '"http://gateway/fhir/CarePlan'));
  });

  test('versions that are not next to each other are not compared, nor what the gateway made anew of what was sent before', () => {
    expect(changesOf(version(3, { title: 'three' }), version(1, { title: 'one' }))).toEqual([]);
    expect(changesOf(version(3, { title: 'three' }, 'urn:same'), version(2, { title: 'two' }, 'urn:same'), version(1, { title: 'one' }))).toEqual(["Title changed from 'one' to 'two' (bchc)"]);
  });

  test('of what matters, and of a step of the plan', () => {
    const wish = (n: number, valueString: string): StoryRow => storyRow('bchc', { resourceType: 'Observation', id: 'wish', status: 'final', code: { text: 'Preferred place of care', coding: [{ system: 'https://fhir.bicp.example/CodeSystem/epaccs-item', code: 'preferred-place-of-care' }] }, valueString }, n);
    const step = (n: number, status: Task['status']): StoryRow => storyRow('bchc', { resourceType: 'Task', id: 'step', status, intent: 'order', description: 'Stairs', basedOn: [{ reference: 'CarePlan/walk' }], code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/rio-item', code: 'intervention' }] } }, n);
    const lines = told({ people: onePlanOfTwo.people, rows: [version(1, {}), wish(2, 'Home'), step(2, 'completed')] }, 'plan', undefined, { earlier: [wish(1, 'Hospital'), step(1, 'in-progress')] });
    expect(lines.filter((line) => line.startsWith('plan-change'))).toEqual(["plan-change: Preferred place of care changed from 'Hospital' to 'Home' (bchc)", 'plan-change: Stairs: completed, was in progress (bchc)']);
  });

  test('an element that two lists have, however often, is put aside; the rest is paired by name, then in order', () => {
    expect(pairUp(['a', 'a', 'x', 'y'], ['b', 'x'])).toEqual([['a', 'b'], ['a', undefined], ['y', undefined]]);
    expect(pairUp([{ n: 'k', v: 1 }, { n: 'l', v: 1 }], [{ n: 'l', v: 2 }, { n: 'm', v: 1 }], ({ n }) => n)).toEqual([[{ n: 'k', v: 1 }, undefined], [{ n: 'l', v: 1 }, { n: 'l', v: 2 }], [undefined, { n: 'm', v: 1 }]]);
  });
});

describe('what people told already', () => {
  test('papers that were signed and not sent, goals, and when something is done, stand in the plan', () => {
    expect(told(toldManyThings, 'plan')).toEqual(expect.arrayContaining([
      'signed-document: Advance decision: Refuses ventilation (bchc)', 'signed-document: Power of attorney: Health and welfare (bchc)', 'what-matters: Wishes: To be at home with the dog (bchc)',
      'plan-goal: Goal: Walk to the shop (bchc)', 'plan-activity: Physiotherapy, 06-Jul-2026 to 17-Aug-2026, scheduled (bchc)',
    ]));
  });

  test('every sort of it is one line, and an assessment whose time is over says so', () => {
    expect(told(toldManyThings, 'told-once')).toEqual([
      'interpreter: Needs an interpreter (uhb)', 'about-me: Wishes: To be at home with the dog (bchc)', 'cared-for-by: Has an unpaid carer: daughter (bcc)', 'access-need: Sees badly: severe (bcc)',
      'assessment: Trusted assessment, was valid until 29-Mar-2026 (bcc)',
    ]);
  });
});

describe('alerts', () => {
  test('an allergy one system knows is told with its system; a flag that was taken back is told as that', () => {
    expect(told(signedAndTakenBack, 'alerts')).toEqual(['alert: DNACPR (bsmhft)', 'allergy: Allergy: Penicillin, high risk (bchc)', 'alert-ended: No longer in force: DNACPR, ended on 02-Apr-2024 (uhb)']);
  });

  test('nothing recorded is said as that, and another thing than none known', () => {
    const section = (person: NamedPerson) => storyDocument(factsOf(person), 'http://gateway/fhir').composition.section?.find(({ title }) => title === 'Alerts');
    expect(section(twinOne)).toMatchObject({ emptyReason: { coding: [{ code: 'unavailable' }] } });
    const none: NamedPerson = { ...twinOne, rows: contradicted.rows.filter(({ id }) => id === 'none') };
    expect(section(none)?.emptyReason).toBeUndefined();
    expect(told(none, 'alerts')).toEqual(['no-known-allergy: Allergy: No known allergies (uhb)']);
  });
});

describe('disagreements', () => {
  test('two ethnic categories are both told, with all who say either', () => {
    expect(told(twoEthnicities, 'disagreements')).toEqual(['said: Ethnic category: African (uhb, bchc)', 'said: Ethnic category: Caribbean (bcc)']);
  });

  test('two homes, two practices and two next of kin are all told', () => {
    expect(told(movedAndUndecided, 'disagreements')).toEqual([
      'said: Home address: 9 Sample Close, B9 9XX (bcc)', 'said: Home address: 1 Example Row, B1 1XX (uhb)',
      'said: Registered practice: Canalside Example Surgery (bcc)', 'said: Registered practice: The Example Practice (uhb)',
      'said: Next of kin: Ada Sample, next of kin (bcc)', 'said: Next of kin: Chidi Sample, next of kin (uhb)',
    ]);
  });

  test('an allergy and none known, and both words on resuscitation, are contradictions', () => {
    expect(told(contradicted, 'disagreements')).toEqual([
      'said: Allergies: Latex (bchc)', 'said: Allergies: No known allergies (uhb)', 'said: Resuscitation: DNACPR (uhb)', 'said: Resuscitation: For resuscitation (bchc)',
    ]);
  });

  test('two dates of a death, and one stay told as over and as going on, are told from both sides', () => {
    expect(told(diedTwice, 'disagreements')).toEqual([
      'said: Death: 02-May-2026 (uhb)', 'said: Death: 03-May-2026 (bchc)', 'said: One stay: how it stands: finished (uhb)', 'said: One stay: how it stands: in progress (bcc)',
    ]);
  });

  test('partners who agree, in whatever writing, contradict nobody', () => {
    expect(told(diedWithoutADate, 'disagreements')).toEqual([]);
  });
});

test('twins are two stories, and nothing of one is in the other', () => {
  const [one, two] = [twinOne, twinTwo].map((person) => JSON.stringify(storyDocument(factsOf(person), 'http://gateway/fhir')));
  expect(one).toContain('Plan of the first');
  expect(one).not.toMatch(/Shabana|second/);
  expect(two).not.toMatch(/Samina|first/);
});

describe('told once', () => {
  const lives = storyRow('bcc', { resourceType: 'Observation', id: 'lives', status: 'final', effectiveDateTime: '2026-05-01', subject: {}, code: { coding: [{ system: 'https://fhir.bicp.example/CodeSystem/csds-item', code: 'accommodation-status', display: 'Accommodation status' }] }, valueCodeableConcept: { text: 'With a daughter' } }, 2);
  const confirmed = (version: number): Confirmation => ({ id: 'lives', version, at: '2026-06-30T09:00:00.000Z', organisation: 'urn:x|bchc', organisationName: 'bchc', person: 'Nia' });
  const person = { people: twinOne.people, rows: [lives] };

  test('a fact says who found it still right, as long as it is the version that was', () => {
    const of = (version: number) => tellStory(factsOf(person, [confirmed(version)])).sections.find(({ code }) => code === 'told-once')?.groups[0]?.statements.find(({ code }) => code === 'lives-in');
    expect(of(2)).toMatchObject({ text: 'Accommodation status: With a daughter', confirmed: { organisationName: 'bchc' } });
    expect(of(1)?.confirmed).toBeUndefined();
  });

  test('the document carries it as a Provenance of the version', () => {
    const { provenance } = storyDocument(factsOf(person, [confirmed(2)]), 'http://gateway/fhir');
    expect(provenance.at(-1)).toMatchObject({ target: [{ reference: 'http://gateway/fhir/Observation/lives/_history/2' }], recorded: '2026-06-30T09:00:00.000Z', agent: [{ who: { display: 'Nia' } }] });
  });
});

test.each([
  ["MRS MARY O'NEILL-MCKAY", "Mrs Mary O'Neill-McKay"], ['MR Chidi Okafor', 'Mr Chidi Okafor'], ['DR J MCDONALD', 'Dr J McDonald'], ['AJ Okafor', 'AJ Okafor'], ['CHIDI', 'Chidi'], ['MRS', 'Mrs'], ['MCKAY, ÉLISE', 'McKay, Élise'], ['', ''],
])('what was typed in capitals, %s, is said as %s', (typed, said) => {
  expect(sayName(typed)).toBe(said);
});

test('what a sender wrote cannot become markup', () => {
  const nasty = storyRow('bcc', { resourceType: 'Flag', id: 'nasty', status: 'active', code: { text: '<script>alert("x")</script> & \u0007' }, subject: {} });
  const { composition } = storyDocument(factsOf({ people: twinOne.people, rows: [nasty] }), 'http://gateway/fhir');
  expect(JSON.stringify(composition.section?.map(({ text }) => text?.div))).not.toMatch(/<script|\\u0007/);
});

test('the order of the records plays no part', () => {
  const facts = factsOf(onePlanOfTwo);
  const other = { ...facts, rows: [...facts.rows].reverse(), people: [...facts.people].reverse() };
  expect(storyDocument(other, 'http://gateway/fhir')).toEqual(storyDocument(facts, 'http://gateway/fhir'));
});
