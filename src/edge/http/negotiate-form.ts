import type { Problem } from '../../fhir/problem.ts';

export type Form = 'json' | 'xml';

const mediaTypes: Readonly<Record<Form, readonly string[]>> = {
  json: ['application/fhir+json', 'application/json', 'text/json'],
  xml: ['application/fhir+xml', 'application/xml', 'text/xml'],
};

/** What a request says about the form of its answer. */
export interface FormWishes {
  accept: string | undefined;
  /** counts before Accept */
  format: string | undefined;
  /** of the body, if there is one: decides where nothing else does */
  contentType: string | undefined;
}

/**
 * The form the caller takes best of those that are offered (FHIR R4 http.html#mime-type, RFC 9110 12.5.1): by q-value, the
 * closest range first; JSON where nothing says otherwise. `q=0` and another FHIR version are a no.
 */
export function negotiateForm({ accept, format, contentType }: FormWishes, offered: readonly Form[]): { form: Form } | { problem: Problem } {
  const sent = formOf(contentType ?? '');
  const usual = sent !== undefined && offered.includes(sent) ? sent : 'json';
  if (format !== undefined) {
    const named = rangeOf(format) && formOf(format);
    return named !== undefined && offered.includes(named) ? { form: named } : { problem: notAcceptable(offered) };
  }
  if (accept === undefined || accept.trim() === '') return { form: usual };
  const ranges = accept.split(',').flatMap((text) => rangeOf(text) ?? []);
  const wanted = offered.map((form) => ({ form, quality: qualityOf(form, ranges) })).filter(({ quality }) => quality > 0);
  const best = wanted.toSorted((a, b) => b.quality - a.quality || Number(b.form === usual) - Number(a.form === usual))[0];
  return best ? { form: best.form } : { problem: notAcceptable(offered) };
}

/** The form a media type or a short name is one of; parameters do not matter. */
export function formOf(mediaType: string): Form | undefined {
  const name = (mediaType.split(';')[0] ?? '').trim().replace(' ', '+').toLowerCase(); // a plus sign that was not percent-encoded
  return (['json', 'xml'] as const).find((form) => name === form || mediaTypes[form].includes(name));
}

interface MediaRange {
  type: string;
  quality: number;
}

/** A range for another FHIR version is none. */
function rangeOf(text: string): MediaRange | undefined {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  if (parameters.some(isOtherVersion)) return undefined;
  const quality = parameters.flatMap((parameter) => /^q=([01](?:\.\d{0,3})?)$/.exec(parameter)?.[1] ?? [])[0];
  return { type, quality: quality === undefined ? 1 : Math.min(Number(quality), 1) };
}

/** Whether a parameter of a media type, in small letters, names another FHIR version than R4. */
export function isOtherVersion(parameter: string): boolean {
  return parameter.startsWith('fhirversion=') && !/^fhirversion="?4\.0(?:\.1)?"?$/.test(parameter);
}

/** By the closest range: a media type, then `application/*`, then anything. A short name, as some clients send it, is a media type. */
function qualityOf(form: Form, ranges: readonly MediaRange[]): number {
  const named = [form, ...mediaTypes[form]];
  for (const types of [named, ['application/*', 'text/*'], ['*/*', '*']]) {
    const matching = ranges.filter(({ type }) => types.includes(type));
    if (matching.length > 0) return Math.max(...matching.map(({ quality }) => quality));
  }
  return 0;
}

function notAcceptable(offered: readonly Form[]): Problem {
  return {
    category: 'not-acceptable', code: 'format-unsupported', text: `The gateway answers here in FHIR R4 ${offered.map((form) => form.toUpperCase()).join(' or ')} only.`,
    expected: `Accept: ${offered.map((form) => mediaTypes[form][0]).join(' or ')}`, fix: 'Leave Accept and _format out, or name one of these.',
  };
}
