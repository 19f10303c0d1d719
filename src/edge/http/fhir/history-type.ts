import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { HistoryPosition } from '../../../store/door/look-up.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { historyText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { readPaging, sealPageOf } from './paging.ts';

/**
 * GET [base]/{type}/_history and [base]/_history · http://hl7.org/fhir/R4/http.html#history. Versions of whatever the caller may
 * see, newest first, paged by their place; `_since` ends them. A page is read under the grant of its own moment.
 */
export async function historyType(services: FhirServices, asked: Asked): Promise<Reply> {
  const type = asked.params['type'] ?? null;
  const of = type === null ? '_history' : `${type}/_history`;
  const since = asked.query.find(([name]) => name === '_since')?.[1];
  const { count, page, others } = readPaging<HistoryPosition>(services, { ...asked, query: asked.query.filter(([name]) => name !== '_since') }, of);
  if (others.some((name) => !shapeParameters.includes(name))) throw new Refusal(unknownParameter);
  const from = since === undefined ? null : instantOf(since);
  const released = await services.release(asked.requester, { interaction: 'history-type', type, since: from, after: page, count }, asked.request);
  const url = `${services.base}/${of}?_count=${count}${from === null ? '' : `&_since=${encodeURIComponent(from)}`}`;
  const shape = shapeOf(asked.query);
  const next = released.next ? { next: `${url}&_page=${sealPageOf(services, asked, of, released.next)}${shape}` } : {};
  return { status: 200, text: historyText(services.base, released, { self: `${url}${shape}`, ...next }) };
}

/** A plus sign that was not percent-encoded arrives as a space. */
function instantOf(text: string): string {
  const at = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[ +-]\d\d:\d\d)$/.test(text) ? text.replace(' ', '+') : Number.NaN);
  if (Number.isNaN(at.getTime())) throw new Refusal(sinceInvalid);
  return at.toISOString();
}

const sinceInvalid: Problem = { category: 'invalid', code: 'search-value-invalid', text: 'The beginning of the history is not an instant.', at: { field: '_since' }, expected: 'a date and time to the second, with its offset' };
const unknownParameter: Problem = { category: 'unsupported', code: 'search-parameter-unknown', text: 'History takes no such parameter.', expected: '_count, _since, _page' };
