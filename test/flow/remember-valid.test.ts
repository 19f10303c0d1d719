import { rememberValid } from '../../src/flow/intake/remember-valid.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import type { Problem } from '../../src/fhir/problem.ts';

const problem: Problem = { category: 'invalid', code: 'element-missing', text: 'An element is missing.' };

function counted(most?: number): { looked: JsonObject[]; validate: (resource: JsonObject) => Problem[] } {
  const looked: JsonObject[] = [];
  return { looked, validate: rememberValid((resource) => { looked.push(resource); return resource['id'] === 'wrong' ? [problem] : []; }, most) };
}

it('what was found faultless is not looked at again, what differs in anything is', () => {
  const { looked, validate } = counted();
  expect([{ id: 'a' }, { id: 'a' }, { id: 'a', active: true }].flatMap((resource) => validate(resource))).toEqual([]);
  expect(looked).toEqual([{ id: 'a' }, { id: 'a', active: true }]);
});

it('what was found wrong is found wrong every time', () => {
  const { validate } = counted();
  expect([validate({ id: 'wrong' }), validate({ id: 'wrong' })]).toEqual([[problem], [problem]]);
});

it('memory stays bounded: of many the newest is remembered, and no more than there is room for', () => {
  const { looked, validate } = counted(20);
  for (let i = 0; i < 200; i += 1) validate({ id: String(i) });
  validate({ id: '199' });
  expect(looked.length).toBe(200);
  for (let i = 0; i < 199; i += 1) validate({ id: String(i) });
  expect(looked.length).toBeGreaterThanOrEqual(200 + 180);
});
