import fc from 'fast-check';
import { contactElements, putTogether, takeApart, type Fragment } from '../../src/fhir/fragments.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';

/** Ids of rows about the person end in an odd digit; the others name the citizen or a place. */
const isRow = (type: string, id: string): boolean => type !== 'Patient' && type !== 'Organization' && /[13579]$/.test(id);
const rowId = fc.integer({ min: 0, max: 9 }).map((n) => `row-${n}`);
const reference = fc.record({ reference: fc.tuple(fc.constantFrom('Patient', 'Organization', 'EpisodeOfCare', 'ServiceRequest'), rowId).map((parts) => parts.join('/')) });
const word = fc.constantFrom('final', 'planned', 'B13 8XX', '0.010', '');

/** Values as FHIR has them: elements, lists of them, references at any depth; never an empty object or list, which FHIR forbids. */
const { value } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, word, fc.boolean(), fc.integer(), reference, tie('object'), fc.array(fc.oneof(reference, word, tie('object')), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<Json>),
  object: fc.dictionary(fc.constantFrom('detail', 'actor', 'basedOn', 'period', 'note'), tie('value'), { minKeys: 1, maxKeys: 3 }),
}));
const resource: fc.Arbitrary<JsonObject> = fc.tuple(
  fc.constantFrom('Patient', 'CarePlan', 'Encounter'),
  fc.dictionary(fc.constantFrom('status', 'basedOn', 'activity', 'participant', 'managingOrganization', 'address', 'telecom', 'contact', 'generalPractitioner', 'length', '0'), value, { maxKeys: 8 }),
).map(([resourceType, elements]) => ({ resourceType, id: 'row-2', ...elements }));

const asStored = ({ path, value: said }: Fragment): [string, string] => [path, JSON.stringify(said)];

/** What a resource reads like to somebody who may see all parts but some, said without taking anything apart. */
function without(whole: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(whole).flatMap(([property, said]): [string, Json][] => {
    if (hidden.has(`/${property}`)) return [];
    if (!Array.isArray(said)) return [[property, said]];
    const kept = said.filter((_, index) => ![...hidden].some((path) => path.startsWith(`/${property}/${index}/`)));
    return kept.length > 0 ? [[property, kept]] : [];
  }));
}

function rowsIn(said: Json): string[] {
  if (said === null || typeof said !== 'object') return [];
  if (Array.isArray(said)) return said.flatMap(rowsIn);
  const [type = '', id = ''] = typeof said['reference'] === 'string' ? said['reference'].split('/') : [];
  return [...(isRow(type, id) ? [id] : []), ...Object.values(said).flatMap(rowsIn)];
}

describe('a body and its fragments', () => {
  it('put together again are the resource as it was said', () => {
    fc.assert(fc.property(resource, (whole) => {
      const { body, fragments } = takeApart(whole, isRow);
      expect(putTogether(body, fragments.map(asStored))).toEqual(whole);
    }), { numRuns: 2_000 });
  });

  it('read, with any of them hidden, like the resource without these parts, in whatever order they come', () => {
    fc.assert(fc.property(resource, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.boolean(), (whole, dice, turned) => {
      const { body, fragments } = takeApart(whole, isRow);
      const hidden = new Set(fragments.filter((_, i) => dice[i % dice.length]).map(({ path }) => path));
      const visible = fragments.filter(({ path }) => !hidden.has(path)).map(asStored);
      expect(putTogether(body, turned ? visible.reverse() : visible)).toEqual(without(whole, hidden));
    }), { numRuns: 5_000 });
  });

  it('leave no reference to a row about the person and no contact detail in the body', () => {
    fc.assert(fc.property(resource, (whole) => {
      const { body } = takeApart(whole, isRow);
      expect(rowsIn(body)).toEqual([]);
      if (whole['resourceType'] === 'Patient') expect(Object.keys(body).filter((property) => contactElements.includes(property))).toEqual([]);
    }), { numRuns: 2_000 });
  });

  it('name in each fragment every row inside it; contact details have a class of their own instead', () => {
    fc.assert(fc.property(resource, (whole) => {
      const { fragments } = takeApart(whole, isRow);
      const ofRows = fragments.filter(({ path }) => !(whole['resourceType'] === 'Patient' && contactElements.includes(path.slice(1))));
      for (const { value: said, targets } of ofRows) expect(new Set(rowsIn(said))).toEqual(new Set(targets));
    }), { numRuns: 1_000 });
  });

  it('say nothing, by the order of what is left, of a part that is hidden', () => {
    const [hidden, shown, kept] = [{ reference: 'ServiceRequest/a1' }, { reference: 'ServiceRequest/a3' }, { display: 'by telephone' }];
    const read = (basedOn: Json[]): JsonObject => {
      const { body, fragments } = takeApart({ resourceType: 'Encounter', basedOn }, isRow);
      return putTogether(body, fragments.filter(({ targets }) => !targets.includes('a1')).map(asStored));
    };
    expect(read([hidden, shown, kept])).toEqual(read([shown, kept]));
  });

  it.each<[string, JsonObject, string[]]>([
    ['one of several', { resourceType: 'Encounter', basedOn: [{ reference: 'ServiceRequest/a1' }, { reference: 'ServiceRequest/a2' }, { display: 'x' }] }, ['/basedOn/0/0']],
    ['a single one', { resourceType: 'Task', focus: { reference: 'ServiceRequest/a1' } }, ['/focus']],
    ['one deep inside a list element, which moves whole', { resourceType: 'CarePlan', activity: [{ detail: { kind: 'x' } }, { detail: { goal: [{ reference: 'Goal/a3' }] } }] }, ['/activity/1/1']],
    ['one version of a row', { resourceType: 'Task', focus: { reference: 'ServiceRequest/a1/_history/2' } }, ['/focus']],
    ['one at this gateway\'s own address', { resourceType: 'Task', focus: { reference: 'https://gateway.example/fhir/ServiceRequest/a1' } }, ['/focus']],
    ['one inside an extension', { resourceType: 'Task', extension: [{ url: 'x', valueReference: { reference: 'EpisodeOfCare/a5' } }] }, ['/extension/0/0']],
  ])('keep apart a reference: %s', (_, whole, paths) => {
    expect(takeApart(whole, isRow).fragments.map(({ path }) => path)).toEqual(paths);
  });

  it('keep numbers as they were written', () => {
    const whole = putTogether({ resourceType: 'Observation' }, [['/hasMember/0/0', '{"reference":"Observation/a1","extension":[{"url":"x","valueDecimal":0.010}]}']]);
    expect(JSON.stringify(whole)).toContain('0.010');
  });
});
