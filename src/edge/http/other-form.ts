import type { Asked } from './route.ts';

/** Forms some addresses write beside FHIR's own. */
export type OtherForm = 'text/html' | 'text/csv' | 'application/fhir+ndjson';

const jsonTypes = new Set(['json', 'application/fhir+json', 'application/json', 'text/json']);

/** Whether a request names this form, and JSON not. */
export function asksForForm({ header, query }: Pick<Asked, 'header' | 'query'>, form: OtherForm): boolean {
  const format = query.find(([name]) => name === '_format')?.[1];
  if (format !== undefined) return [form, form.slice(form.indexOf('/') + 1)].includes(format.trim().toLowerCase());
  const named = (header('Accept') ?? '').split(',').filter((range) => !/;\s*q=0(\.0*)?\s*(;|$)/.test(range)).map((range) => (range.split(';')[0] ?? '').trim().toLowerCase());
  return named.includes(form) && !named.some((type) => jsonTypes.has(type));
}
