import type { JsonObject } from '../../src/fhir/json.ts';
import { compiled, compileProblems, mapOf, runMap } from './run-map.ts';

describe('a hostile source', () => {
  it('ends at the budget', () => {
    const rows = Array.from({ length: 400 }, (_, index) => String(index));
    const { codes } = runMap(mapOf('src.a as a, src.a as b -> tgt.active = true;'), { a: rows }, { maxSteps: 1_000 });
    expect(codes).toEqual(['map-budget']);
  });

  it('ends at the budget when a condition keeps nothing', () => {
    const rows = Array.from({ length: 400 }, (_, index) => String(index));
    const { codes } = runMap(mapOf("src.a as a, src.a as b where (b = 'none') -> tgt.active = true;"), { a: rows }, { maxSteps: 1_000 });
    expect(codes).toEqual(['map-budget']);
  });

  it('ends a group that calls itself for ever', () => {
    const { codes } = runMap(mapOf('src -> tgt then Again(src, tgt);', 'Patient', '', 'group Again(source s, target t) { s -> t then Again(s, t); }'), { a: 'x' });
    expect(codes).toEqual(['map-budget']);
  });

  it('that is deep does not overflow the stack', () => {
    let deep: JsonObject = { leaf: 'x' };
    for (let depth = 0; depth < 50_000; depth += 1) deep = { a: deep };
    expect(runMap(mapOf('src.b as v -> tgt.language = v;'), deep).problems).toEqual([]);
  });

  it.each(['src.a as v -> tgt.name = v;', 'src.a as v -> tgt.active = (v.descendants().exists());'])('that is deep and copied ends with a problem: %s', (rules) => {
    let deep: JsonObject = { leaf: 'x' };
    for (let depth = 0; depth < 50_000; depth += 1) deep = { a: deep };
    expect(runMap(mapOf(rules), deep)).toMatchObject({ resources: [], codes: ['map-budget'] });
  });

  it('cannot reach or change a prototype', () => {
    const source = JSON.parse('{"a":{"__proto__":{"polluted":"yes"},"constructor":"c","toString":"t"},"__proto__":{"x":"y"}}') as JsonObject;
    const { resource, problems } = runMap(mapOf('src.a as v -> tgt.name = v; src.a.constructor as v -> tgt.language = v; src.a.toString as v -> tgt.gender = v; src.valueOf as v -> tgt.id = v; src.a.hasOwnProperty as v -> tgt.id = v;'), source);
    expect(problems).toEqual([]);
    expect(resource).toEqual({ resourceType: 'Patient', name: [{ constructor: 'c', toString: 't' }], language: 'c', gender: 't' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['__proto__', 'constructor', 'toString'])('%s is no element or type of the target', (name) => {
    expect(compileProblems(mapOf(`src.a as v -> tgt.${name} = v;`))).toHaveLength(1);
    expect(compileProblems(mapOf(`src.a as v -> tgt.contained = create('${name}') as c;`))).toHaveLength(1);
  });

  it('has all its mistakes told, a hundred of them, without values', () => {
    const rules = Array.from({ length: 150 }, (_, index) => `src.f${index} as v -> tgt.birthDate = toDate(v);`).join('\n');
    const source = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, `secret${index}`]));
    const { problems } = runMap(mapOf(rules), source);
    expect(problems).toHaveLength(100);
    expect(problems[1]).toMatchObject({ code: 'bad-date', severity: 'error', at: { file: 'test.map', line: 5, field: 'f1' } });
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('cannot make a compiled map grow with names of its own', () => {
    const map = compiled(mapOf('src.known as v -> tgt.language = v;'));
    for (let round = 0; round < 20; round += 1) {
      const source: JsonObject = { known: 'en' };
      for (let index = 0; index < 500; index += 1) source[`r${round}x${index}`] = 'y';
      const { ledger } = map.run(source);
      expect(ledger).toHaveLength(501);
      expect(ledger[0]).toEqual({ field: 'known', state: 'carried', to: 'Patient.language' });
    }
  });
});
