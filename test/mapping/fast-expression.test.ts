import fc from 'fast-check';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import { bothWays } from './both-ways.ts';
import { compileProblems, mapOf, runMap } from './run-map.ts';

const texts = fc.constantFrom('', 'a', 'b', 'ab', ' A b ', 'a,b', '5');
const leaf = fc.oneof(texts, fc.integer({ min: -2, max: 3 }), fc.boolean());
const objects: fc.Arbitrary<JsonObject> = fc.letrec<{ node: JsonObject; value: Json }>((tie) => ({
  node: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'v'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  value: fc.oneof({ maxDepth: 2 }, leaf, tie('node'), fc.array(fc.oneof(leaf, tie('node')), { maxLength: 3 })),
})).node;

const literal = fc.oneof(texts.map((text) => `'${text}'`), fc.integer({ min: 0, max: 3 }).map(String), fc.constantFrom('true', 'false', '{}'));
const expressions: fc.Arbitrary<string> = fc.letrec<{ path: string; expression: string }>((tie) => ({
  path: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'v', '%v', '$this', 'v.a', '%v.b', 'a.b.c'),
    fc.tuple(tie('path'), fc.constantFrom('.a', '.b', '[0]', '[1]', '.first()', '.last()', '.tail()', '.exists()', '.empty()', '.count()', '.not()', '.upper()', '.lower()', '.trim()', '.length()', '.toString()')).map((parts) => parts.join('')),
    fc.tuple(tie('path'), fc.constantFrom('where', 'exists', 'all'), tie('expression')).map(([on, call, argument]) => `${on}.${call}(${argument})`),
    fc.tuple(tie('path'), fc.constantFrom('select', 'startsWith', 'endsWith', 'contains', 'indexOf', 'skip', 'take', 'substring', 'split'), tie('expression')).map(([on, call, argument]) => `${on}.${call}(${argument})`),
    fc.tuple(tie('path'), texts, texts).map(([on, from, to]) => `${on}.replace('${from}', '${to}')`),
    fc.tuple(tie('path'), fc.constantFrom('a', '^a', 'b$', '.', '[ab]+')).map(([on, pattern]) => `${on}.matches('${pattern}')`),
    fc.tuple(tie('expression'), tie('expression'), tie('expression')).map((parts) => `iif(${parts.join(', ')})`),
  ),
  expression: fc.oneof(
    { maxDepth: 3 },
    literal,
    tie('path'),
    fc.tuple(tie('expression'), fc.constantFrom('=', '!=', '<', '<=', '>', '>=', '&', '+', 'and', 'or', 'in', 'contains', '|'), tie('expression')).map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
  ),
})).expression;

/** These need not look at all their parts, so they may miss a mistake in one the library looks at. */
const mayStopEarly = /\band\b|\bor\b|iif/;

describe('the fast way to evaluate an expression', () => {
  it('agrees with the fhirpath library wherever it decides', () => {
    let decided = 0;
    fc.assert(
      fc.property(expressions, objects, objects, (text, value, focus) => {
        const { fast, slow } = bothWays(text, value, focus);
        expect(fast).not.toBe('unread');
        if (fast === 'unsure' || (slow === 'mistake' && mayStopEarly.test(text))) return;
        decided += 1;
        expect({ text, value: fast }).toEqual({ text, value: slow });
      }),
      { numRuns: 4_000 },
    );
    expect(decided).toBeGreaterThan(1_000);
  });
});

describe('children and descendants', () => {
  it.each(["(v.children().where($this = 'q'))", "(v.descendants().where($this = 'q'))"])('are found in a tree without types: %s', (text) => {
    expect(runMap(mapOf(`src.a as v -> tgt.language = ${text};`), { a: { x: 'p', y: 'q' } }).resource).toMatchObject({ language: 'q' });
  });

  it('are refused where only the library could answer, which needs types', () => {
    expect(compileProblems(mapOf('src.a as v -> tgt.language = (v.children().distinct());'))).toEqual(['map-expression 4:30']);
  });
});

describe('an expression the fast way does not know', () => {
  const cases: [text: string, source: JsonObject, gives: unknown][] = [
    ['(v.x.toDate().toString())', { x: '2024-05-06' }, '2024-05-06'],
    ["(v.x.distinct().join('+'))", { x: ['a', 'b', 'a'] }, 'a+b'],
    ['(v.x.aggregate($this & $total, \'\'))', { x: ['a', 'b'] }, 'ba'],
    ["(v.where(x ~ 'A').exists(flag).toString())", { x: 'a', flag: false }, 'false'],
    ["(iif(v.x ~ 'A', v.y, 'no'))", { x: 'a', y: 'yes' }, 'yes'],
  ];
  it.each(cases)('is evaluated by the library: %s', (text, a, gives) => {
    const { resource, problems } = runMap(mapOf(`src.a as v -> tgt.language = ${text};`), { a });
    expect(problems).toEqual([]);
    expect(resource).toEqual({ resourceType: 'Patient', language: gives });
  });

  it('that fails is a problem without the value', () => {
    const { problems } = runMap(mapOf('src.a as v -> tgt.language = (v.x.single());'), { a: { x: ['secret', 'words'] } });
    expect(problems).toEqual([expect.objectContaining({ code: 'expression-failed', at: { file: 'test.map', line: 4, column: 30, field: 'a.x', pointer: '/a/x' } })]);
    expect(JSON.stringify(problems)).not.toMatch(/secret|words/);
  });
});
