import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, Resource, SearchParameter, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles, profileUrlOf, publishedProfiles } from '../../src/fhir/profiles.ts';
import { componentExtension, searchParameterOf } from '../../src/fhir/search-parameters.ts';
import { sharingCategories, sharingRoles } from '../../src/fhir/sharing.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { validCases } from './cases.ts';

const folder = 'profiles';
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Resource & { id: string; url: string; version: string; status: string };
const all = files.map(read);
const ofType = <T extends Resource>(type: T['resourceType']) => all.filter((resource): resource is typeof resource & T => resource.resourceType === type);
const codesOf = (id: string) => ofType<CodeSystem>('CodeSystem').find((system) => system.id === id)?.concept?.map(({ code }) => code);

beforeAll(() => { loadProfiles(folder); });

describe('what we publish', () => {
  it.each(files)('%s is valid base R4, a draft of this version, under our address and named after its file', (file) => {
    const resource = read(file);
    expect(validateResource(resource as unknown as JsonObject)).toEqual([]);
    expect(resource).toMatchObject({ status: 'draft', version: '0.1.0', url: `https://fhir.bicp.example/${resource.resourceType}/${resource.id}` });
    expect(file).toBe(`${resource.resourceType}-${resource.id}.json`);
  });

  it('every code system that is complete has a value set with all its codes', () => {
    for (const { id, content } of ofType<CodeSystem>('CodeSystem').filter((system) => system.content === 'complete')) {
      const set = publishedProfiles().terminology.codesOf(`https://fhir.bicp.example/ValueSet/${id}`);
      expect({ id, content, codes: [...(set?.codes ?? [])] }).toEqual({ id, content, codes: codesOf(id) });
    }
  });

  it('counts and codes of a code system agree, without repeats', () => {
    for (const { id, count, concept = [] } of ofType<CodeSystem>('CodeSystem')) {
      expect({ id, count: new Set(concept.map(({ code }) => code)).size }).toEqual({ id, count });
    }
  });

  it('every canonical of ours that is named somewhere is published', () => {
    const urls = new Set(all.map(({ url }) => url));
    const named = files.flatMap((file) => readFileSync(join(folder, file), 'utf8').match(/https:\/\/fhir\.bicp\.example\/(StructureDefinition|ValueSet|CodeSystem)\/[A-Za-z0-9-]+/g) ?? []);
    expect([...new Set(named)].filter((url) => !urls.has(url))).toEqual([]);
  });

  it('every value set of ours can be listed', () => {
    for (const { url } of ofType<ValueSet>('ValueSet')) expect(publishedProfiles().terminology.codesOf(url ?? '')).toBeDefined();
  });

  it('an extension is allowed exactly where a profile of ours uses it', () => {
    const used = ofType<StructureDefinition>('StructureDefinition').flatMap((definition) => (definition.differential?.element ?? []).flatMap((element) =>
      (element.type?.[0]?.profile ?? []).map((url) => `${url} on ${(element.path ?? '').replace(/\.extension$/, '')}`)));
    const allowed = ofType<StructureDefinition>('StructureDefinition').flatMap(({ url, context = [] }) => context.map(({ expression }) => `${url} on ${expression}`));
    expect(allowed.sort()).toEqual(used.sort());
  });
});

describe('the code and the published words are the same words', () => {
  it('categories', () => { expect(codesOf('sharing-category')).toEqual([...sharingCategories]); });
  it('roles', () => { expect(codesOf('sharing-role')).toEqual([...sharingRoles]); });

  it('every problem this folder answers with is in the problem code system', () => {
    const sources = readdirSync('src/fhir').filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join('src/fhir', name), 'utf8'));
    const coded = /(?:code|problem): '([a-z]+(?:-[a-z]+)+)'|(?:problem|invalid|report)\((?:[a-z.]+, )?'([a-z]+(?:-[a-z]+)+)'/g;
    const issueCodes = ['not-supported'];
    const answered = sources.flatMap((source) => [...source.matchAll(coded)].map((match) => match[1] ?? match[2] ?? ''));
    expect(answered.length).toBeGreaterThan(30);
    expect([...new Set(answered)].filter((code) => !issueCodes.includes(code) && !codesOf('problem')?.includes(code))).toEqual([]);
  });

  it('the component parameter searches the extension, on the types that carry it', () => {
    const published = ofType<SearchParameter>('SearchParameter').find(({ code }) => code === 'component');
    expect(published?.base).toEqual(['CarePlan', 'EpisodeOfCare', 'ServiceRequest']);
    expect(published?.expression).toBe((published?.base ?? []).map((type) => `${type}.extension.where(url='${componentExtension}').value`).join(' | '));
    for (const type of published?.base ?? []) expect(searchParameterOf(type, 'component')?.kind).toBe('token');
  });

  it('there is a profile, and an example of it, for every type that has one', () => {
    expect(Object.keys(validCases).map((type) => profileUrlOf(type))).toEqual(Object.keys(validCases).map((type) => `https://fhir.bicp.example/StructureDefinition/OneStory-${type}`));
    expect([...publishedProfiles().ours.keys()].sort()).toEqual(Object.keys(validCases).sort());
  });
});
