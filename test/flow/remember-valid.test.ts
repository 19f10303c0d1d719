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

it('memory stays bounded: the oldest are looked at again', () => {
  const { looked, validate } = counted(20);
  for (let i = 0; i <= 20; i += 1) validate({ id: String(i) });
  validate({ id: '20' });
  validate({ id: '0' });
  expect(looked.length).toBe(22);
});
