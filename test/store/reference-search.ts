import { createRequire } from 'node:module';
import { getSearchParameter } from '@medplum/core';
import fhirpath from 'fhirpath';
import { textOf, type Json, type JsonObject } from '../../src/fhir/json.ts';

/**
 * Search as FHIR R4 describes it, plainly and slowly: the definition's own FHIRPath by the HL7 library, and each kind of
 * parameter compared by the words of the specification. Knows nothing of tokens, indexes or SQL.
 */

const model = createRequire(import.meta.url)('fhirpath/fhir-context/r4') as NonNullable<Parameters<typeof fhirpath.evaluate>[3]>;

/** What a parameter finds in a resource. */
export function valuesOf(resource: JsonObject, name: string): Json[] {
  const type = textOf(resource['resourceType']);
  const expression = getSearchParameter(type, name)?.expression ?? '';
  const own = expression.split('|').map((each) => each.trim()).filter((each) => new RegExp(`^\\(*${type}\\b`).test(each));
  const target = /resolve\(\) is (\w+)/.exec(own.join(' '))?.[1];
  const found = own.flatMap((each) => fhirpath.evaluate(resource, each.replace(/\.where\(resolve\(\) is \w+\)/, ''), undefined, model) as Json[]);
  return target === undefined ? found : found.filter((value) => textOf((value as JsonObject)['reference']).startsWith(`${target}/`));
}

interface Code { system: string | undefined; code: string }

export function codesIn(value: Json): Code[] {
  if (typeof value === 'string' || typeof value === 'boolean') return [{ system: undefined, code: String(value) }];
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  if (Array.isArray(value['coding'])) return value['coding'].flatMap(codesIn);
  const code = value['code'] ?? value['value'];
  return typeof code === 'string' ? [{ system: value['system'] as string | undefined, code }] : [];
}

/** `code`, `system|code`, `|code`, `system|`. */
export function isCode(values: readonly Json[], asked: string): boolean {
  const [first = '', second] = asked.split('|');
  return values.flatMap(codesIn).some(({ system, code }) => (second === undefined ? code === first : second === '' ? system === first : code === second && (system ?? '') === first));
}

const plain = (text: string): string => text.normalize('NFD').replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();

/** A text, or one of its words, begins like this. */
export function beginsWith(values: readonly Json[], asked: string): boolean {
  return textsIn(values).some((text) => [text, ...text.split(/[^\p{L}\p{N}\u0300]+/u)].some((part) => plain(part).startsWith(plain(asked))));
}

/** Each word that is asked for begins one that stands beside a code. */
export function isCalled(values: readonly Json[], asked: string): boolean {
  const said = (values as { text?: string; coding?: { display?: string }[] }[]).flatMap(({ text, coding = [] }) => [text, ...coding.map(({ display }) => display)]).flatMap((text) => text?.split(' ') ?? []).map(plain);
  return asked.split(' ').every((word) => said.some((each) => each.startsWith(plain(word))));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.entries(value).flatMap(([name, each]) => (name === 'use' ? [] : textsIn(each))) : [];
}

type Span = [from: number, to: number];

/** What dates cover, of whole days and moments in UTC: none of these resources has another. */
function covered(text: string): Span {
  const from = Date.parse(text.length === 4 ? `${text}-01-01` : text.length === 7 ? `${text}-01` : text);
  if (text.length === 4) return [from, Date.UTC(Number(text) + 1, 0)];
  if (text.length === 7) return [from, Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5)))];
  return text.length === 10 ? [from, from + 86_400_000] : [from, from + 1000];
}

function spanOf(value: Json): Span {
  if (typeof value === 'string') return covered(value);
  const { start, end } = value as { start?: string; end?: string };
  return [start === undefined ? -Infinity : covered(start)[0], end === undefined ? Infinity : covered(end)[1]];
}

/** One of the dates, by the table of prefixes of the specification. */
export function isWhen(values: readonly Json[], prefix: string, asked: string): boolean {
  const [low, high] = covered(asked);
  const wider = high - low;
  return values.map(spanOf).some(([from, to]) => compare(prefix, { inside: low <= from && to <= high, above: to > high, below: from < low, after: from >= high, before: to <= low, near: from < high + wider && to > low - wider }));
}

/** One of the amounts; a unit as it is coded, or in either way it is written. */
export function isAmount(values: readonly Json[], prefix: string, asked: string): boolean {
  const [number = '', system, unit] = asked.split('|');
  const half = 0.5 * 10 ** -(number.split('.')[1] ?? '').length;
  const wanted = Number(number);
  return values.some((each) => {
    const { value, system: own, code, unit: written } = each as { value: number; system?: string; code?: string; unit?: string };
    const fits = unit === undefined || (system === '' ? [code, written].includes(unit) : own === system && code === unit);
    return fits && compare(prefix, { inside: wanted - half <= value && value < wanted + half, above: value > wanted, below: value < wanted, after: value > wanted, before: value < wanted, near: Math.abs(value - wanted) <= Math.abs(wanted) / 10, exact: value === wanted });
  });
}

function compare(prefix: string, { inside, above, below, after, before, near, exact = inside }: { inside: boolean; above: boolean; below: boolean; after: boolean; before: boolean; near: boolean; exact?: boolean }): boolean {
  const tests: Record<string, boolean> = { '': inside, eq: inside, ne: !inside, gt: above, lt: below, ge: above || exact, le: below || exact, sa: after, eb: before, ap: near };
  return tests[prefix] ?? false;
}
