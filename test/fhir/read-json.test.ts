import fc from 'fast-check';
import { isExactNumber, plain, readJson } from '../../src/fhir/read-json.ts';
import type { JsonLimits } from '../../src/fhir/read-json.ts';

const limits: JsonLimits = { maxBytes: 2_000_000 };
const bytes = (text: string) => new TextEncoder().encode(text);

function read(text: string, within = limits) {
  const result = readJson(bytes(text), within);
  if ('problem' in result) throw new Error(result.problem.code);
  return result.value;
}

function refusal(input: string | Uint8Array, within = limits) {
  const result = readJson(typeof input === 'string' ? bytes(input) : input, within);
  if (!('problem' in result)) throw new Error('was accepted');
  return result.problem;
}

describe('numbers are kept exactly as they came', () => {
  it.each([
    '0.010', '1.00E2', '1e3', '-0', '12345678901234567890', '0.1234567890123456789012345678901234567890', '1e-400', '100.0',
  ])('%s is written again as it was read', (number) => {
    expect(JSON.stringify(read(`{"a":[${number}]}`))).toBe(`{"a":[${number}]}`);
  });

  it('leaves ordinary numbers ordinary', () => {
    expect(read('{"a":0.01,"b":-3,"c":1.5}')).toEqual({ a: 0.01, b: -3, c: 1.5 });
  });

  it('gives validators ordinary numbers in a copy, and leaves the original exact', () => {
    const value = read('{"a":0.010,"b":{"c":[1.00,"x",null,true]}}');
    expect(plain(value)).toEqual({ a: 0.01, b: { c: [1, 'x', null, true] } });
    expect(isExactNumber(value['a'])).toBe(true);
  });

  it('refuses a number no computer here can hold, with its place', () => {
    expect(refusal('{"a":\n 1e400}')).toMatchObject({ code: 'json-number-range', at: { line: 2, column: 2, pointer: '/a' } });
  });

  it('property: any JSON object read and printed is the same text', () => {
    const number = fc.oneof(fc.integer().map(String), fc.bigInt().map(String), fc.stringMatching(/^-?(0|[1-9]\d{0,30})(\.\d{1,30})?([eE][+-]?\d{1,2})?$/));
    const text: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
      value: fc.oneof({ maxDepth: 4 }, number, fc.string({ unit: 'binary' }).filter((s) => !s.includes('\0')).map((s) => JSON.stringify(s)), fc.constantFrom('true', 'false', 'null'),
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`), tie('object')),
      object: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,8}$/), tie('value')), { maxLength: 4, selector: ([key]) => key })
        .map((members) => `{${members.filter(([key]) => key !== 'constructor' && key !== 'prototype').map(([key, value]) => `"${key}":${value}`).join(',')}}`),
    })).object;
    fc.assert(fc.property(text, (source) => {
      expect(JSON.stringify(read(source))).toBe(source);
    }), { numRuns: 500 });
  });
});

describe('what would damage later code is refused before parsing', () => {
  it.each([
    ['200,000 levels of arrays', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'json-too-deep'],
    ['200,000 levels of objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`, 'json-too-deep'],
    ['200,000 levels never closed', '['.repeat(200_000), 'json-too-deep'],
    ['a duplicate key', '{"a":1,"a":2}', 'json-duplicate-key'],
    ['a duplicate key hidden by an escape', '{"a":1,"\\u0061":2}', 'json-duplicate-key'],
    ['__proto__', '{"x":{"__proto__":{"polluted":1}}}', 'json-forbidden-key'],
    ['__proto__ behind an escape', '{"\\u005f_proto__":1}', 'json-forbidden-key'],
    ['constructor', '{"constructor":{"prototype":{}}}', 'json-forbidden-key'],
    ['prototype', '{"prototype":1}', 'json-forbidden-key'],
    ['an escaped NUL', '{"a":"x\\u0000"}', 'json-forbidden-character'],
    ['a raw NUL in a string', '{"a":"x\0"}', 'json-forbidden-character'],
    ['a lone high surrogate', '{"a":"\\ud83d"}', 'json-forbidden-character'],
    ['a lone high surrogate before text', '{"a":"\\ud83dx"}', 'json-forbidden-character'],
    ['a lone low surrogate', '{"a":"\\ude00"}', 'json-forbidden-character'],
    ['two high surrogates', '{"a":"\\ud83d\\ud83d\\ude00"}', 'json-forbidden-character'],
    ['a lone surrogate in a key', '{"\\udc00":1}', 'json-forbidden-character'],
    ['a control character', '{"a":"x\ny"}', 'json-syntax'],
    ['an array at the top', '[1]', 'json-not-object'],
    ['a number at the top', '0.010', 'json-not-object'],
    ['null at the top', 'null', 'json-not-object'],
    ['nothing', '', 'json-syntax'],
    ['only spaces', '  \n', 'json-syntax'],
    ['text after the end', '{} {}', 'json-syntax'],
    ['a trailing comma', '{"a":1,}', 'json-syntax'],
    ['a trailing comma in an array', '{"a":[1,]}', 'json-syntax'],
    ['a missing colon', '{"a" 1}', 'json-syntax'],
    ['single quotes', "{'a':1}", 'json-syntax'],
    ['a bare word', '{"a":NaN}', 'json-syntax'],
    ['a leading zero', '{"a":01}', 'json-syntax'],
    ['a leading plus', '{"a":+1}', 'json-syntax'],
    ['a number without digits after its point', '{"a":1.}', 'json-syntax'],
    ['a bad escape', '{"a":"\\x41"}', 'json-syntax'],
    ['an unclosed string', '{"a":"x', 'json-syntax'],
    ['the wrong bracket', '{"a":[1}', 'json-syntax'],
  ])('%s', (_name, text, code) => {
    expect(refusal(text).code).toBe(code);
  });

  it('nothing is polluted', () => {
    refusal('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    ['overlong', [0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['cut short', [0x7b, 0x22, 0xc3]],
    ['Latin-1', [0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d]],
  ])('bytes that are not UTF-8: %s', (_name, codes) => {
    expect(refusal(Uint8Array.from(codes)).code).toBe('json-encoding');
  });

  it('a byte order mark is dropped', () => {
    expect(readJson(Uint8Array.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), limits)).toEqual({ value: {} });
  });

  it('a whole surrogate pair and other scripts are welcome', () => {
    expect(read('{"a":"\\ud83d\\ude00 আবদুল 😀"}')).toEqual({ a: '😀 আবদুল 😀' });
  });
});

describe('limits', () => {
  it('more bytes than accepted is 413', () => {
    expect(refusal('{"a":1}', { maxBytes: 6 })).toMatchObject({ code: 'json-too-large', category: 'too-large' });
  });

  it('more entries than accepted is 413', () => {
    expect(refusal(`{"a":[${'1,'.repeat(999_999)}1]}`, { maxBytes: 10_000_000 })).toMatchObject({ code: 'json-too-many-entries', category: 'too-large' });
  });

  it('the deepest accepted level is accepted and one more is not', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(read(nested(64))).toHaveProperty('a');
    expect(refusal(nested(65)).code).toBe('json-too-deep');
  });
});

describe('a refusal says where, and no value', () => {
  it('gives line, column and pointer of a repeated key', () => {
    expect(refusal('{\n  "name": [{},\n    {"family": "Secret", "family": "Hidden"}]}')).toMatchObject({
      at: { line: 3, column: 26, pointer: '/name/1/family' },
    });
  });

  it('escapes a pointer as RFC 6901 says', () => {
    expect(refusal('{"a/b~c":{"x":1,"x":2}}').at?.pointer).toBe('/a~1b~0c/x');
  });

  it('property: no text around a fault is repeated, and nothing is ever thrown', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (junk) => {
      const result = readJson(bytes(`{"a":"Abdul Rahman"${junk}`), limits);
      if ('problem' in result) expect(JSON.stringify(result.problem)).not.toContain('Abdul');
    }), { numRuns: 500 });
  });

  it('property: accepted text is what JSON.parse accepts', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]",:\\u01eE+-.ntrfal '), maxLength: 30 })), (text) => {
      const result = readJson(bytes(`{"v":${text}}`), limits);
      if ('value' in result) expect(plain(result.value)).toEqual(JSON.parse(`{"v":${text}}`));
      else if (result.problem.code === 'json-syntax') expect(() => { JSON.parse(`{"v":${text}}`); }).toThrow();
    }), { numRuns: 2000 });
  });
});
