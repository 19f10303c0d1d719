import { parseMappingLanguage, structureMapTransform } from '@medplum/core';
import fc from 'fast-check';
import { sharedMap, sharedRecord } from '../../bench/mapping.ts';
import { runMap } from './run-map.ts';

describe('a map another engine runs, too', () => {
  const theirs = (text: string, source: object): unknown => {
    const [bundle] = structureMapTransform(parseMappingLanguage(text), [{ type: 'BackboneElement', value: source }]);
    const { entry = [] } = JSON.parse(JSON.stringify(bundle?.value)) as { entry?: { resource: unknown }[] };
    return entry.map(({ resource }) => resource);
  };

  it('gives what @medplum/core gives', () => {
    const { resources, problems } = runMap(sharedMap, sharedRecord(7));
    expect(problems).toEqual([]);
    expect(resources).toHaveLength(1);
    expect(resources).toEqual(theirs(sharedMap, sharedRecord(7)));
  });

  const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ]{0,11}$/).filter((text) => text.trim() === text);
  const records = fc.record({
    number: word, sex: fc.constantFrom('M', 'F'), born: fc.constantFrom('1940', '1940-05-06'), language: word,
    name: fc.array(fc.record({ family: word, given: fc.array(word, { minLength: 1, maxLength: 3 }) }, { noNullPrototype: true }), { minLength: 1, maxLength: 3 }),
    home: fc.record({ kind: fc.constantFrom('main', 'old'), line: word, postcode: word }, { noNullPrototype: true }),
  }, { requiredKeys: ['number'], noNullPrototype: true });
  it('gives what @medplum/core gives on any record', () => {
    fc.assert(fc.property(records, (record) => {
      expect(runMap(sharedMap, record).resources).toEqual(theirs(sharedMap, record));
    }), { numRuns: 200 });
  });

  /**
   * Rules whose meaning the two share. The other binds a repeated element as one value, keeps empty objects, joins two
   * texts and no more, loses the literal `true`, looks for names of a condition on the alias alone, and has no id(), no default with brackets and no second call after `then`.
   */
  const rules = [
    'src.a as v -> p.language = v;',
    "src.n as n where (n.last = 'x') -> p.language = 'en';",
    "src.b as v -> p.name as n, n.family = v, n.text = append(v, '!');",
    'src.c as v -> p.birthDate = v;',
    'src.a as v -> p.contact as c then { src.c as w -> c.gender = w; };',
    "src as s -> p.maritalStatus as m, m.text = 'fixed';",
    'src.b as v -> p.telecom as t, t.value = truncate(v, 3);',
    'src.b as v -> p.telecom as t share one, t.value = v; src.c as v -> p.telecom as t share two, t.system = v;',
    "src.a as v -> p.meta as m, m.source = (%v & 'z');",
    "src.n as n then Name(n, p);",
    "src.a as v -> p.gender = translate(v, '#sex', 'code');",
    "src.b as v -> p.maritalStatus = cc('https://x.example', v);",
    'src.n as n -> p.contact as c, c.name as m then { n.last as v -> m.family = v; n.missing as v -> m.text = v; };',
    "src.none as v -> p.language = 'never';",
    'src.flag as v -> p.active = v;',
    "src.a as v, src.c as w -> p.name as n, n.text = append(v, w);",
  ];
  const around = (text: string): string => `map "https://test.example/m" = "M"
conceptmap "sex" { prefix s = "urn:s" prefix t = "urn:t" s:x == t:male s:y == t:female }
group Main(source src, target bundle : Bundle) { src -> bundle.entry as e, e.resource = create('Patient') as p then P(src, p) "entry"; }
group P(source src, target p : Patient) { ${text} }
group Name(source n, target p : Patient) { n.last as v -> p.name as m, m.family = v; }`;
  const sources = fc.record({
    a: fc.constantFrom('x', 'y'), b: fc.constantFrom('x', 'longer text'), c: fc.constantFrom('1940', '1940-05-06'), flag: fc.boolean(),
    n: fc.record({ last: fc.oneof(fc.constant('x'), word) }, { noNullPrototype: true }),
  }, { requiredKeys: ['a', 'c'], noNullPrototype: true });

  it.each(rules)('agrees on a rule alone: %s', (rule) => {
    fc.assert(fc.property(sources, (source) => {
      expect(runMap(around(rule), source).resources).toEqual(theirs(around(rule), source));
    }), { numRuns: 40 });
  });

  it('agrees on maps made of any of these rules in any order', () => {
    fc.assert(fc.property(fc.shuffledSubarray(rules), sources, (chosen, source) => {
      const text = around(chosen.join('\n'));
      expect(runMap(text, source).resources).toEqual(theirs(text, source));
    }), { numRuns: 200 });
  });
});
