import fc from 'fast-check';
import { takeApart } from '../../src/fhir/fragments.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { assemble, assembleText } from '../../src/flow/assemble.ts';
import type { VisibleRow } from '../../src/store/door/door.ts';

function rowOf(body: JsonObject, fragments: [string, string][] | null): VisibleRow {
  return {
    scope: 'citizen', emergency: null, citizen: 'c', id: '1', type: 'EpisodeOfCare', version: 1, classId: 1, deleted: false, updatedAt: new Date(0), body: JSON.stringify(body), fragments,
  };
}

const reference = fc.constantFrom('kept', 'apart').map((id): Json => ({ reference: `Patient/${id}` }));
const resource = fc.record({
  team: fc.array(reference, { minLength: 1, maxLength: 4 }), careManager: reference, note: fc.array(fc.record({ text: fc.constantFrom('"team":', 'x'), amount: fc.constant(0.5) }), { minLength: 1, maxLength: 2 }),
}, { requiredKeys: [] }).map((rest): JsonObject => ({ resourceType: 'EpisodeOfCare', id: '1', ...rest }));

it('the text put together is what is put together, whichever parts may be seen', () => {
  fc.assert(fc.property(resource, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }), (whole, seen) => {
    const { body, fragments } = takeApart(whole, (_, id) => id === 'apart');
    const visible = fragments.filter((_, i) => seen[i]).map(({ path, value }): [string, string] => [path, JSON.stringify(value)]);
    const row = rowOf(body, visible.length > 0 ? visible : null);
    expect(assembleText(row)).toBe(JSON.stringify(assemble(row)));
  }));
});

it('a number stays as it was written, in the body and in a part put back', () => {
  const row = { ...rowOf({}, [['/team/0/0', '{"share":0.010}']]), body: '{"resourceType":"EpisodeOfCare","dose":1.50}' };
  expect(assembleText(row)).toBe('{"resourceType":"EpisodeOfCare","dose":1.50,"team":[{"share":0.010}]}');
});
