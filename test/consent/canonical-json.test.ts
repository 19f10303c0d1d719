import { canonicalJson } from '../../src/consent/canonical-json.ts';

describe('canonical JSON (RFC 8785)', () => {
  it.each([
    ['orders keys by code units', { b: 1, a: 2, '\u20ac': 3, '\r': 4, '1': 5 }, '{"\\r":4,"1":5,"a":2,"b":1,"\u20ac":3}'],
    ['keeps the order of lists', [3, 1, 2], '[3,1,2]'],
    ['writes numbers as ECMAScript does', [1e21, 0.000001, -0, 4.5], '[1e+21,0.000001,0,4.5]'],
    ['escapes what it must and nothing else', '\u0007"\\/\u00e9', '"\\u0007\\"\\\\/\u00e9"'],
    ['leaves out what is undefined', { a: undefined, b: null }, '{"b":null}'],
  ])('%s', (_, value, text) => expect(canonicalJson(value)).toBe(text));

  it.each([[() => 1], [NaN], [Infinity], [undefined], [1n]])('refuses what JSON cannot say', (value) => expect(() => canonicalJson(value)).toThrow(TypeError));
});
