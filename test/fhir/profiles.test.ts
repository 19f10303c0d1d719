import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, Resource, SearchParameter, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { auditActionOf } from '../../src/audit/audit-actions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { loadProfiles, profileUrlOf, publishedProfiles } from '../../src/fhir/profiles.ts';
import { componentExtension, searchParameterOf } from '../../src/fhir/search-parameters.ts';
import { sharingCategories, sharingRoles } from '../../src/fhir/sharing.ts';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { validCases } from './cases.ts';
import { codesOfMappings, codesOfProgram, filesBelow, structuresNamed } from './used-codes.ts';
import type { UsedCodes } from './used-codes.ts';

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

  it('counts and codes of a code system agree, without repeats; one whose codes are kept elsewhere has none', () => {
    for (const { id, content, count, concept = [] } of ofType<CodeSystem>('CodeSystem')) {
      const codes = new Set(concept.map(({ code }) => code)).size;
      expect({ id, codes, listed: concept.length, isPresent: codes > 0 }).toEqual({ id, codes: count ?? 0, listed: count ?? 0, isPresent: content !== 'not-present' });
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

  it('an extension is allowed exactly where a profile of ours uses it, for every type that has one', () => {
    const used = ofType<StructureDefinition>('StructureDefinition').flatMap((definition) => (definition.differential?.element ?? []).flatMap((element) =>
      (element.type?.[0]?.profile ?? []).map((url) => `${url} on ${(element.path ?? '').replace(/\.extension$/, '')}`)));
    const profiled = new Set(publishedProfiles().ours.keys());
    const allowed = ofType<StructureDefinition>('StructureDefinition').flatMap(({ url, context = [] }) =>
      context.filter(({ expression = '' }) => profiled.has(expression.split('.')[0] ?? '')).map(({ expression }) => `${url} on ${expression}`));
    expect(allowed.sort()).toEqual(used.sort());
  });
});

describe('the code and the published words are the same words', () => {
  it('categories', () => { expect(codesOf('sharing-category')).toEqual([...sharingCategories]); });
  it('roles', () => { expect(codesOf('sharing-role')).toEqual([...sharingRoles]); });

  it('every problem this folder answers with is in the problem code system', () => {
    const sources = readdirSync('src/fhir').filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join('src/fhir', name), 'utf8'));
    const coded = /(?:code|problem): '([a-z]+(?:-[a-z]+)+)'|(?:problem|invalid|report)\((?:[a-z.]+, )?'([a-z]+(?:-[a-z]+)+)'/g;
    const issueCodes = ['not-supported', 'too-costly', 'code-invalid'];
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

  it('the parameter of readiness searches its extension, on the types that carry it', () => {
    const published = ofType<SearchParameter>('SearchParameter').find(({ code }) => code === 'discharge-ready');
    expect(published?.expression).toBe((published?.base ?? []).map((type) => `${type}.extension.where(url='https://fhir.bicp.example/StructureDefinition/discharge-ready-date').value`).join(' | '));
    expect(published?.base.map((type) => searchParameterOf(type, 'discharge-ready')?.kind)).toEqual(['date', 'date']);
  });

  it('there is a profile, and an example of it, for every type that has one', () => {
    expect(Object.keys(validCases).map((type) => profileUrlOf(type))).toEqual(Object.keys(validCases).map((type) => `https://fhir.bicp.example/StructureDefinition/OneStory-${type}`));
    expect([...publishedProfiles().ours.keys()].sort()).toEqual(Object.keys(validCases).sort());
  });
});

/**
 * Found in the files that use them, so that nothing has to be remembered. UPDATE_EXPECTED=1 writes the codes that come
 * from tables and maps into the code systems already published.
 */
describe('what code, maps and tables use is published', () => {
  const update = process.env['UPDATE_EXPECTED'] === '1';
  const mapped = codesOfMappings('mappings');
  const program = codesOfProgram('src');
  /** words of the partnership, which may hold more than the tables use today */
  const ours = ['ei-component', 'sharing-label', 'referral-outcome', 'objection-source'];
  const published = () => new Map(ofType<CodeSystem>('CodeSystem').map((system) => [system.id ?? '', system]));
  const listed = (used: UsedCodes): string[] => [...used].flatMap(([system, codes]) => [...codes.keys()].map((code) => `${system}|${code}`));
  const listing = (system: CodeSystem): string[] => (system.concept ?? []).map(({ code }) => `${system.id}|${code}`);

  it('looks where codes are: each way of naming one is found', () => {
    expect(listed(mapped)).toEqual(expect.arrayContaining(['cld-route-of-access|hospital-discharge', 'cld-item|client-type', 'bchc-team|EICT-N', 'bsmhft-legal-status|S2', 'ei-component|front-door']));
    expect([...mapped.keys()]).toEqual(expect.arrayContaining(['uhb-ethnic-category', 'bchc-ethnicity', 'bsmhft-discharge-method']));
    expect(listed(program)).toEqual(expect.arrayContaining(['audit-entity|withheld', 'gateway-action|intake', 'agreement-party|recipient']));
    expect([...program.keys()]).toEqual(expect.arrayContaining(['problem', 'intake', 'agreement-state', 'sharing-role']));
    expect([...structuresNamed(['src', 'mappings', 'agreements'])]).toEqual(expect.arrayContaining(['alternative-value', 'audit-sequence', 'birth-date-estimated', 'component', 'rio-row']));
  });

  it('every code system', () => {
    expect([...mapped.keys(), ...program.keys()].filter((system) => !published().has(system))).toEqual([]);
  });

  it('every profile, extension and model', () => {
    const names = new Set(ofType<StructureDefinition>('StructureDefinition').map(({ id }) => id));
    expect([...structuresNamed(['src', 'mappings', 'agreements'])].filter((name) => !names.has(name))).toEqual([]);
  });

  it.each([...mapped])('%s with exactly the codes that tables and maps use', (name, codes) => {
    if (update && !ours.includes(name)) writeCodes(name, codes);
    const kept = (read(`CodeSystem-${name}.json`) as CodeSystem).concept ?? [];
    const used = [...codes.keys()];
    if (ours.includes(name)) expect(used.filter((code) => !kept.some((concept) => concept.code === code))).toEqual([]);
    else expect(kept.map(({ code }) => code).sort()).toEqual(used.sort());
    expect(kept.filter(({ code, display }) => [...(codes.get(code ?? '') ?? [])].some((given) => given !== display))).toEqual([]);
  });

  it('every code the program writes', () => {
    const all = new Set([...published().values()].flatMap(listing));
    expect(listed(program).filter((code) => !all.has(code))).toEqual([]);
  });

  it('what an unlisted interaction is called in the audit log', () => {
    const texts = filesBelow('src', /\.ts$/).map((path) => readFileSync(path, 'utf8')).join('\n');
    const interactions = new Set([...texts.matchAll(/interaction: '([a-z-]+)'/g)].map(([, name = '']) => name));
    const own = [...interactions].filter((name) => auditActionOf(name).subtype.some(({ system, code }) => system?.endsWith('/gateway-action') && code === name));
    expect(own.length).toBeGreaterThan(0);
    expect(own.filter((name) => !codesOf('gateway-action')?.includes(name))).toEqual([]);
  });

  it('the model of each row is its columns', () => {
    const loaded = loadMappings('mappings');
    if ('problems' in loaded) throw new Error('the mappings do not load');
    for (const kind of ['cld', 'csds', 'rio', 'mhsds', 'discharge-sheet', 'voluntary']) {
      const model = ofType<StructureDefinition>('StructureDefinition').find(({ id }) => id === `${kind}-row`);
      const elements = (model?.differential?.element ?? []).flatMap(({ path = '' }) => (path.split('.').length === 2 ? [path.slice(path.indexOf('.') + 1)] : []));
      const parts = loaded.kinds.get(kind)?.parts ?? [];
      const columns = parts.filter(({ cover, readAs }) => !cover && readAs === undefined).flatMap((part) => (part.columns ?? []).map(({ name }) => name));
      const branches = parts.flatMap(({ relations = [] }) => relations.flatMap(({ as }) => as ?? []));
      const person = parts.some(({ relations }) => relations) ? ['person'] : [];
      expect(elements.sort()).toEqual([...new Set(['feed', ...person, ...columns, ...branches])].sort());
    }
  });

  it('the model of a message is its segments', () => {
    const loaded = loadMappings('mappings');
    if ('problems' in loaded) throw new Error('the mappings do not load');
    const kinds = [...loaded.kinds.values()].filter(({ format }) => format === 'hl7v2');
    expect(kinds.length).toBeGreaterThan(1);
    for (const { name, parts } of kinds) {
      const messages = parts[0]?.messages;
      const segments = Object.entries(messages?.segments ?? {}).filter(([, { scope }]) => scope !== 'message')
        .map(([segment, { scope }]) => `${name}.${scope === 'about' ? messages?.about.name : scope}.${segment}`);
      const model = ofType<StructureDefinition>('StructureDefinition').find(({ id }) => id === name);
      const elements = (model?.differential?.element ?? []).flatMap(({ path = '' }) => (/\.[A-Z][A-Z0-9]{2}$/.test(path) ? [path] : []));
      expect(elements.sort()).toEqual(segments.sort());
    }
  });
});

function writeCodes(name: string, codes: ReadonlyMap<string, ReadonlySet<string>>): void {
  const path = join(folder, `CodeSystem-${name}.json`);
  const { count: _count, concept: before = [], content = 'fragment', ...system } = JSON.parse(readFileSync(path, 'utf8')) as CodeSystem;
  const concept = [...codes].map(([code, [display]]) => ({ ...before.find((one) => one.code === code), code, ...(display !== undefined && { display }) }));
  writeFileSync(path, `${JSON.stringify(codes.size === 0 ? { ...system, content: 'not-present' } : { ...system, content: content === 'not-present' ? 'fragment' : content, count: concept.length, concept }, null, 2)}\n`);
}
