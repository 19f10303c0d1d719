import { readJson } from '../../../fhir/read-json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { checkContentType } from '../check-content-type.ts';
import type { Asked } from '../route.ts';

export interface FieldRule {
  pattern: RegExp;
  /** the pattern in words */
  expected: string;
}

const maxBytes = 4096;

/** A small JSON body of exactly these text fields: a field nobody reads would be a wish nobody grants, so it is refused. Every mistake is told at once. */
export async function readFields<Name extends string>(asked: Asked, rules: Readonly<Record<Name, FieldRule>>): Promise<Record<Name, string>> {
  const undeclared = checkContentType(asked.header('Content-Type'), ['application/json']);
  if (undeclared) throw new Refusal(undeclared);
  const read = readJson(await asked.body(maxBytes), { maxBytes, maxDepth: 4, maxEntries: 20 });
  if ('problem' in read) throw new Refusal(read.problem);
  const { value } = read;
  const names = Object.keys(rules) as Name[];
  const problems = [
    ...Object.keys(value).filter((key) => !Object.hasOwn(rules, key)).map((): Problem => ({
      category: 'invalid', code: 'field-unknown', text: 'The body has a field this address does not know.', expected: names.length === 0 ? 'an empty object: {}' : `the fields ${names.join(', ')}`,
    })).slice(0, 1),
    ...names.flatMap((name): Problem[] => {
      const given = value[name];
      return typeof given === 'string' && rules[name].pattern.test(given) ? []
        : [{ category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: `/${name}` }, expected: rules[name].expected }];
    }),
  ];
  if (problems.length > 0) throw new Refusal(...problems);
  return Object.fromEntries(names.map((name) => [name, value[name]])) as Record<Name, string>;
}
