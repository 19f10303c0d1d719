import type { Address, CodeableConcept, ContactPoint, Extension, HumanName, Patient, PatientContact } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { wordsOf } from '../../src/fhir/normalise-text.ts';
import { bestCase } from '../../src/story/best-case.ts';
import { alternativeValueUrl, notTracedUrl } from '../../src/story/compose-extensions.ts';
import { composePatient } from '../../src/story/compose-patient.ts';
import type { SourcePatient } from '../../src/story/types.ts';

const custodians = ['RRK', 'RYW', 'RXT', 'QHL'];

/** One source per Patient, each of another organisation, the first the newest. */
function sourcesOf(resources: readonly Partial<Patient>[]): SourcePatient[] {
  return resources.map((resource, i) => ({
    id: `s${i}`, version: 1, custodian: `https://fhir.nhs.uk/Id/ods-organization-code|${custodians[i % 4] ?? ''}`, custodianName: `Trust ${i % 4}`,
    updatedAt: `2026-01-0${9 - i}T00:00:00.000Z`, resource: { resourceType: 'Patient', ...resource },
  }));
}
const compose = (sources: readonly SourcePatient[]) => composePatient({ citizen: 'c', sources });

/** The elements as composed, without the ids they are given. */
function shown<T extends object>(list: readonly T[] | undefined): T[] {
  return (list ?? []).map((one) => {
    const { id: _id, ...rest } = one as T & { id?: string };
    return rest as T;
  });
}
type Lists = 'name' | 'address' | 'telecom' | 'contact' | 'communication' | 'generalPractitioner';
const composed = (element: Lists, values: readonly object[]) => shown<object>(compose(sourcesOf(values.map((value) => ({ [element]: [value] })))).patient[element]);

interface Same { element: Lists; why: string; values: object[]; gives: object }
const maternal: CodeableConcept = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'DAU' }] };
const son: CodeableConcept = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'SON' }] };
const english: CodeableConcept = { coding: [{ system: 'urn:ietf:bcp:47', code: 'en' }] };
const practice = { type: 'Organization', identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'M85001' } };

const same: Same[] = [
  { element: 'name', why: 'capitals and no capitals', values: [{ use: 'official', family: 'OKAFOR', given: ['ALICE'] }, { use: 'official', family: 'Okafor', given: ['Alice'] }], gives: { use: 'official', family: 'Okafor', given: ['Alice'] } },
  { element: 'name', why: 'with and without a title', values: [{ text: 'Okafor, Alice' }, { text: 'Mrs Alice Okafor' }], gives: { text: 'Mrs Alice Okafor' } },
  { element: 'name', why: 'in parts and as a text', values: [{ family: 'Okafor', given: ['Alice'] }, { text: 'OKAFOR, Alice' }], gives: { family: 'Okafor', given: ['Alice'] } },
  { element: 'name', why: 'a fuller text around the parts', values: [{ family: 'OKAFOR', given: ['Alice'] }, { text: 'Mrs Alice Okafor' }], gives: { family: 'Okafor', given: ['Alice'], text: 'Mrs Alice Okafor' } },
  { element: 'name', why: 'a second given name that one lacks', values: [{ use: 'official', family: 'Okafor', given: ['Alice'] }, { use: 'official', family: 'OKAFOR', given: ['ALICE', 'MAY'], prefix: ['MRS'] }], gives: { use: 'official', family: 'Okafor', given: ['Alice', 'MAY'], prefix: ['MRS'] } },
  { element: 'name', why: 'apostrophes and hyphens', values: [{ family: "O'NEILL", given: ['ANNE MARIE'] }, { family: 'O’Neill', given: ['Anne-Marie'] }], gives: { family: 'O’Neill', given: ['Anne Marie'] } },
  { element: 'name', why: 'the usual name is the official one', values: [{ use: 'usual', family: 'Okafor', given: ['Alice'] }, { use: 'official', family: 'Okafor', given: ['Alice'] }], gives: { use: 'official', family: 'Okafor', given: ['Alice'] } },
  { element: 'name', why: 'a sender\'s own spelling stays', values: [{ family: 'McDonald', given: ['Ann'] }, { family: 'MCDONALD', given: ['ANN'] }, { family: 'Mcdonald', given: ['Ann'] }], gives: { family: 'McDonald', given: ['Ann'] } },
  { element: 'address', why: 'capitals, and a missing line', values: [{ text: '12 EXAMPLE ROAD, BIRMINGHAM' }, { text: '12 Example Road, Moseley, Birmingham' }], gives: { text: '12 Example Road, Moseley, Birmingham' } },
  { element: 'address', why: 'lines cut in another way, a missing postcode', values: [{ use: 'home', line: ['12 Example Road, Moseley'], city: 'Birmingham' }, { use: 'home', line: ['12 EXAMPLE ROAD', 'MOSELEY'], city: 'BIRMINGHAM', district: 'WEST MIDLANDS', postalCode: 'B13 8XX', country: 'GBR' }], gives: { use: 'home', line: ['12 Example Road', 'Moseley'], city: 'Birmingham', district: 'WEST MIDLANDS', postalCode: 'B13 8XX', country: 'GBR' } },
  { element: 'address', why: 'nothing but the postcode', values: [{ use: 'home', postalCode: 'B138XX' }, { line: ['12 Example Road'], postalCode: 'B13 8XX' }], gives: { use: 'home', line: ['12 Example Road'], postalCode: 'B13 8XX' } },
  { element: 'address', why: 'the postcode inside the text', values: [{ text: '12 Example Road, Birmingham B13 8XX' }, { line: ['12 Example Road'], city: 'Birmingham', postalCode: 'b13 8xx' }], gives: { line: ['12 Example Road'], city: 'Birmingham', postalCode: 'b13 8xx' } },
  { element: 'telecom', why: 'spaces', values: [{ system: 'phone', value: '01214960123' }, { system: 'phone', value: '0121 496 0123', use: 'home' }], gives: { system: 'phone', value: '0121 496 0123', use: 'home' } },
  { element: 'telecom', why: 'called from abroad', values: [{ system: 'phone', value: '0121 496 0123' }, { system: 'phone', value: '+44 (0)121 496-0123' }], gives: { system: 'phone', value: '+44 (0)121 496-0123' } },
  { element: 'telecom', why: 'said to be for two things', values: [{ system: 'phone', value: '07700 900123', use: 'mobile' }, { system: 'phone', value: '07700900123', use: 'home' }], gives: { system: 'phone', value: '07700 900123', use: 'mobile' } },
  { element: 'telecom', why: 'e-mail in capitals', values: [{ system: 'email', value: 'alice@example.org' }, { system: 'email', value: 'ALICE@EXAMPLE.ORG' }], gives: { system: 'email', value: 'alice@example.org' } },
  { element: 'communication', why: 'a text beside the same code', values: [{ language: english }, { language: { ...english, text: 'EN' }, preferred: true }], gives: { language: { ...english, text: 'EN' }, preferred: true } },
  { element: 'generalPractitioner', why: 'one practice under two displays', values: [{ ...practice, display: 'EXAMPLE PRACTICE' }, { ...practice, display: 'The Example Practice' }], gives: { ...practice, display: 'The Example Practice' } },
  {
    element: 'contact', why: 'one son, with a number each',
    values: [{ relationship: [son], name: { family: 'OKAFOR', given: ['DANIEL'], prefix: ['MR'] }, telecom: [{ system: 'phone', value: '07700 900124' }] }, { relationship: [{ ...son, text: 'Son' }], name: { text: 'Daniel Okafor' }, telecom: [{ system: 'phone', value: '07700900124' }, { system: 'phone', value: '0121 496 0125', use: 'work' }] }],
    gives: { relationship: [{ ...son, text: 'Son' }], name: { family: 'Okafor', given: ['Daniel'], prefix: ['MR'] }, telecom: [{ system: 'phone', value: '07700 900124' }, { system: 'phone', value: '0121 496 0125', use: 'work' }] },
  },
  { element: 'contact', why: 'a number without a name', values: [{ telecom: [{ system: 'phone', value: '07700 900124' }] }, { relationship: [son], name: { text: 'Daniel Okafor' }, telecom: [{ system: 'phone', value: '07700 900124' }] }], gives: { relationship: [son], name: { text: 'Daniel Okafor' }, telecom: [{ system: 'phone', value: '07700 900124' }] } },
];

describe('what says the same is shown once, as the fullest says it', () => {
  it.each(same)('$element: $why', ({ element, values, gives }) => {
    expect(composed(element, values)).toEqual([gives]);
    expect(composed(element, [...values].reverse())).toHaveLength(1);
  });

  it.each(same)('$element: $why; and everybody who says it is a witness', ({ element, values }) => {
    const { provenance } = compose(sourcesOf(values.map((value) => ({ [element]: [value] }))));
    expect(provenance.map(({ target }) => target[0]?.extension?.map(({ valueUri }) => valueUri))).toEqual(values.map(() => [`${element}-1`]));
  });
});

const different: { element: Lists; why: string; values: object[] }[] = [
  { element: 'name', why: 'another first name', values: [{ family: 'Okafor', given: ['Alice'] }, { family: 'Okafor', given: ['Alicia'] }] },
  { element: 'name', why: 'another first name, the one being the other\'s second', values: [{ family: 'Okafor', given: ['Alice'] }, { family: 'Okafor', given: ['Mary', 'Alice'] }] },
  { element: 'name', why: 'the same as texts', values: [{ text: 'Alice Okafor' }, { text: 'Mary Alice Okafor' }] },
  { element: 'name', why: 'the same as a text and in parts', values: [{ text: 'Mrs Alice Okafor' }, { family: 'Okafor', given: ['Mary', 'Alice'], prefix: ['Mrs'] }] },
  { element: 'name', why: 'a double family name', values: [{ family: 'Okafor', given: ['Alice'] }, { family: 'Okafor-Bell', given: ['Alice'] }] },
  { element: 'name', why: 'a double family name and a text', values: [{ text: 'Alice Okafor' }, { family: 'Bell Okafor', given: ['Alice'] }] },
  { element: 'name', why: 'a maiden name', values: [{ use: 'maiden', family: 'Okafor' }, { use: 'official', family: 'Okafor', given: ['Alice'] }] },
  { element: 'name', why: 'a former name', values: [{ use: 'old', family: 'Okafor', given: ['Alice'] }, { family: 'Okafor', given: ['Alice'] }] },
  { element: 'name', why: 'an initial', values: [{ family: 'Okafor', given: ['A'] }, { family: 'Okafor', given: ['Alice'] }] },
  { element: 'address', why: 'another house number', values: [{ text: '12 Example Road, Birmingham' }, { text: '2 Example Road, Birmingham' }] },
  { element: 'address', why: 'a number that is a flat elsewhere', values: [{ line: ['2 Example Road'] }, { line: ['Flat 2', '12 Example Road'] }] },
  { element: 'address', why: 'a flat in the house', values: [{ line: ['12 Example Road'] }, { line: ['Flat 2', '12 Example Road'] }] },
  { element: 'address', why: 'a letter behind the number', values: [{ line: ['12 Example Road'] }, { line: ['12A Example Road'] }] },
  { element: 'address', why: 'a longer street name', values: [{ line: ['12 Example Road'] }, { line: ['12 Example Road North'] }] },
  { element: 'address', why: 'another postcode', values: [{ line: ['12 Example Road'], postalCode: 'B13 8XX' }, { line: ['12 Example Road'], postalCode: 'B13 8XY' }] },
  { element: 'address', why: 'another use', values: [{ use: 'temp', line: ['12 Example Road'] }, { use: 'home', line: ['12 Example Road'] }] },
  { element: 'address', why: 'one that has ended', values: [{ line: ['12 Example Road'], period: { end: '2020-01-01' } }, { line: ['12 Example Road'] }] },
  { element: 'address', why: 'one marked old', values: [{ use: 'old', line: ['12 Example Road'] }, { line: ['12 Example Road'] }] },
  { element: 'address', why: 'another country', values: [{ city: 'Birmingham', country: 'GBR' }, { city: 'Birmingham', country: 'USA' }] },
  { element: 'telecom', why: 'another number', values: [{ system: 'phone', value: '0121 496 0123' }, { system: 'phone', value: '0121 496 0124' }] },
  { element: 'telecom', why: 'an extension', values: [{ system: 'phone', value: '0121 496 0123' }, { system: 'phone', value: '0121 496 0123 ext 12' }] },
  { element: 'telecom', why: 'a number given up', values: [{ system: 'phone', value: '0121 496 0123', use: 'old' }, { system: 'phone', value: '0121 496 0123' }] },
  { element: 'telecom', why: 'a fax', values: [{ system: 'phone', value: '0121 496 0123' }, { system: 'fax', value: '0121 496 0123' }] },
  { element: 'telecom', why: 'dots in an e-mail address', values: [{ value: 'a.lice@example.org' }, { value: 'alice@example.org' }] },
  { element: 'communication', why: 'another language', values: [{ language: english }, { language: { coding: [{ system: 'urn:ietf:bcp:47', code: 'ur' }] } }] },
  { element: 'communication', why: 'two texts beside one code', values: [{ language: { ...english, text: 'Scots' } }, { language: { ...english, text: 'English' } }] },
  { element: 'communication', why: 'preferred or not', values: [{ language: english, preferred: true }, { language: english, preferred: false }] },
  { element: 'generalPractitioner', why: 'another practice of the same name', values: [{ ...practice, display: 'Example Practice' }, { type: 'Organization', identifier: { ...practice.identifier, value: 'M85002' }, display: 'Example Practice' }] },
  { element: 'contact', why: 'two sons', values: [{ relationship: [son], name: { text: 'Daniel Okafor' } }, { relationship: [son], name: { text: 'David Okafor' } }] },
  { element: 'contact', why: 'a wife and a daughter-in-law at one number', values: [{ relationship: [son], name: { text: 'Mrs Okafor' }, telecom: [{ value: '01214960123' }] }, { relationship: [maternal], name: { text: 'Mrs Okafor' }, telecom: [{ value: '01214960123' }] }] },
  { element: 'contact', why: 'an unnamed daughter at the son\'s number', values: [{ relationship: [maternal], telecom: [{ value: '01214960123' }] }, { relationship: [son], name: { text: 'Daniel Okafor' }, telecom: [{ value: '01214960123' }] }] },
  { element: 'contact', why: 'two addresses', values: [{ relationship: [son], name: { text: 'Daniel Okafor' }, address: { postalCode: 'B13 8XX' } }, { relationship: [son], name: { text: 'Daniel Okafor' }, address: { postalCode: 'B13 8XY' } }] },
];

describe('what really differs stays apart', () => {
  it.each(different)('$element: $why', ({ element, values }) => {
    expect(composed(element, values)).toHaveLength(2);
    expect(composed(element, [...values].reverse())).toHaveLength(2);
  });
});

const ethnicityUrl = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory';
const national = (code: string) => ({ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland', code });
const ethnicity = (valueCodeableConcept: CodeableConcept): Extension => ({ url: ethnicityUrl, valueCodeableConcept });
const local = { system: 'https://fhir.bicp.example/CodeSystem/uhb-ethnic-category', code: 'C22' };

describe('an alternative stands beside a value only where the coded value differs', () => {
  const extensionsOf = (...said: Extension[]) => shown(compose(sourcesOf(said.map((extension) => ({ extension: [extension] })))).patient.extension).filter(({ url }) => url !== notTracedUrl);

  it('not for a text or a display beside the same code', () => {
    expect(extensionsOf(ethnicity({ coding: [national('A')], text: 'White British' }), ethnicity({ coding: [{ ...national('A'), display: 'British' }] }))).toEqual([
      ethnicity({ coding: [{ ...national('A'), display: 'British' }], text: 'White British' }),
    ]);
    expect(extensionsOf(ethnicity({ coding: [national('A')], text: 'White British' }), ethnicity({ coding: [national('A')], text: 'WHITE - BRITISH' }))).toHaveLength(1);
    expect(extensionsOf(ethnicity({ coding: [national('A')], text: 'White British' }), ethnicity({ coding: [national('A')], text: 'English' }))).toHaveLength(1);
  });

  it('not for a local code beside the same national one, which is kept', () => {
    expect(extensionsOf(ethnicity({ coding: [national('C'), local] }), ethnicity({ coding: [national('C')] }))).toEqual([ethnicity({ coding: [national('C'), local] })]);
  });

  it('but for another code', () => {
    expect(extensionsOf(ethnicity({ coding: [national('A')] }), ethnicity({ coding: [national('C')] })).map(({ url }) => url)).toEqual([ethnicityUrl, alternativeValueUrl]);
    expect(extensionsOf(ethnicity({ coding: [national('C'), local] }), ethnicity({ coding: [national('C'), { ...local, code: 'C3' }] })).map(({ url }) => url)).toEqual([ethnicityUrl, alternativeValueUrl]);
  });

  it('of elements a person has once alike', () => {
    const married = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', code: 'M', display: 'Married' }] };
    const { patient, provenance } = compose(sourcesOf([{ maritalStatus: { text: 'married' } }, { maritalStatus: married }, { maritalStatus: { text: 'widowed' } }]));
    expect(patient.maritalStatus).toEqual({ ...married, text: 'married', id: 'maritalStatus' });
    expect(patient.extension?.filter(({ url }) => url === alternativeValueUrl)).toHaveLength(1);
    expect(provenance.map(({ target }) => target[0]?.extension?.map(({ valueUri }) => valueUri))).toEqual([['maritalStatus'], ['maritalStatus'], ['extension-1']]);
  });
});

describe('capitals', () => {
  it.each([
    ['OKAFOR', ['Okafor'], 'Okafor'],
    ['DE SOUZA', ['de Souza'], 'de Souza'],
    ['OKAFOR', ['okafor'], 'OKAFOR'],
    ['Okafor', ['OKAFOR'], 'Okafor'],
    ['12A HIGH STREET', ['12a High Street', 'HIGH STREET'], '12A High Street'],
    ['WEST MIDLANDS', ['Birmingham'], 'WEST MIDLANDS'],
    ['12', ['12a'], '12'],
  ])('%s beside %j is shown as %s', (text, others, shownAs) => expect(bestCase(text, others)).toBe(shownAs));
});

/* Sources that say nearly the same: a few people's facts, each written in any way and with any part left out. */
const written = (text: string) => fc.constantFrom(text, text.toUpperCase(), text.toLowerCase());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const record = <T extends object>(shape: { [K in keyof T]?: fc.Arbitrary<T[K] | undefined> }) => fc.record(shape as Record<string, fc.Arbitrary<unknown>>).map((value) => JSON.parse(JSON.stringify(value)) as Partial<T>).filter((value) => Object.keys(value).length > 0);

const anyName = fc.oneof(
  record<HumanName>({
    use: maybe(fc.constantFrom('official', 'usual', 'maiden')), family: maybe(fc.oneof(written('Okafor'), written('Okafor-Bell'), written("O'Neill"))),
    given: maybe(fc.constantFrom(['Alice'], ['ALICE', 'May'], ['May', 'Alice'], ['Alicia'])), prefix: maybe(fc.constantFrom(['Mrs'], ['MRS'], ['Dr'])),
    period: maybe(fc.constantFrom({ end: '2020-01-01' }, { start: '2000' })),
  }),
  fc.constantFrom('Alice Okafor', 'Okafor, Alice', 'MRS ALICE OKAFOR', 'Alice May Okafor', 'Okafor', 'Alice').map((text): HumanName => ({ text })),
);
const anyAddress = fc.oneof(
  record<Address>({
    use: maybe(fc.constantFrom('home', 'temp', 'old')), line: maybe(fc.constantFrom(['12 Example Road'], ['12 EXAMPLE ROAD', 'MOSELEY'], ['2 Example Road'], ['Flat 2', '12 Example Road'], ['Example Road, Moseley'])),
    city: maybe(written('Birmingham')), district: maybe(fc.constant('West Midlands')), postalCode: maybe(fc.constantFrom('B13 8XX', 'b138xx', 'B13 8XY')), country: maybe(fc.constantFrom('GBR', 'USA')),
  }),
  fc.constantFrom('12 Example Road, Birmingham', '12 EXAMPLE ROAD, MOSELEY, BIRMINGHAM, B13 8XX', '2 Example Road').map((text): Address => ({ text })),
);
const anyTelecom = record<ContactPoint>({ system: maybe(fc.constantFrom('phone', 'email')), value: fc.constantFrom('0121 496 0123', '01214960123', '+44 121 496 0123', '07700 900123', 'a@example.org', 'A@example.org'), use: maybe(fc.constantFrom('home', 'mobile', 'old')) });
const anyConcept = record<CodeableConcept>({ coding: maybe(fc.subarray([national('A'), national('C'), local, { ...son.coding?.[0] }], { minLength: 1, maxLength: 2 })), text: maybe(fc.constantFrom('Son', 'SON', 'Daughter')) });
const anyContact = record<PatientContact>({ name: maybe(anyName), relationship: maybe(fc.array(anyConcept, { minLength: 1, maxLength: 2 })), telecom: maybe(fc.array(anyTelecom, { minLength: 1, maxLength: 2 })), address: maybe(anyAddress), gender: maybe(fc.constantFrom('male', 'female')) });
const anyPractice = record<NonNullable<Patient['generalPractitioner']>[number]>({ identifier: maybe(fc.constantFrom(practice.identifier, { ...practice.identifier, value: 'M85002' })), display: maybe(fc.constantFrom('Example Practice', 'EXAMPLE PRACTICE')) });
const listOf = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: 1, maxLength: 3 });
const anyPatient = record<Patient>({
  name: maybe(listOf(anyName)), address: maybe(listOf(anyAddress)), telecom: maybe(listOf(anyTelecom)), contact: maybe(listOf(anyContact)),
  communication: maybe(listOf(anyConcept.map((language) => ({ language })))), generalPractitioner: maybe(listOf(anyPractice)),
});
const anySources = fc.array(anyPatient, { minLength: 1, maxLength: 4 }).map(sourcesOf);
const elements: Lists[] = ['name', 'address', 'telecom', 'contact', 'communication', 'generalPractitioner'];

/** What a value says, as tokens: the words of texts, the digits of numbers, codes, and the dates of a period. Uses are not words. */
function tokens(value: unknown, key = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => tokens(item, key));
  if (value !== null && typeof value === 'object') {
    const { system, code, ...rest } = value as { system?: string; code?: string };
    const members = Object.entries(rest).filter(([name]) => name !== 'id');
    return [...(code === undefined ? [] : [`${system ?? ''}|${code}`]), ...members.flatMap(([name, member]) => tokens(member, name))];
  }
  if (key === 'use' || key === 'rank' || key === 'system') return [];
  const text = String(value);
  if (/^[+\d\s]+$/.test(text)) return [text.replace(/\s/g, '').replace(/^\+44/, '0')];
  const postcode = /B13 ?8X[XY]/i.exec(text)?.[0];
  return [...(postcode ? [postcode.replace(' ', '').toLowerCase()] : []), ...wordsOf(text.replace(/['’]/g, '').replace(postcode ?? '\n', ' '))];
}

/** A word that two spell with and without a hyphen is one: compare them run together. */
function isSaid(value: unknown, by: unknown): boolean {
  const [said, all] = [tokens(value), tokens(by)];
  return said.every((token) => all.includes(token) || all.join('').includes(token));
}

describe('whatever the sources say, folding', () => {
  it('loses no word: each value lives in an element its source is a witness of', () => {
    fc.assert(fc.property(anySources, (sources) => {
      const { patient, provenance } = compose(sources);
      for (const source of sources) {
        const witnessed = provenance.find(({ entity }) => entity?.[0]?.what.reference?.startsWith(`Patient/${source.id}/`))?.target[0]?.extension?.map(({ valueUri }) => valueUri) ?? [];
        for (const element of elements) {
          const own = ((patient[element] ?? []) as { id?: string }[]).filter(({ id }) => witnessed.includes(id));
          for (const value of source.resource[element] ?? []) expect({ value, own, found: own.some((one) => isSaid(value, one)) }).toMatchObject({ found: true });
        }
      }
    }), { numRuns: 200 });
  });

  it('invents no word: what is shown is made of what its witnesses say', () => {
    fc.assert(fc.property(anySources, (sources) => {
      const { patient } = compose(sources);
      for (const element of elements) {
        expect(sources.flatMap(({ resource }) => tokens(resource[element]))).toEqual(expect.arrayContaining(tokens(shown<object>(patient[element]))));
      }
    }), { numRuns: 200 });
  });

  it('does not depend on the order of sources', () => {
    fc.assert(fc.property(anySources.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
      expect(compose(shuffled)).toEqual(compose(all));
    }), { numRuns: 200 });
  });

  it('is done when it is done: composing the composed changes nothing', () => {
    fc.assert(fc.property(anySources, (sources) => {
      const { patient } = compose(sources);
      const lists = Object.fromEntries(elements.flatMap((element) => (patient[element] ? [[element, shown<object>(patient[element])]] : [])));
      const again = compose(sourcesOf([lists])).patient;
      for (const element of elements) expect(shown<object>(again[element])).toEqual(lists[element] ?? []);
    }), { numRuns: 200 });
  });

  it('never joins two house numbers, postcodes, first names or families', () => {
    const facts = [
      { element: 'address', of: (value: Address) => /(\d+) example/i.exec([...(value.line ?? []), value.text].join(' '))?.[1] },
      { element: 'address', of: (value: Address) => (value.postalCode ?? /B13 ?8X[XY]/i.exec(value.text ?? '')?.[0])?.replace(' ', '').toUpperCase() },
      { element: 'name', of: (value: HumanName) => value.given?.[0]?.toLowerCase() },
      { element: 'name', of: (value: HumanName) => value.family?.toLowerCase().replace(/[^a-z]/g, '') },
    ] as { element: 'address' | 'name'; of: (value: object) => string | undefined }[];
    fc.assert(fc.property(anySources, (sources) => {
      const { patient } = compose(sources);
      for (const { element, of } of facts) {
        const said = new Set(sources.flatMap(({ resource }) => (resource[element] ?? []).flatMap((value) => of(value) ?? [])));
        const told = new Set((patient[element] ?? []).flatMap((value) => of(value) ?? []));
        expect(told).toEqual(said);
      }
    }), { numRuns: 200 });
  });
});
