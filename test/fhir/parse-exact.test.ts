import fc from 'fast-check';
import { parseExact } from '../../src/fhir/parse-exact.ts';

it.each([
  '{"value":0.010}', '{ "value" : 0.010 }', '[0.010]', '[ 1, 0.010]', '["a",0.010]', '[[0.010],{}]', '{"a":"b","value":-0.010}', '0.010', ' 1.50 ', '{"a":[\n1e3\n]}',
  '{"long":12345678901234567890}', '{"a:1":1.0}', '{"said":"\\":1"}', '{"at":"2026-01-01T09:30:00Z","note":"flat 1,2"}',
])('%s is written again as it was', (text) => {
  expect(JSON.stringify(parseExact(text))).toBe(text.replace(/(?<=[[{:,])\s+|\s+(?=[\]}:,])|^\s+|\s+$/g, ''));
});

/** Numbers in every spelling JSON has. */
const numberText = fc.tuple(fc.constantFrom('', '-'), fc.bigInt({ min: 0n, max: 10n ** 25n }), fc.option(fc.stringMatching(/^\.[0-9]{1,6}$/), { nil: '' }), fc.constantFrom('', 'e5', 'E-3'))
  .map(([sign, whole, fraction, exponent]) => `${sign}${whole}${fraction}${exponent}`);
const { value: jsonText } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    numberText, fc.string().map((text) => JSON.stringify(text)), fc.constantFrom('true', 'null'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc.uniqueArray(fc.tuple(fc.string().filter((name) => !/^\d+$/.test(name) && name !== '__proto__'), tie('value')), { maxLength: 3, selector: ([name]) => name })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
}));

it('any JSON text is written again as it was', () => {
  fc.assert(fc.property(jsonText, (text) => {
    expect(JSON.stringify(parseExact(text))).toBe(text);
  }), { numRuns: 2_000 });
});
