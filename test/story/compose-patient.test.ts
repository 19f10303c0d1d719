import { validateResource } from '@medplum/core';
import type { Extension, Patient, Provenance } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { validateResource as validateProfile } from '../../src/fhir/validate-resource.ts';
import { alternativeValueUrl, notTracedUrl } from '../../src/story/compose-extensions.ts';
import { composePatient } from '../../src/story/compose-patient.ts';
import type { SourcePatient } from '../../src/story/types.ts';

beforeAll(loadDefinitions);

const ods = 'https://fhir.nhs.uk/Id/ods-organization-code';
const custodians = {
  uhb: { custodian: `${ods}|RRK`, custodianName: 'University Hospitals Birmingham' },
  bchc: { custodian: `${ods}|RYW`, custodianName: 'Birmingham Community Healthcare' },
  bcc: { custodian: 'https://fhir.bicp.example/Id/ons-code|E08000025', custodianName: 'Birmingham City Council' },
};
const ethnicityUrl = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory';
const ethnicity = (code: string): Extension => ({ url: ethnicityUrl, valueCodeableConcept: { coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland', code }] } });
const nhs = (value: string, status: string) => ({
  extension: [{
    url: 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus',
    valueCodeableConcept: { coding: [{ system: 'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland', code: status }] },
  }],
  system: 'https://fhir.nhs.uk/Id/nhs-number', value,
});

/** Alice as three partners have her. */
const hospital: SourcePatient = {
  id: 'src-hospital', version: 3, ...custodians.uhb, updatedAt: '2026-03-01T10:00:00.000Z',
  resource: {
    resourceType: 'Patient', id: 'src-hospital',
    meta: { profile: ['https://fhir.bicp.example/StructureDefinition/patient'], source: 'urn:onestory:uhb:uhb-adt#1/1' },
    text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">hospital narrative</div>' },
    extension: [ethnicity('C')],
    identifier: [{ system: 'https://fhir.bicp.example/Id/uhb/person', value: 'H1' }, nhs('9990000743', '01')],
    active: true, name: [{ use: 'nickname', given: ['Ally'] }, { use: 'official', family: 'OKAFOR', given: ['ALICE'] }],
    gender: 'female', birthDate: '1938-02-11', deceasedBoolean: false,
    address: [{ use: 'home', line: ['12 Example Road'], postalCode: 'B13 8XX', period: { end: '2026-02-01' } }],
    managingOrganization: { identifier: { system: ods, value: 'RRK' } },
  },
};
const community: SourcePatient = {
  id: 'src-community', version: 1, ...custodians.bchc, updatedAt: '2026-03-05T10:00:00.000Z',
  resource: {
    resourceType: 'Patient', id: 'src-community', meta: { profile: ['https://fhir.bicp.example/StructureDefinition/patient'] },
    extension: [ethnicity('N')],
    identifier: [nhs('9990000743', '02'), { system: 'https://fhir.bicp.example/Id/bchc/person', value: '77' }],
    active: false, name: [{ use: 'official', family: 'Okafor', given: ['Alice'] }], gender: 'female', birthDate: '1938-11-02',
    telecom: [{ system: 'phone', value: '0121 496 0123', use: 'home' }],
    address: [{ use: 'home', line: ['3 Sample Court'], postalCode: 'B29 6BB', period: { start: '2026-02-01' } }],
    contact: [{ relationship: [{ text: 'son' }], name: { family: 'Okafor', given: ['Daniel'] } }],
  },
};
const council: SourcePatient = {
  id: 'src-council', version: 7, ...custodians.bcc, updatedAt: '2026-02-20T10:00:00.000Z',
  resource: {
    resourceType: 'Patient', id: 'src-council', meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000743' }],
    name: [{ use: 'official', family: 'Okafor', given: ['Alicia'] }], gender: 'unknown', birthDate: '1938-02',
    telecom: [{ system: 'phone', value: '01214960123', use: 'home' }], deceasedDateTime: '2026-02-19',
    maritalStatus: { text: 'widowed' },
  },
};
const sources = [hospital, community, council];
const compose = (...visible: SourcePatient[]) => composePatient({ citizen: 'cit-alice', sources: visible });

const alternatives = (patient: Patient) => (patient.extension ?? []).filter(({ url }) => url === alternativeValueUrl)
  .map(({ extension = [] }) => [extension[0]?.valueString, extension[1], extension.slice(2).map(({ valueReference }) => valueReference?.identifier?.value)] as const);

/** What a Provenance of the composition points at, by element id. */
const elementsOf = (provenance: Provenance) => provenance.target[0]?.extension?.map(({ valueUri }) => valueUri) ?? [];

describe('the Patient composed from what the caller may see', () => {
  const { patient, provenance } = compose(...sources);

  it('passes the base definitions, and so does its Provenance', () => {
    validateResource(patient);
    for (const one of provenance) validateResource(one);
  });

  it('passes our own profile, which knows what stands beside it', () => {
    loadProfiles('profiles');
    expect(alternatives(patient).length).toBeGreaterThan(0);
    expect(validateProfile(JSON.parse(JSON.stringify(patient)) as JsonObject)).toEqual([]);
    const broken = { ...patient, extension: patient.extension?.map((extension) => ({ ...extension, extension: extension.extension?.filter(({ url }) => url !== 'custodian') })) };
    expect(validateProfile(JSON.parse(JSON.stringify(broken)) as JsonObject).map(({ code }) => code)).toContain('profile-missing');
  });

  it('shows the NHS number once, first, with its best verification status', () => {
    expect(patient.identifier?.map(({ value }) => value)).toEqual(['9990000743', 'H1', '77']);
    expect(patient.identifier?.[0]).toMatchObject(nhs('9990000743', '01'));
    expect(patient.extension?.some(({ url }) => url === notTracedUrl)).toBe(false);
  });

  it('shows the official name of the verified source first, and a name that differs only in letter case once', () => {
    expect(patient.name?.map(({ use, family, given }) => [use, family, given?.[0]])).toEqual([
      ['official', 'Okafor', 'Alice'], ['official', 'Okafor', 'Alicia'], ['nickname', undefined, 'Ally'],
    ]);
  });

  it('shows every address with its period, those that ended last; a telephone number once', () => {
    expect(patient.address?.map(({ line, period }) => [line?.[0], period])).toEqual([
      ['3 Sample Court', { start: '2026-02-01' }], ['12 Example Road', { end: '2026-02-01' }],
    ]);
    expect(patient.telecom).toHaveLength(1);
  });

  it('keeps a disagreement in sight with who says what', () => {
    expect(patient.birthDate).toBe('1938-02-11');
    expect(patient.active).toBe(true);
    expect(alternatives(patient)).toEqual(expect.arrayContaining([
      ['birthDate', { url: 'value', valueDate: '1938-11-02' }, ['RYW']],
      ['birthDate', { url: 'value', valueDate: '1938-02' }, ['E08000025']],
      ['deceasedBoolean', { url: 'value', valueBoolean: false }, ['RRK']],
      ['active', { url: 'value', valueBoolean: false }, ['RYW']],
      [ethnicityUrl, { ...ethnicity('C'), url: 'value' }, ['RRK']],
    ]));
    expect(alternatives(patient)).toHaveLength(5);
    expect(patient.extension?.filter(({ url }) => url === ethnicityUrl)).toMatchObject([ethnicity('N')]);
  });

  it('is dead when anybody says so', () => {
    expect(patient).toMatchObject({ deceasedDateTime: '2026-02-19' });
    const told = { ...community, resource: { ...community.resource, deceasedBoolean: true } };
    expect(compose(hospital, told).patient).toMatchObject({ deceasedBoolean: true });
  });

  it('shows gender unknown only when nobody knows it', () => {
    expect(patient.gender).toBe('female');
    expect(compose(council).patient.gender).toBe('unknown');
  });

  it('is marked as composed, with the custodians, labels and newest change of what it was made from', () => {
    expect(patient.id).toBe('cit-alice');
    expect(patient.meta).toEqual({
      lastUpdated: '2026-03-05T10:00:00.000Z',
      source: 'urn:onestory:composed#patient-v3',
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }],
      tag: [
        { system: 'https://fhir.bicp.example/Id/ons-code', code: 'E08000025', display: 'Birmingham City Council' },
        { system: ods, code: 'RRK', display: 'University Hospitals Birmingham' },
        { system: ods, code: 'RYW', display: 'Birmingham Community Healthcare' },
      ],
    });
    expect(patient.text).toBeUndefined();
    expect(patient.managingOrganization).toBeUndefined();
  });

  it('claims a profile only when every source does', () => {
    expect(compose(hospital, community).patient.meta?.profile).toEqual(['https://fhir.bicp.example/StructureDefinition/patient']);
    expect(patient.meta?.profile).toBeUndefined();
  });

  it('points at each source', () => {
    expect(patient.link?.map(({ other, type }) => [other.reference, type]).sort()).toEqual([
      ['Patient/src-community', 'seealso'], ['Patient/src-council', 'seealso'], ['Patient/src-hospital', 'seealso'],
    ]);
  });

  it('says for each source which elements it is a witness of', () => {
    expect(provenance).toHaveLength(3);
    const from = (id: string) => provenance.find((one) => one.entity?.[0]?.what.reference?.startsWith(`Patient/${id}/`));
    expect(from('src-hospital')).toMatchObject({
      recorded: '2026-03-01T10:00:00.000Z',
      target: [{ reference: 'Patient/cit-alice' }],
      agent: [{ who: { identifier: { system: ods, value: 'RRK' }, display: 'University Hospitals Birmingham' } }],
      entity: [{ role: 'source', what: { reference: 'Patient/src-hospital/_history/3' } }],
    });
    expect(elementsOf(from('src-hospital') as Provenance)).toEqual(expect.arrayContaining(['identifier-1', 'identifier-2', 'name-1', 'name-3', 'address-2', 'birthDate', 'gender', 'active']));
    expect(elementsOf(from('src-community') as Provenance)).toEqual(expect.arrayContaining(['identifier-1', 'name-1', 'address-1', 'telecom-1', 'contact-1']));
    expect(elementsOf(from('src-community') as Provenance)).not.toContain('birthDate');
    expect(elementsOf(from('src-council') as Provenance)).toEqual(expect.arrayContaining(['identifier-1', 'name-2', 'deceased', 'maritalStatus', 'telecom-1']));
  });

  it('every element id a Provenance names exists in the Patient, once, and every element has a witness', () => {
    const ids = idsOf(patient);
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(provenance.flatMap(elementsOf))).toEqual(new Set(ids));
  });

  it('is marked not traced when no visible source has an NHS number', () => {
    const noNhsNumber: SourcePatient = { ...hospital, resource: { resourceType: 'Patient', identifier: [{ system: 'https://fhir.bicp.example/Id/uhb/person', value: 'H9' }] } };
    const composed = compose(noNhsNumber).patient;
    validateResource(composed);
    expect(composed.extension).toEqual([{ url: notTracedUrl, valueBoolean: true }]);
  });

  it('is marked so where no visible source has a number that is verified', () => {
    const marked = (...sources: SourcePatient[]): boolean => compose(...sources).patient.extension?.some(({ url }) => url === notTracedUrl) ?? false;
    expect([marked(community), marked(community, hospital), marked(hospital)]).toEqual([true, false, false]);
  });

  it('is not marked so because one of the sources was', () => {
    const untraced = { ...council, resource: { ...council.resource, identifier: [], extension: [{ url: notTracedUrl, valueBoolean: true }] } };
    expect(JSON.stringify(compose(hospital, untraced).patient)).not.toContain(notTracedUrl);
    expect(compose(untraced).patient.extension).toEqual([{ url: notTracedUrl, valueBoolean: true }]);
  });

  it('an estimate stays marked as one', () => {
    const beside = [{ url: 'https://fhir.bicp.example/StructureDefinition/birth-date-estimated', valueBoolean: true }];
    const estimated = { ...council, resource: { ...council.resource, birthDate: '1938-01-01', _birthDate: { extension: beside } } as Patient };
    expect(compose(estimated).patient).toMatchObject({ birthDate: '1938-01-01', _birthDate: { id: 'birthDate', extension: beside } });
    const beaten = compose(hospital, { ...community, resource: { ...community.resource, birthDate: '1938-02-11' } }, estimated).patient;
    expect(alternatives(beaten)).toContainEqual(['birthDate', { url: 'value', valueDate: '1938-01-01', _valueDate: { extension: beside } }, ['E08000025']]);
  });

  it('an organisation that holds a person twice has one voice', () => {
    const twice = { ...hospital, id: 'src-hospital-2', updatedAt: '2026-01-01T00:00:00.000Z' };
    expect(compose(hospital, twice, community).patient.birthDate).toBe('1938-11-02');
  });
});

function idsOf(patient: Patient): string[] {
  const own = Object.entries(patient).flatMap(([key, value]): unknown[] => (key === 'id' ? [] : Array.isArray(value) ? value : typeof value === 'object' ? [value] : []));
  return own.flatMap((element) => ((element as { id?: string }).id ? [(element as { id: string }).id] : []));
}

/* Anybody's Patient: few values each, so that sources agree and disagree in every way. */
const anyPatient = fc.record({
  resourceType: fc.constant('Patient' as const),
  extension: fc.array(fc.constantFrom(ethnicity('A'), ethnicity('C'), { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace', valueAddress: { city: 'Lagos' } }), { maxLength: 3, minLength: 1 }),
  identifier: fc.array(fc.constantFrom(nhs('9990000743', '01'), nhs('9990000743', '02'), { system: 'https://fhir.bicp.example/Id/uhb/person', value: '1' }, { system: 'https://fhir.bicp.example/Id/uhb/person', value: '2' }), { maxLength: 3, minLength: 1 }),
  active: fc.boolean(),
  name: fc.array(fc.constantFrom({ use: 'official' as const, family: 'Okafor' }, { use: 'official' as const, family: 'Bello' }, { use: 'maiden' as const, family: 'Ade' }, { id: 'x1', family: 'Okafor' }), { maxLength: 3, minLength: 1 }),
  telecom: fc.array(fc.constantFrom({ system: 'phone' as const, value: '1' }, { system: 'email' as const, value: 'a@example.org' }), { maxLength: 2, minLength: 1 }),
  gender: fc.constantFrom('male' as const, 'female' as const, 'unknown' as const),
  birthDate: fc.constantFrom('1938', '1938-02', '1938-02-11', '1938-11-02'),
  deceased: fc.constantFrom({ deceasedBoolean: true }, { deceasedBoolean: false }, { deceasedDateTime: '2026-01-01' }, {}),
  address: fc.array(fc.constantFrom({ city: 'Birmingham' }, { city: 'Solihull', period: { end: '2020-01-01' } }), { maxLength: 2, minLength: 1 }),
  maritalStatus: fc.constantFrom({ text: 'married' }, { text: 'widowed' }),
  multipleBirthInteger: fc.constantFrom(1, 2),
  communication: fc.array(fc.constantFrom({ language: { coding: [{ code: 'en' }] } }, { language: { coding: [{ code: 'ur' }] }, preferred: true }), { maxLength: 2, minLength: 1 }),
  generalPractitioner: fc.array(fc.constantFrom({ identifier: { system: ods, value: 'M85001' } }, { identifier: { system: ods, value: 'M85002' } }), { maxLength: 2, minLength: 1 }),
  contact: fc.array(fc.constantFrom({ name: { family: 'Son' } }, { name: { family: 'Daughter' } }), { maxLength: 2, minLength: 1 }),
}, { requiredKeys: ['resourceType'] }).map(({ deceased, ...rest }) => ({ ...rest, ...deceased }) as unknown as Patient);

const anySources = fc.array(fc.tuple(anyPatient, fc.constantFrom(...Object.values(custodians)), fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z')), { minLength: 1, maxLength: 4 })
  .map((all): SourcePatient[] => all.map(([resource, custodian, updatedAt], i) => ({ id: `s${i}`, version: i + 1, ...custodian, updatedAt, resource })));

/** The leaves of a value: text of every path end, without positions and ids. */
function facts(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => facts(item, path));
  if (value !== null && typeof value === 'object') return Object.entries(value).filter(([key]) => key !== 'id').flatMap(([key, member]) => facts(member, `${path}.${key}`));
  return [`${path}=${String(value)}`];
}

/** What a composed Patient says, alternatives put back to where they were said. */
function said(patient: Patient): string[] {
  const { id: _id, meta: _meta, link: _link, extension = [], ...body } = patient;
  const own = extension.filter(({ url }) => url !== alternativeValueUrl && url !== notTracedUrl);
  const other = alternatives(patient).flatMap(([element = '', value]) => {
    const { url: _url, ...carried } = value as Extension;
    if (element.startsWith('http')) return facts([{ url: element, ...carried }], '.extension');
    return Object.values(carried).flatMap((member) => facts(member, `.${element}`));
  });
  return [...facts(body).filter((fact) => !fact.startsWith('._')), ...facts(own, '.extension'), ...other];
}

describe('whatever the sources say', () => {
  it('nothing they say is lost', () => {
    fc.assert(fc.property(anySources, (all) => {
      const shown = new Set(said(compose(...all).patient));
      for (const { resource } of all) {
        for (const fact of facts(resource)) {
          if (fact === '.gender=unknown' || fact.includes('NHSNumberVerificationStatus') || fact === '.identifier.extension.valueCodeableConcept.coding.code=02') continue;
          expect(shown).toContain(fact);
        }
      }
    }), { numRuns: 400 });
  });

  it('nothing is said that no source says', () => {
    fc.assert(fc.property(anySources, (all) => {
      const given = new Set(all.flatMap(({ resource }) => facts(resource)));
      for (const fact of said(compose(...all).patient)) expect(given).toContain(fact);
    }), { numRuns: 400 });
  });

  it('the order they come in plays no part', () => {
    fc.assert(fc.property(anySources.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))), ([all, shuffled]) => {
      expect(compose(...shuffled)).toEqual(compose(...all));
    }), { numRuns: 400 });
  });

  it('the result is a valid Patient with a witness for every element', () => {
    fc.assert(fc.property(anySources, (all) => {
      const { patient, provenance } = compose(...all);
      validateResource(patient);
      for (const one of provenance) validateResource(one);
      expect(new Set(provenance.flatMap(elementsOf))).toEqual(new Set(idsOf(patient)));
    }), { numRuns: 60 });
  });

  it('the ETag changes with any version and with who is visible, and with nothing else', () => {
    fc.assert(fc.property(anySources, fc.nat(), (all, pick) => {
      const { etag } = compose(...all);
      const changed = all.map((source, i) => (i === pick % all.length ? { ...source, version: source.version + 10 } : source));
      expect(compose(...changed).etag).not.toBe(etag);
      if (all.length > 1) expect(compose(...all.slice(1)).etag).not.toBe(etag);
      expect(compose(...[...all].reverse()).etag).toBe(etag);
    }));
  });

  it('the sources are left as they were', () => {
    fc.assert(fc.property(anySources, (all) => {
      const before = structuredClone(all);
      compose(...all);
      expect(all).toEqual(before);
    }));
  });
});
