import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles, loadUkCore } from '../../src/fhir/profiles.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { sharedSamples } from '../shared-data.ts';
import { changed, patientAbdul, validCases } from './cases.ts';

const ukCore = sharedSamples('uk_core/structuredefinitions', process.env['UK_CORE_DIR']);
const uk = 'https://fhir.hl7.org.uk';
const number = (verification: string): JsonObject => ({
  system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000379',
  extension: [{ url: `${uk}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus`, valueCodeableConcept: { coding: [{ system: `${uk}/CodeSystem/UKCore-NHSNumberVerificationStatusEngland`, code: verification }] } }],
});
const said = (resource: JsonObject) => validateResource(resource).map((p) => `${p.severity ?? 'error'} ${p.code} @ ${p.at?.pointer ?? ''}`);

ukCore.describe('where UK Core is loaded', () => {
  beforeAll(() => {
    loadProfiles('profiles');
    loadUkCore(ukCore.path);
  });

  it.each(Object.keys(validCases))('our own example of %s has no warning: our profiles are compatible', (type) => {
    expect(said(validCases[type] ?? {})).toEqual([]);
  });

  it('a UK Core profile may be claimed', () => {
    expect(said(changed(patientAbdul, { meta: { profile: [`${uk}/StructureDefinition/UKCore-Patient`] } }))).toEqual([]);
  });

  it('a verification status of the current list is accepted', () => {
    expect(said(changed(patientAbdul, { identifier: [number('01')] }))).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['a verification status outside its required list', changed(patientAbdul, { identifier: [number('99')] }), 'warning profile-code @ Patient.identifier[0].extension[0].valueCodeableConcept'],
    ['an ethnic category twice', changed(patientAbdul, { extension: ['A', 'B'].map((code) => ({ url: `${uk}/StructureDefinition/Extension-UKCore-EthnicCategory`, valueCodeableConcept: { coding: [{ system: `${uk}/CodeSystem/UKCore-EthnicCategoryEngland`, code }] } })) }), 'warning profile-too-many @ Patient.extension'],
    ['a birth sex of the wrong type', changed(patientAbdul, { extension: [{ url: `${uk}/StructureDefinition/Extension-UKCore-BirthSex`, valueCode: 'male' }] }), 'warning profile-type @ Patient.extension[0].valueCode'],
  ])('%s is a warning and no error', (_name, resource, warning) => {
    expect(said(resource)).toContain(warning);
    expect(said(resource).every((line) => line.startsWith('warning'))).toBe(true);
  });

  it('its own published examples have no warning, the one known to disagree with itself apart', () => {
    const examples = join(ukCore.path, '..', 'examples');
    const files = existsSync(examples) ? readdirSync(examples).filter((name) => name.endsWith('.json') && !name.includes('ConditionEpisode')) : [];
    const warned = files.flatMap((file) => validateResource(JSON.parse(readFileSync(join(examples, file), 'utf8')) as JsonObject)
      .filter((problem) => problem.severity === 'warning' && problem.code.startsWith('profile-')).map((problem) => `${file} ${problem.at?.pointer}`));
    expect(warned).toEqual([]);
  });
});
