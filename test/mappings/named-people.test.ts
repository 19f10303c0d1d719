import type { Encounter, Patient, Resource } from '@medplum/fhirtypes';
import { cldColumns, type CldColumn } from '../../src/demo/cld-columns.ts';
import { csvHeader, csvRow, type CsvRow } from '../../src/demo/csv.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { decideLink } from '../../src/linkage/decide-link.ts';
import { pairGrader } from '../../src/linkage/grade-pair.ts';
import { personFacts } from '../../src/linkage/person-facts.ts';
import type { LinkDecision, PersonFacts } from '../../src/linkage/types.ts';
import { bornAboutThen, numberThroughASpreadsheet as numbered, oddCouncilRows, sexInEveryCode, toldOutOfOrder } from '../citizens.ts';
import { feedOf, mappings, message, type MessageFacts } from '../intake/adt.ts';
import { shippedRule } from '../linkage/shipped-rule.ts';
import { runSource, type Outcome } from './run-example.ts';

/** What must become of the named people of test/citizens.ts as their partners send them: from bytes to FHIR, and to whose record they are. */

const loaded = mappings();
const [hospital, council] = [feedOf('uhb-adt'), feedOf('bcc-cld')];
const grade = pairGrader(shippedRule());
beforeAll(() => { loadDefinitions(); });

const sent = (...messages: readonly MessageFacts[]): Outcome => runSource(loaded, hospital.kind, hospital.feed, '', Buffer.from(messages.map((each, n) => message({ id: `N${n}`, ...each })).join(''))).outcome;
const rows = (...cells: readonly CsvRow<CldColumn>[]): Outcome => runSource(loaded, council.kind, council.feed, '', Buffer.from(`\uFEFF${csvHeader(cldColumns)}${cells.map((each) => csvRow(cldColumns, each)).join('')}`)).outcome;
const of = <T extends Resource>(outcome: Outcome, type: T['resourceType']): T[] => (outcome.resources ?? []).filter(({ resourceType }) => resourceType === type) as unknown as T[];
const patientOf = (outcome: Outcome): Patient => of<Patient>(outcome, 'Patient').at(-1) ?? { resourceType: 'Patient' };
const codes = ({ problems = [] }: Outcome): string[] => problems.filter(({ severity }) => severity === undefined).map(({ code }) => code);

describe('trap 1: a number through a spreadsheet', () => {
  const factsOf = (number: string, who: Record<number, string> = {}, status = 'NSTS01'): PersonFacts =>
    personFacts(patientOf(sent({ pid: { 3: `${number}^^^NHS~NORA^^^RRK`, 5: 'SAMPLE^NORA^^^MRS^^L', 7: '19410402', 8: '2', 32: status, ...who } })), hospital.feed.partner.identifierBase);
  const decide = (facts: PersonFacts, ...known: PersonFacts[]): LinkDecision => decideLink({ ...facts, local: [] }, known.map((each, n) => ({ citizen: `c${n}`, facts: [each] })), grade);

  test.each(numbered.readAs)('%j is her number', (written) => {
    expect(factsOf(written).nhsNumber?.replaceAll(/\D/g, '')).toBe(numbered.number);
    expect(decide(factsOf(written), factsOf(numbered.number))).toMatchObject({ kind: 'certain' });
  });

  test.each(Object.entries(numbered.refused))('%s is refused and never guessed', (_, written) => {
    expect(decide(factsOf(written), factsOf(numbered.number))).toMatchObject({ kind: 'refused', code: 'nhs-number-invalid' });
  });

  test.each(Object.entries(numbered.statuses))('status %s stays with the number', (said, status) => {
    expect(factsOf(numbered.number, {}, said).nhsNumberStatus).toBe(status);
  });

  test('a number of somebody else with another name and birth date joins nobody; two of one person are never certain', () => {
    expect(decide(factsOf(numbered.number, numbered.ofSomebodyElse), factsOf(numbered.number, numbered.owner))).toMatchObject({ kind: 'refused', code: 'nhs-number-of-another-person' });
    expect(decide(factsOf(numbered.second), factsOf(numbered.number)).kind).not.toBe('certain');
  });
});

describe('trap 3: told out of order', () => {
  const facts = (outcome: Outcome): unknown => [patientOf(outcome), of<Encounter>(outcome, 'Encounter').at(-1)];
  let straight: Outcome;
  beforeAll(() => { straight = sent(...toldOutOfOrder); });

  test('his stay is over, his phone is gone and stays gone, and a destination in the place of the disposition is taken', () => {
    expect(patientOf(straight)).not.toHaveProperty('telecom');
    expect(of<Encounter>(straight, 'Encounter').at(-1)).toMatchObject({ status: 'finished', hospitalization: { dischargeDisposition: { coding: [{ code: '19' }] } } });
  });

  test.each([['the discharge first', [3, 0, 1, 2, 4]], ['the correction first', [4, 3, 2, 1, 0]], ['everything twice', [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]], ['the admission last', [1, 2, 3, 4, 0]]])('%s, it is the same', (_, order) => {
    expect(facts(sent(...order.flatMap((n) => toldOutOfOrder[n] ?? [])))).toEqual(facts(straight));
  });
});

describe('trap 4: born about then', () => {
  test('her birth date is a year, and estimated; a default is no date', () => {
    const pia = patientOf(sent({ pid: bornAboutThen.sure })) as Patient & { _birthDate?: object };
    expect([pia.birthDate, JSON.stringify(pia._birthDate)]).toEqual(['1931', expect.stringContaining('birth-date-estimated')]);
    const none = sent({ pid: { 7: bornAboutThen.noDates[7] }, pv1: { 45: bornAboutThen.noDates[45] } });
    expect([patientOf(none).birthDate, of<Encounter>(none, 'Encounter')[0]?.period?.end]).toEqual([undefined, undefined]);
    expect(codes(sent({ pid: { 7: bornAboutThen.swapped } }))).toEqual(['date-not-real']);
  });

  test.each(Object.entries(bornAboutThen.admitted))('admitted at %s is %s', (said, instant) => {
    expect(of<Encounter>(sent({ pv1: { 44: said } }), 'Encounter')[0]?.period?.start).toBe(instant);
  });

  test.each(Object.entries(bornAboutThen.refused))('admitted at %s is refused: %s', (said, code) => {
    expect(codes(sent({ pv1: { 44: said } }))).toEqual([code]);
  });
});

test.each(Object.entries(sexInEveryCode))('trap 5: sex %s is %s, and nothing is made of it about birth', (said, gender) => {
  const quinn = patientOf(sent({ pid: { 8: said } }));
  expect([quinn.gender, /birth-?sex/i.test(JSON.stringify(quinn))]).toEqual([gender, false]);
});

describe('trap 10: odd rows of a council', () => {
  test('the words of both releases, with spaces and without, mean the same', () => {
    const outcomes = of(rows(...oddCouncilRows.outcomes), 'Task').map((request) => JSON.stringify(request).match(/cld-event-outcome","code":"([a-z-]+)/)?.[1]);
    expect(outcomes).toHaveLength(4);
    expect([outcomes[0] === outcomes[1], outcomes[2] === outcomes[3], outcomes[0] === outcomes[2], outcomes.includes(undefined)]).toEqual([true, true, false, false]);
  });

  test('services that overlap are two plans; units below nothing refuse their row and no other, and those that do not fit their cost stay as sent and are told', () => {
    expect(of(rows(...oddCouncilRows.overlapping), 'CarePlan')).toHaveLength(2);
    const wrong = rows(...oddCouncilRows.overlapping, ...oddCouncilRows.units);
    expect([wrong.problems?.map(({ at }) => [at?.field, at?.row]), of(wrong, 'CarePlan').length, wrong.log]).toEqual([[['plannedUnits', 3]], 4, [expect.stringContaining('cannot be of this cost frequency')]]);
  });

  test('a carer is a person of their own, who cares for three', () => {
    const carer = rows(oddCouncilRows.carer);
    expect(of(carer, 'Patient')).toHaveLength(1);
    expect(['BCC0077001', 'BCC0077003', 'BCC0077004'].filter((id) => !JSON.stringify(carer.resources).includes(id))).toEqual([]);
  });
});
