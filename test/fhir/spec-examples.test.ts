import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { textOf, type Json, type JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles } from '../../src/fhir/profiles.ts';
import { searchableTypes, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { valuesAt } from '../../src/fhir/values-at.ts';
import { valuesOf } from '../store/reference-search.ts';
import { sharedSamples } from '../shared-data.ts';

/** HL7's own examples, read where they lie: the compiled parameters find in them what the definitions find by the FHIRPath library. */
const samples = sharedSamples('fhir_r4_spec_examples');
const files = samples.files(/\.json$/).filter((path) => searchableTypes().includes(basename(path).split('-')[0] ?? ''));
/** Not defined by R4. */
const ours = ['component', 'discharge-ready', 'purpose'];
const mostOfType = 12;
const examples = searchableTypes().flatMap((type) => files.filter((path) => basename(path).startsWith(`${type}-`)).slice(0, mostOfType));

samples.it('of every type that is served', () => {
  loadDefinitions();
  const wrong: string[] = [];
  let compared = 0;
  for (const name of examples) {
    const resource = JSON.parse(readFileSync(name, 'utf8')) as JsonObject;
    expect(indexResource(resource).tokens.length).toBeGreaterThan(0);
    for (const row of searchParametersOf(textOf(resource['resourceType'])) ?? []) {
      if (!('paths' in row) || row.name.startsWith('_') || ours.includes(row.name) || (row.kind === 'token' && row.truth)) continue;
      const where = row.kind === 'token' ? row.where : undefined;
      const found = row.paths.flatMap((path) => valuesAt(resource, path)).filter((value) => where === undefined || (value as JsonObject)[where.member] === where.value);
      const expected = valuesOf(resource, row.name).filter((value) => isComparable(row.kind, row.types, value));
      compared += found.length;
      if (row.kind !== 'reference' && sorted(found) !== sorted(expected)) wrong.push(`${name} ${row.name}`);
      if (row.kind === 'reference' && expected.some((value) => !found.map((each) => JSON.stringify(each)).includes(JSON.stringify(value)))) wrong.push(`${name} ${row.name}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(examples.length).toBeGreaterThan(80);
  expect(compared).toBeGreaterThan(1000);
});

samples.it('of any type are accepted by the rules of base R4', () => {
  loadProfiles('profiles');
  const all = samples.files(/\.json$/);
  const refused = all.flatMap((path) => validateResource(JSON.parse(readFileSync(path, 'utf8')) as JsonObject)
    .flatMap(({ severity = 'error', code, at }) => (severity === 'error' && !code.startsWith('profile-') ? [`${basename(path)} ${code} ${at?.pointer ?? ''}`] : [])));
  expect(refused).toEqual([]);
  expect(all.length).toBeGreaterThan(400);
});

/** Where an element may be of several types, R4 names some that no search can compare: words for a date, a series for a measurement, a file for a reference. */
function isComparable(kind: string, types: readonly string[], value: Json): boolean {
  if (kind === 'date' && typeof value === 'string') return types.some((type) => ['date', 'dateTime', 'instant'].includes(type));
  if (kind === 'reference') return typeof value === 'string' || (value !== null && typeof value === 'object' && ('reference' in value || 'identifier' in value));
  return value === null || typeof value !== 'object' || !('origin' in value);
}

function sorted(values: readonly Json[]): string {
  return JSON.stringify(values.map((value) => JSON.stringify(value)).sort());
}
