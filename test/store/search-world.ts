import { createHash, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { textOf, type Json, type JsonObject } from '../../src/fhir/json.ts';
import { indexApart } from '../../src/flow/intake/keep-apart.ts';
import type { Database } from '../../src/store/database.ts';
import { saveRows } from '../../src/store/record/record-writer.ts';

/** A few small resources of every sort of value, drawn from a few values, so that searches find some of them and not others. */

const systems = ['urn:a', 'urn:b', undefined];
const codes = ['x', 'y', 'z'];
const days = ['2025-12', '2026-01-10', '2026-01-11', '2026-02-01T09:30:00Z', '2026-02-03', '2026'];
const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 3 });

const coding = fc.record({ system: some(...systems), code: some(...codes) });
const called: Record<string, string> = { x: 'Heart failure', y: 'Fracture of the left hip', z: 'Réadaptation, cardiac' };
/** In words: its text is of the first code, and each coding says its own. */
const concept = fc.record({ coding: fc.array(coding, { minLength: 1, maxLength: 2 }) }).map((each) => ({
  coding: each.coding.map((one) => (one.system === 'urn:b' ? { ...one, display: called[one.code] } : one)), ...(each.coding[0]?.system === 'urn:a' && { text: called[each.coding[0].code] }),
}));
const identifier = fc.record({ system: some(...systems), value: some('1', '2', '999 000 0379', '9990000379') });
const date = some(...days);
const period = fc.record({ start: maybe(some('2025-12-30', '2026-01-10', '2026-01-20')), end: maybe(some('2026-01-25', '2026-02-03')) }).filter(({ start, end }) => start !== undefined || end !== undefined);
const quantity = fc.record({ value: some(1, 1.5, 1.54, 2, -3, 100), system: some('http://unitsofmeasure.org', undefined), code: some('mg', 'kg'), unit: some('milligram', 'mg') });
const name = fc.record({ family: some("O'Brien-Ávila", 'Smith', 'Smithers'), given: fc.array(some('José', 'Ann', 'Anna'), { minLength: 1, maxLength: 2 }), use: some('official', 'usual') });
const address = fc.record({ line: some(['1 Sample Street'], ['2 Other Lane']), city: some('Birmingham', 'Solihull'), postalCode: some('B15 2TT', 'B99 9XX') });
const telecom = fc.record({ system: some('phone', 'email'), value: some('0121 496 0000', 'a@b.example') });

const shapes: Record<string, fc.Arbitrary<Record<string, unknown>>> = {
  Observation: fc.record({
    status: some('final', 'preliminary'), code: concept, category: maybe(fc.array(concept, { maxLength: 2 })), effectiveDateTime: maybe(date), identifier: maybe(fc.array(identifier, { maxLength: 2 })),
    valueQuantity: maybe(quantity), component: maybe(fc.array(fc.record({ code: concept, valueQuantity: maybe(quantity), valueCodeableConcept: maybe(concept) }).filter((part) => part.valueQuantity === undefined || part.valueCodeableConcept === undefined), { maxLength: 2 })),
  }),
  ServiceRequest: fc.record({ status: some('active', 'completed'), priority: maybe(some('urgent', 'routine')), code: maybe(concept), authoredOn: maybe(date), occurrenceDateTime: maybe(date), occurrencePeriod: fc.constant(undefined), requisition: maybe(identifier), instantiatesUri: maybe(fc.array(some('http://a.example/x', 'http://a.example/x/y', 'urn:c'), { maxLength: 2 })) }),
  Condition: fc.record({ code: maybe(concept), onsetPeriod: maybe(period), onsetAge: fc.constant(undefined), recordedDate: maybe(date), severity: maybe(concept), bodySite: maybe(fc.array(concept, { maxLength: 2 })) }),
  Patient: fc.record({ active: maybe(fc.boolean()), name: fc.array(name, { maxLength: 2 }), address: maybe(fc.array(address, { maxLength: 2 })), telecom: maybe(fc.array(telecom, { maxLength: 2 })), birthDate: maybe(some('1941-01-08', '1941', '1950-11-01')), gender: maybe(some('male', 'female')), deceasedBoolean: maybe(fc.boolean()), identifier: maybe(fc.array(identifier, { maxLength: 2 })) }),
  EpisodeOfCare: fc.record({ status: some('active', 'finished'), type: maybe(fc.array(concept, { maxLength: 2 })), period: maybe(period), managingOrganization: maybe(some(...['o1', 'o2'].map((id) => ({ reference: `Organization/${id}` })))) }),
  Task: fc.record({ status: some('requested', 'completed'), code: maybe(concept), authoredOn: maybe(date), lastModified: maybe(date), executionPeriod: maybe(period) }),
};
export const worldTypes = Object.keys(shapes);

const contacts = ['address', 'telecom'];

/** The same resources every time: each of a citizen of its own, and a Task that names another row in a part kept apart. */
export function drawResources(each: number): JsonObject[] {
  return worldTypes.flatMap((type, i) => fc.sample(shapes[type] ?? fc.constant({}), { numRuns: each, seed: 4100 + i }).map((content) =>
    JSON.parse(JSON.stringify({ resourceType: type, id: randomUUID(), ...content })) as JsonObject));
}

/** Stores them as intake does, every one in a class that may be seen. */
export async function storeResources(database: Database, resources: readonly JsonObject[], classId: number): Promise<void> {
  await database.transaction((connection) => saveRows(connection, resources.map((resource) => {
    const apart = resource['resourceType'] === 'Patient' ? contacts.filter((element) => resource[element] !== undefined) : [];
    const body = Object.fromEntries(Object.entries(resource).filter(([element]) => !apart.includes(element)));
    const fragments = apart.map((element) => ({ path: `/${element}`, value: resource[element] as Json }));
    const { index, tokens } = indexApart(body, fragments);
    return {
      citizen: randomUUID(), id: textOf(resource['id']), type: textOf(resource['resourceType']), version: 1, classId, contentHash: createHash('sha256').digest(), body: JSON.stringify(body), updatedAt: new Date(), recordId: 1, row: 1, index, directoryIds: [],
      fragments: fragments.map(({ path, value }, i) => ({ path, body: JSON.stringify(value), classId, target: null, tokens: tokens[i] ?? [] })),
    };
  })));
}
