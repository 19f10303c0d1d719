import { randomUUID } from 'node:crypto';
import { textOf, type JsonObject } from '../../src/fhir/json.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import type { SearchQuery } from '../../src/fhir/search-query.ts';
import type { Database } from '../../src/store/database.ts';
import { stale } from '../../src/store/door/door.ts';
import { readGeneration, saveGrant } from '../../src/store/door/grants.ts';
import { resolveQuery } from '../../src/store/door/resolve-query.ts';
import { countMatches, searchRows, type PagePosition } from '../../src/store/door/search-rows.ts';
import { databases } from '../databases.ts';
import { beginsWith, codesIn, isCalled, isAmount, isCode, isWhen, valuesOf } from './reference-search.ts';
import { drawResources, storeResources } from './search-world.ts';

type Holds = (resource: JsonObject) => boolean;
interface Case {
  type: string;
  query: string;
  holds: Holds;
}

const each = (type: string, queries: readonly string[], holdsOf: (name: string, form: string, value: string) => Holds): Case[] => queries.map((query) => {
  const [key = '', value = ''] = query.split(/=(.*)/);
  const [name = '', modifier = ''] = key.split(':');
  return { type, query, holds: holdsOf(name, modifier, value) };
});

const codes = (type: string, ...queries: string[]): Case[] => each(type, queries, (name, form, value) => (resource) => {
  const values = valuesOf(resource, name);
  if (form === 'missing') return (values.length === 0) === (value === 'true');
  if (form === 'text') return value.split(',').some((asked) => isCalled(values, asked));
  return value.split(',').some((asked) => isCode(values, asked)) !== (form === 'not');
});
const texts = (type: string, ...queries: string[]): Case[] => each(type, queries, (name, form, value) => (resource) => {
  const values = valuesOf(resource, name);
  return form === 'missing' ? (values.length === 0) === (value === 'true') : beginsWith(values, value);
});
const compared = (test: typeof isWhen, type: string, names: readonly string[], ...values: string[]): Case[] => names.flatMap((name) => [
  ...values.flatMap((value) => ['', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'].map((prefix): Case => ({ type, query: `${name}=${prefix}${value}`, holds: (resource) => test(valuesOf(resource, name), prefix, value) }))),
  ...['true', 'false'].map((missing): Case => ({ type, query: `${name}:missing=${missing}`, holds: (resource) => (valuesOf(resource, name).length === 0) === (missing === 'true') })),
]);
const dates = (type: string, ...names: string[]): Case[] => compared(isWhen, type, names, '2026-01-10', '2026-01');
const uris = (type: string, ...queries: string[]): Case[] => each(type, queries, (name, form, value) => (resource) => (valuesOf(resource, name) as string[])
  .some((uri) => uri === value || (form === 'below' && uri.startsWith(`${value}/`)) || (form === 'above' && value.startsWith(`${uri}/`))));

/** Of one element both halves: `code$value`. */
const pairs = (queries: readonly string[], elements: (resource: JsonObject) => JsonObject[], value: (element: JsonObject, asked: string) => boolean): Case[] => queries.map((query) => {
  const [, code = '', asked = ''] = /=(.*)\$(.*)/.exec(query) ?? [];
  return { type: 'Observation', query, holds: (resource) => elements(resource).some((element) => isCode([element['code'] ?? null], code) && value(element, asked)) };
});
const amountOf = (element: JsonObject, asked: string): boolean => element['valueQuantity'] !== undefined && isAmount([element['valueQuantity']], /^[a-z]*/.exec(asked)?.[0] ?? '', asked.replace(/^[a-z]*/, ''));
const componentsOf = (resource: JsonObject): JsonObject[] => (resource['component'] ?? []) as JsonObject[];

const cases: Case[] = [
  ...codes('Observation', 'status=final', 'code=x', 'code=urn:a|x', 'code=|y', 'code=urn:b|', 'code=x,urn:b|y', 'code:not=x', 'code:not=urn:a|x,y', 'category:not=z', 'category:missing=true', 'category:missing=false', 'combo-code=z', 'component-code=urn:a|z', 'component-code:not=x', 'combo-value-concept=y'),
  ...codes('ServiceRequest', 'priority:missing=true', 'priority:not=urgent', 'priority=urgent,routine', 'requisition=urn:a|1', 'code:missing=false'),
  ...codes('Condition', 'severity=urn:a|', 'body-site:not=x', 'body-site=x,y'),
  ...codes('Patient', 'active=true', 'active=false', 'active:not=true', 'active:missing=true', 'gender:not=male', 'identifier=urn:a|1', 'telecom=a@b.example', 'email=a@b.example', 'phone=a@b.example', 'phone:missing=true', 'telecom:not=a@b.example', 'deceased=true', 'deceased=false'),
  ...codes('Observation', 'code:text=HEART', 'category:text=réadapt', 'value-concept:text=left hip', 'code:text=fail,frac', 'category:text=heart fail,left of'), ...codes('Condition', 'body-site:text=rea', 'severity:text=cardiac', 'code:text=hip the fracture'),
  ...codes('EpisodeOfCare', 'type:text=hip'), ...codes('ServiceRequest', 'code:text=failure'),
  ...texts('Patient', 'family=smith', "family=o'brien", 'family=avila', 'given=ann', 'name=jose', 'name=smithers', 'address=solihull', 'address=b15', 'address-city=birm', 'address-postalcode=B15 2TT', 'address:missing=true', 'address:missing=false', 'name:missing=true'),
  ...dates('Observation', 'date'), ...dates('ServiceRequest', 'occurrence'), ...dates('EpisodeOfCare', 'date'), ...dates('Task', 'period'),
  ...compared(isAmount, 'Observation', ['value-quantity'], '1.5', '2|http://unitsofmeasure.org|mg', '100||milligram'), ...compared(isAmount, 'Observation', ['combo-value-quantity'], '1'),
  ...uris('ServiceRequest', 'instantiates-uri=http://a.example/x', 'instantiates-uri:below=http://a.example/x', 'instantiates-uri:below=http://a.example', 'instantiates-uri:above=http://a.example/x/y/z'),
  ...each('EpisodeOfCare', ['organization=Organization/o1', 'organization=o1,o2', 'organization:Organization=o2', 'organization:missing=true'], (name, form, value) => (resource) => {
    const values = valuesOf(resource, name) as { reference: string }[];
    return form === 'missing' ? values.length === 0 : value.split(',').some((asked) => values.some(({ reference }) => reference === `Organization/${asked.replace('Organization/', '')}`));
  }),
  ...pairs(['code-value-quantity=x$gt1', 'code-value-quantity=urn:a|x$1.5', 'code-value-quantity=y$le2||kg'], (resource) => [resource], amountOf),
  ...pairs(['component-code-value-quantity=x$ge1', 'component-code-value-quantity=urn:b|z$lt100||mg'], componentsOf, amountOf),
  ...pairs(['component-code-value-concept=x$y', 'component-code-value-concept=urn:a|y$urn:b|x'], componentsOf, (element, asked) => isCode([element['valueCodeableConcept'] ?? null], asked)),
  ...pairs(['combo-code-value-quantity=x$gt1', 'combo-code-value-quantity=y$2||mg'], (resource) => [resource, ...componentsOf(resource)], amountOf),
];
const nhsNumber: Case = { type: 'Patient', query: 'identifier=999 000 0379', holds: (resource) => valuesOf(resource, 'identifier').flatMap(codesIn).some(({ code }) => code.replaceAll(' ', '') === '9990000379') };

describe.each(databases)('search means what R4 says, on $kind', ({ open }) => {
  let database: Database;
  let resources: JsonObject[];
  const key = 'reader-of-class-1';
  beforeAll(async () => {
    loadDefinitions();
    database = await open();
    await saveGrant(database, {
      key, organisation: 'org', role: 'nurse', purpose: 'TREAT', person: null, citizen: null, client: 'demo', generation: await readGeneration(database), validUntil: null,
      exempt: [], open: [1], related: [], explicit: [], explicitRelated: [], directory: false, governance: false, rules: new Map(),
    });
    resources = drawResources(16);
    await storeResources(database, resources, 1);
  });
  afterAll(() => database.close());

  it('in every form, against the definitions evaluated by the FHIRPath library', async () => {
    const wrong: unknown[] = [];
    let telling = 0;
    for (const { type, query, holds } of [...cases, nhsNumber]) {
      const own = resources.filter((resource) => resource['resourceType'] === type);
      const expected = own.filter(holds).map((resource) => textOf(resource['id'])).sort();
      const found = await idsOf(type, query);
      telling += Number(expected.length > 0 && expected.length < own.length);
      if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ type, query, expected: expected.length, found: found.length });
    }
    expect(wrong).toEqual([]);
    expect(telling).toBeGreaterThan(cases.length * 0.7);
  });

  it('page by page along a list that is kept in order, as by putting in order whatever is found', async () => {
    const drawn = resources.filter(({ resourceType }) => resourceType === 'EpisodeOfCare').map((resource): JsonObject => ({ ...resource, managingOrganization: { reference: 'Organization/o1' }, status: 'active', identifier: [{ system: 'urn:a', value: 'rare' }], type: [{ coding: [{ system: 'urn:a', code: 'x' }] }] }));
    await storeResources(database, drawn.map((resource) => ({ ...resource, id: randomUUID() })), 1);
    await storeResources(database, drawn.map((resource) => ({ ...resource, id: randomUUID() })), 2); // not for this reader
    for (const [text, list] of [['status=active&organization=Organization/o1', true], ['status=active&type=urn:a|x&organization=o1', true], ['status=active&type=x', false], ['status=active&organization=o1&identifier=urn:a|rare', false], ['status=active,finished&organization=o1', false], ['organization=o1', false]] as const) {
      const parsed = parseSearch('EpisodeOfCare', [...new URLSearchParams(text), ['_count', '3']], { handling: 'strict' });
      if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
      const query = await resolveQuery(database, key, parsed.query);
      if (query === stale) throw new Error('stale');
      const unordered = { ...query, clauses: query.clauses.map((clause) => ('anyOf' in clause ? { ...clause, inList: undefined } : clause)) } as SearchQuery;
      const [walked, found] = [await pagesOf(query), await pagesOf(unordered)];
      expect(walked.ids).toEqual(found.ids);
      expect([walked.ids.length > 9, walked.lists.every((each) => (each !== null) === list), found.lists.every((each) => each === null)]).toEqual([true, true, true]);
    }
  });

  /** What all its pages hold, and which lists the door was asked to walk. */
  async function pagesOf(query: SearchQuery): Promise<{ ids: string[]; lists: unknown[] }> {
    const lists: unknown[] = [];
    const noting: Database = { ...database, serve: (role, grantKey, statement) => {
      lists.push(statement.name === 'look-at-page' ? statement.values[3] : null);
      return database.serve(role, grantKey, statement);
    } };
    const ids: string[] = [];
    for (let after: PagePosition | null = null; ;) {
      const page = await searchRows(noting, key, query, after);
      if (page === stale) throw new Error('stale');
      ids.push(...page.rows.map(({ id }) => id));
      const last = page.rows.at(-1);
      if (!page.more || !last) return { ids, lists };
      after = { keys: last.keys, id: last.id };
    }
  }

  async function idsOf(type: string, text: string): Promise<string[]> {
    const parsed = parseSearch(type, [[text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)], ['_count', '200']], { handling: 'strict' });
    if ('problems' in parsed) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
    const query = await resolveQuery(database, key, parsed.query);
    if (query === stale) throw new Error('stale');
    const page = await searchRows(database, key, query, null);
    if (page === stale) throw new Error('stale');
    const ids = page.rows.map(({ id }) => id).sort();
    if (type !== 'Patient' && text.includes('missing')) expect(await countMatches(database, key, query)).toBe(ids.length);
    return ids;
  }
});
