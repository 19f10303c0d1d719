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
});
