import type { Problem } from '../../fhir/problem.ts';

const jsonFormats = new Set(['json', 'application/fhir+json', 'application/json', 'text/json']);
const jsonRanges = new Set([...jsonFormats, '*/*', 'application/*', 'text/*']);

/**
 * Whether the caller takes FHIR JSON, the one form the gateway writes (FHIR R4 http.html#mime-type). `_format` counts
 * before Accept; absent, empty and wildcard ranges are fine; `q=0` and another FHIR version are a no.
 */
export function checkAcceptable(accept: string | undefined, format: string | undefined): Problem | null {
  const acceptable = format === undefined
    ? accept === undefined || accept.trim() === '' || accept.split(',').some(takesJson)
    : jsonFormats.has((format.split(';')[0] ?? '').trim().replace(' ', '+').toLowerCase()); // a plus sign that was not percent-encoded
  return acceptable ? null : notAcceptable;
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
