import { Refusal, type Problem } from '../../../fhir/problem.ts';

/**
 * Numbers of entries, each given once at most; null where it is not. Every mistake is told at once, and what no
 * name stands for is refused.
 */
export function readSizes<Name extends string>(query: readonly [string, string][], names: readonly Name[], needed: readonly Name[] = []): Record<Name, number | null> {
  const known: readonly string[] = names;
  const unknown = query.filter(([name]) => !known.includes(name) && name !== '_format').slice(0, 1).map((): Problem => ({
    category: 'unsupported', code: 'search-parameter-unknown', text: 'This address does not take one of these parameters.', expected: names.length === 0 ? 'the address alone' : names.join(', '),
  }));
  const problems = names.flatMap((name): Problem[] => {
    const given = query.filter(([each]) => each === name);
    const sound = given.length <= 1 && given.every(([, value]) => /^(?:0|[1-9]\d{0,14})$/.test(value)) && !(given.length === 0 && needed.includes(name));
    return sound ? [] : [{ category: 'invalid', code: 'search-value-invalid', text: 'This is not a number of entries.', at: { field: name }, expected: 'a whole number, given once' }];
  });
  if (unknown.length + problems.length > 0) throw new Refusal(...unknown, ...problems);
  const sizeOf = (name: Name): number | null => {
    const given = query.find(([each]) => each === name);
    return given ? Number(given[1]) : null;
  };
  return Object.fromEntries(names.map((name) => [name, sizeOf(name)])) as Record<Name, number | null>;
}
