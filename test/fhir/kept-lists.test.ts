import { readFileSync } from 'node:fs';
import { indexResource } from '../../src/fhir/index-resource.ts';
import { listsKept, partOfList } from '../../src/fhir/kept-lists.ts';
import { searchParameterOf } from '../../src/fhir/search-parameters.ts';
import { listMark } from '../../src/fhir/search-token.ts';

const listsOf = (resource: Parameters<typeof indexResource>[0]): number => indexResource(resource).tokens.filter((token) => (token & listMark.bits) === listMark.value).length;
const episode = { resourceType: 'EpisodeOfCare', status: 'active', managingOrganization: { reference: 'Organization/o' }, type: [{ coding: [{ system: 'urn:s', code: 'a' }, { code: 'b' }] }] };

describe('lists that are kept in order', () => {
  it('are by parameters that are served, and documented', () => {
    for (const { type, state, by } of listsKept()) {
      expect([state, ...by].filter((name) => !searchParameterOf(type, name))).toEqual([]);
      expect(readFileSync('docs/search.md', 'utf8')).toContain(`| ${type} | \`${state}\` | ${by.map((name) => `\`${name}\``).join(', ')} |`);
    }
  });

  it.each([
    ['one for each value in the form that is asked for', episode, 2],
    ['none without a state', { ...episode, status: undefined }, 0],
    ['none without a value', { resourceType: 'EpisodeOfCare', status: 'active' }, 0],
    ['a logical reference is one too', { ...episode, managingOrganization: { type: 'Organization', identifier: { system: 'urn:i', value: '1' } } }, 2],
    ['none of a type nobody lists', { ...episode, resourceType: 'Flag' }, 0],
  ])('hold a row: %s', (_name, resource, lists) => {
    expect(listsOf(JSON.parse(JSON.stringify(resource)) as typeof episode)).toBe(lists);
  });

  it.each([
    ['status', 'token', 'active', 'state'], ['status', 'token', 'urn:s|active', undefined], ['type', 'token', 'urn:s|a', 'by'], ['type', 'token', 'a', undefined], ['type', 'token', 'urn:s|', undefined],
    ['type', 'token', '|a', undefined], ['organization', 'reference', 'Organization/o', 'by'], ['organization', 'reference', 'o', undefined], ['organization', 'identifier', 'urn:i|1', 'by'], ['organization', 'present', '', undefined],
    ['patient', 'reference', 'Patient/p', undefined],
  ] as const)('%s as %s "%s" is %s of one', (parameter, kind, form, part) => {
    expect(partOfList('EpisodeOfCare', parameter, kind, form)).toBe(part);
  });
});
