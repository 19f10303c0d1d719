import type { Patient } from '@medplum/fhirtypes';
import { blockingKeys } from '../../src/linkage/blocking-keys.ts';
import { postcodeOf } from '../../src/linkage/home.ts';
import { birthDateEstimatedUrl, identityUnknownUrl, personFacts } from '../../src/linkage/person-facts.ts';
import type { PersonFacts } from '../../src/linkage/types.ts';

const base = 'https://fhir.bicp.example/Id/uhb';
const status = (code: string, system = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland') => [{
  url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
  valueCodeableConcept: { coding: [{ system, code }] },
}];
const nhs = (value: string, code = '01') => ({ system: 'https://fhir.nhs.uk/Id/nhs-number', value, extension: status(code) });

const alice: Patient = {
  resourceType: 'Patient',
  identifier: [
    { system: `${base}/person`, value: 'H1234567' },
    nhs('999 000 0743'),
    { system: 'https://fhir.bicp.example/Id/bchc/person', value: '77' },
  ],
  name: [
    { use: 'nickname', given: ['Ally'] },
    { use: 'maiden', family: "O'Brien" },
    { use: 'official', family: 'ADÉYEMI-OKAFOR', given: ['MRS ALICE', 'M'] },
  ],
  gender: 'female',
  birthDate: '1938-02-11',
  address: [{ use: 'old', postalCode: 'B1 1AA' }, { use: 'home', postalCode: 'b13 8xx' }],
};

describe('what a source Patient tells about who it is', () => {
  it('is taken from the official name, the current address, the verified number and the sender\'s own identifiers', () => {
    expect(personFacts(alice, base)).toEqual({
      local: [{ system: `${base}/person`, value: 'H1234567' }],
      nhsNumber: '9990000743', nhsNumberStatus: '01',
      family: 'adeyemi okafor', given: ['alice', 'm'], otherFamily: ['obrien'], otherGiven: ['ally'],
      gender: 'female', birthDate: '1938-02-11', postcode: 'B138XX',
    });
  });

  it.each([
    ['01', '01'], ['02', '02'], ['08', '08'], ['number-present-and-verified', '01'], ['number-present-but-not-traced', '02'], ['99', undefined],
  ])('verification status %s is read as %s', (code, expected) => {
    expect(personFacts({ resourceType: 'Patient', identifier: [nhs('9990000743', code)] }, base).nhsNumberStatus).toBe(expected);
  });

  it('prefers the verified number and leaves an old one aside', () => {
    const facts = personFacts({ resourceType: 'Patient', identifier: [{ ...nhs('9990000379'), use: 'old' }, nhs('9990001111', '02'), nhs('9990000743')] }, base);
    expect(facts.nhsNumber).toBe('9990000743');
  });

  it('another partner\'s base that only begins alike is not one\'s own', () => {
    expect(personFacts({ resourceType: 'Patient', identifier: [{ system: 'https://fhir.bicp.example/Id/uhb-old/person', value: '1' }] }, base).local).toEqual([]);
  });

  it('a name that stands for no name is none', () => {
    const facts = personFacts({ resourceType: 'Patient', name: [{ family: 'Unknown', given: ['Baby Boy'] }] }, base);
    expect(facts).toEqual({ local: [], given: [], otherFamily: [], otherGiven: [] });
  });

  it.each<[string, Partial<NonNullable<Patient['telecom']>[number]>[], string[] | undefined]>([
    ['in one form, however it is written', [{ value: '+44 (0)7700 900123' }, { value: '07700-900 123' }, { value: '0044 7700 900123' }, { value: '+447700900123' }], ['07700900123']],
    ['without what is too short to be anybody\'s', [{ value: '900123' }], undefined],
    ['without one digit over and over', [{ value: '00000000000' }, { value: '11111 111111' }], undefined],
    ['without old, ended and work numbers', [{ value: '0121 496 0001', use: 'old' }, { value: '0121 496 0002', use: 'work' }, { value: '0121 496 0003', period: { end: '2020-01-01' } }, { value: '0121 496 0004', use: 'home' }], ['01214960004']],
    ['of text messages too, not of faxes', [{ value: '07700 900456', system: 'sms' }, { value: '0121 496 0005', system: 'fax' }], ['07700900456']],
  ])('phones are taken %s', (_, telecom, phones) => {
    expect(personFacts({ resourceType: 'Patient', telecom: telecom.map((each) => ({ system: 'phone', ...each })) }, base).phones).toEqual(phones);
  });

  it.each<[string, NonNullable<Patient['address']>[number], Partial<PersonFacts>]>([
    ['number in the line of the street', { line: ['12 Mill Lane', 'Moseley'], postalCode: 'B13 8XX' }, { house: '12', lines: ['mill lane', 'moseley'], postcode: 'B138XX' }],
    ['number with a letter, alone in its line', { line: ['12A', 'Mill Lane'], postalCode: 'B13 8XX' }, { house: '12a', lines: ['mill lane'], postcode: 'B138XX' }],
    ['name before the street', { line: ['Rose Cottage', 'Mill Lane'], postalCode: 'B13 8XX' }, { house: 'rose cottage', lines: ['mill lane'], postcode: 'B138XX' }],
    ['name and number', { line: ['Rose Cottage', '12 Mill Lane'], postalCode: 'B13 8XX' }, { house: '12', lines: ['rose cottage', 'mill lane'], postcode: 'B138XX' }],
    ['street without a house', { line: ['Mill Lane', 'Moseley'], postalCode: 'B13 8XX' }, { lines: ['mill lane', 'moseley'], postcode: 'B138XX' }],
    ['address without a postcode', { line: ['12 Mill Lane'], district: 'Moseley', city: 'Birmingham' }, { house: '12', lines: ['mill lane'], locality: 'moseley' }],
    ['address whose postcode is none', { line: ['12 Mill Lane'], postalCode: 'unknown' }, { house: '12', lines: ['mill lane'] }],
    ['no fixed abode', { line: ['12 Mill Lane'], postalCode: 'zz99 3vz' }, {}],
    ['old address', { line: ['12 Mill Lane'], postalCode: 'B13 8XX', use: 'old' }, {}],
  ])('a home: %s', (_, address, expected) => {
    expect(personFacts({ resourceType: 'Patient', address: [address] }, base)).toEqual({ local: [], given: [], otherFamily: [], otherGiven: [], ...expected });
  });

  it.each([
    ['b13 8xx', 'B138XX'], ['B1 1AA', 'B11AA'], ['EC1A 1BB', 'EC1A1BB'], ['BI3 8XX', 'B138XX'], ['B13 BXX', undefined], ['B3O 1XX', 'B301XX'], ['B30 IXX', 'B301XX'], ['B13 8X0', undefined], ['PO1 2AB', 'PO12AB'], ['B1O 2AB', 'B102AB'], ['B14 7IO', 'B147IO'],
    ['0L1 2AB', 'OL12AB'], ['B13', undefined], ['12345', undefined], ['75008 PARIS', undefined], ['', undefined],
  ])('the postcode %s is read as %s', (written, read) => {
    expect(postcodeOf(written)).toBe(read);
  });

  it.each([['TWIN', 'twin'], ['Boy', 'boy'], ['TWIN-GIRL', 'twin girl']])('a family may be called %s, though a child without a name is too', (family, read) => {
    expect(personFacts({ resourceType: 'Patient', name: [{ family, given: [family] }] }, base)).toMatchObject({ family: read, given: [] });
  });
});

describe('blocking keys', () => {
  const facts = personFacts(alice, base);

  it('are the NHS number, the local identifiers and the five demographic fields', () => {
    expect(blockingKeys(facts)).toMatchObject({
      nhs: '9990000743', local: [`${base}/person|H1234567`], demographic: 'adeyemiokafor|alice|1938-02-11|female|B138XX',
    });
  });

  it('do not depend on how a name is written', () => {
    const other = personFacts({ ...alice, name: [{ family: 'Adeyemi Okafor', given: ['alice'] }] }, base);
    expect(blockingKeys(other).demographic).toBe(blockingKeys(facts).demographic);
  });

  const estimated = { ...alice, _birthDate: { extension: [{ url: birthDateEstimatedUrl, valueBoolean: true }] } } as Patient;
  it.each<[string, Patient]>([
    ['no family name', { ...alice, name: [{ given: ['Alice'] }] }],
    ['an initial for a first name', { ...alice, name: [{ family: 'Okafor', given: ['A'] }] }],
    ['a year of birth only', { ...alice, birthDate: '1938' }],
    ['the dummy birth date', { ...alice, birthDate: '1900-01-01' }],
    ['an estimated birth date', estimated],
    ['gender unknown', { ...alice, gender: 'unknown' }],
    ['no fixed abode', { ...alice, address: [{ postalCode: 'ZZ99 3VZ' }] }],
  ])('with %s there is no demographic key', (_, patient) => {
    expect(blockingKeys(personFacts(patient, base)).demographic).toBeNull();
  });

  it('of a person whose identity is unknown are the local ones alone', () => {
    const unknown = personFacts({ ...alice, extension: [{ url: identityUnknownUrl, valueBoolean: true }] }, base);
    expect(blockingKeys(unknown)).toEqual({ nhs: null, local: [`${base}/person|H1234567`], demographic: null, likeness: [] });
  });

  it('hold no NHS number that is not one', () => {
    expect(blockingKeys({ ...facts, nhsNumber: '9990000744' }).nhs).toBeNull();
    expect(blockingKeys({ ...facts, nhsNumber: '9999999999' }).nhs).toBeNull();
  });
});
