import { isJsonObject, textOf, type JsonObject } from '../../../fhir/json.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { NamedVersion } from '../../../flow/read-named.ts';
import type { Asked } from '../route.ts';
import { readResource, type ResourceLimits } from './read-resource.ts';


const versioned = /^([A-Z][A-Za-z]{1,40})\/([0-9a-f-]{36})\/_history\/([1-9]\d{0,8})$/;

/**
 * The inputs of an operation about one version of one record: `reference`, and texts. Each once; every mistake is told
 * together, by its place and never by its value.
 */
export async function readNamedInputs<Name extends string>(asked: Asked, limits: ResourceLimits, texts: Readonly<Record<Name, number>>): Promise<{ reference: NamedVersion; bytes: Uint8Array } & Record<Name, string>> {
  const { resource: { parameter }, bytes } = await readResource(asked, 'Parameters', limits);
  const given = (Array.isArray(parameter) ? parameter : []).map((each): JsonObject => (isJsonObject(each) ? each : {}));
  const names = ['reference', ...Object.keys(texts)];
  const problems: Problem[] = given.flatMap((each, i) => (names.includes(textOf(each['name'])) ? [] : [invalid(`/parameter/${i}/name`, names.join(', '))]));
  const take = (name: string, expected: string, read: (each: JsonObject) => string | undefined): string => {
    const places = given.flatMap((each, i) => (each['name'] === name ? [i] : []));
    const value = places.length === 1 ? read(given[places[0] ?? 0] ?? {}) : undefined;
    if (value === undefined) problems.push(invalid(places[0] === undefined ? '/parameter' : `/parameter/${places[0]}`, `${name} once, ${expected}`));
    return value ?? '';
  };
  const reference = take('reference', 'as valueReference: Type/id/_history/version of a record', ({ valueReference }) => {
    const text = isJsonObject(valueReference) ? textOf(valueReference['reference']) : '';
    return versioned.test(text) ? text : undefined;
  });
  const values = Object.entries<number>(texts).map(([name, longest]) => [name, take(name, `as valueString of 1 to ${longest} characters`, ({ valueString }) => {
    const text = textOf(valueString).trim();
    return text.length > 0 && text.length <= longest ? text : undefined;
  })] as const);
  if (problems.length > 0) throw new Refusal(...problems);
  const [, type = '', id = '', version = ''] = versioned.exec(reference) ?? [];
  return { bytes, reference: { type, id, version: Number(version) }, ...(Object.fromEntries(values) as Record<Name, string>) };
}

function invalid(pointer: string, expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer }, expected };
}
