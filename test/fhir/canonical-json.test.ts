import fc from 'fast-check';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { readJson } from '../../src/fhir/read-json.ts';

describe('equal values have one text (RFC 8785)', () => {
  it.each<[string, unknown, string]>([
    ['members are sorted by UTF-16 code units', { b: 1, a: 2, '€': 3, '\u{1f600}': 4, '\ufb33': 5, A: 6 }, '{"A":6,"a":2,"b":1,"€":3,"\u{1f600}":4,"\ufb33":5}'],
    ['numbers are ECMAScript numbers', [333333333.33333329, 1e30, 4.50, 2e-3, -0, 1e-27], '[333333333.3333333,1e+30,4.5,0.002,0,1e-27]'],
    ['strings escape only what they must', '\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    ['an absent member is left out', { a: undefined, b: null }, '{"b":null}'],
    ['members that look like numbers are sorted as text', { b: 1, '10': 2, '9': 3, '\r': 4 }, '{"\\r":4,"10":2,"9":3,"b":1}'],
    ['lists keep their order', [3, 1, 2], '[3,1,2]'],
    ['nothing is empty', { a: [], b: {} }, '{"a":[],"b":{}}'],
  ])('%s', (_name, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([['NaN', Number.NaN], ['infinity', Number.POSITIVE_INFINITY], ['half a surrogate', '\ud83d'], ['half a surrogate as a key', { '\udc00': 1 }], ['a date', new Date(0)], ['a map', new Map()], ['a bigint', 1n], ['undefined', undefined], ['undefined in a list', [undefined]], ['a function', () => 1]])(
    'what has no canonical form is refused: %s', (_name, value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    });

  it('a number kept exact is written as it was', () => {
    const read = readJson(new TextEncoder().encode('{"b":0.010,"a":12345678901234567890}'), { maxBytes: 100 });
    expect('value' in read && canonicalJson(read.value)).toBe('{"a":12345678901234567890,"b":0.010}');
  });

  it('property: the order of members never shows, and the value survives', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }));
  });
});
