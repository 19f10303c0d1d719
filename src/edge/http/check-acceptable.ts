import type { Problem } from '../../fhir/problem.ts';
import type { Asked } from './route.ts';

const jsonFormats = new Set(['json', 'application/fhir+json', 'application/json', 'text/json']);
const jsonRanges = new Set([...jsonFormats, '*/*', 'application/*', 'text/*']);

/**
 * Whether the caller takes FHIR JSON, the form the gateway writes (FHIR R4 http.html#mime-type), or another this address
 * writes too. `_format` counts before Accept; absent, empty and wildcard ranges are fine; `q=0` and another FHIR version are a no.
 */
export function checkAcceptable(accept: string | undefined, format: string | undefined, also: readonly OtherForm[] = []): Problem | null {
  if (also.some((form) => asksFor(form, accept, format))) return null;
  const acceptable = format === undefined
    ? accept === undefined || accept.trim() === '' || accept.split(',').some(takesJson)
    : jsonFormats.has((format.split(';')[0] ?? '').trim().replace(' ', '+').toLowerCase()); // a plus sign that was not percent-encoded
  return acceptable ? null : notAcceptable;
}

/** Forms some addresses write beside JSON. */
export type OtherForm = 'text/html' | 'text/csv';

/** Whether this form is named, and JSON is not. */
export function asksForForm({ header, query }: Pick<Asked, 'header' | 'query'>, form: OtherForm): boolean {
  return asksFor(form, header('Accept'), query.find(([name]) => name === '_format')?.[1]);
}

function asksFor(form: OtherForm, accept: string | undefined, format: string | undefined): boolean {
  if (format !== undefined) return [form, form.slice('text/'.length)].includes(format.trim().toLowerCase());
  const named = (accept ?? '').split(',').filter((range) => !/;\s*q=0(\.0*)?\s*(;|$)/.test(range)).map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  return named.includes(form) && !named.some((type) => jsonFormats.has(type));
}

function takesJson(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const refused = parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter) || (parameter.startsWith('fhirversion=') && !/^fhirversion="?4\.0"?$/.test(parameter)));
  return jsonRanges.has(type) && !refused;
}

const notAcceptable: Problem = {
  category: 'not-acceptable', code: 'format-unsupported', text: 'The gateway answers in FHIR R4 JSON only.', expected: 'Accept: application/fhir+json',
  fix: 'Leave Accept and _format out, or name a JSON form.',
};
