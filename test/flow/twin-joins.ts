import type { CapabilityStatement } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { searchParameterOf } from '../../src/fhir/search-parameters.ts';
import type { SearchForm } from './twin-search.ts';

/** A search parameter with its value. */
export type Pair = readonly [string, string];

/** What is offered of one type: references out of it and into it, as `Type:parameter`. */
function offered(statement: CapabilityStatement, of: string): { out: string[]; back: string[] } {
  const resource = statement.rest?.[0]?.resource?.find(({ type }) => type === of);
  return { out: resource?.searchInclude ?? [], back: resource?.searchRevInclude ?? [] };
}

/** Searches that go through several resources, of every reference the statement offers: includes both ways, chains, `_has`. */
export function joinsOf(statement: CapabilityStatement, forms: ReadonlyMap<string, readonly SearchForm[]>, type: string): fc.Arbitrary<Pair>[] {
  const { out, back } = offered(statement, type);
  const iterate = fc.constantFrom('', '', ':iterate');
  const includes = [
    ...(out.length > 0 ? [fc.tuple(fc.constantFrom(...out, `${type}:*`), iterate).map(([value, more]): Pair => [`_include${more}`, value])] : []),
    ...(back.length > 0 ? [fc.tuple(fc.constantFrom(...back), iterate).map(([value, more]): Pair => [`_revinclude${more}`, value])] : []),
  ];
  const chains = out.flatMap((reference) => {
    const row = searchParameterOf(type, reference.slice(type.length + 1));
    const targets = row?.kind === 'reference' ? row.targets.filter((target) => forms.has(target)) : [];
    return targets.map((target) => condition(forms.get(target) ?? []).map(([name, value]): Pair => [`${row?.name ?? ''}:${target}.${name}`, value]));
  });
  const has = back.flatMap((reference) => {
    const [source = ''] = reference.split(':');
    return forms.has(source) ? [condition(forms.get(source) ?? []).map(([name, value]): Pair => [`_has:${reference}:${name}`, value])] : [];
  });
  return [...includes, ...(chains.length > 0 ? [fc.oneof(...chains)] : []), ...(has.length > 0 ? [fc.oneof(...has)] : [])];
}

function condition(forms: readonly SearchForm[]): fc.Arbitrary<Pair> {
  return fc.constantFrom(...forms.filter(({ values }) => values.length > 0)).chain(({ parameter, form, values }) =>
    fc.constantFrom(...values).map((value): Pair => [form.startsWith(':') ? parameter + form : parameter, value]));
}

/** References the statement offers that no chain or include of `joinsOf` is made of: of a type nobody serves, or none at all. */
export function uncoveredJoins(statement: CapabilityStatement): string[] {
  return (statement.rest?.[0]?.resource ?? []).flatMap(({ type = '' }) => {
    const { out, back } = offered(statement, type);
    return [...out, ...back].filter((reference) => {
      const [source = '', name = ''] = reference.split(':');
      return searchParameterOf(source, name)?.kind !== 'reference';
    }).map((reference) => `${type}: ${reference}`);
  });
}
