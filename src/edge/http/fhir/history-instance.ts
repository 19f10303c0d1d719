import { Refusal } from '../../../fhir/problem.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { historyText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { parameterUnknown, readPaging, sealPageOf } from './paging.ts';
import { readSince } from './read-since.ts';

interface HistoryPage {
  before: number;
}

/** GET [base]/{type}/{id}/_history · http://hl7.org/fhir/R4/http.html#history. Newest first, paged; `_since` ends them. */
export async function historyInstance(services: FhirServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '' } = asked.params;
  const of = `${type}/${id}/_history`;
  const { count, page, others } = readPaging<HistoryPage>(services, asked, of);
  checkHistoryParameters(others);
  const since = readSince(others);
  const released = await services.release(asked.requester, { interaction: 'history-instance', type, id, since, before: page?.before ?? 0, count }, asked.request);
  const url = `${services.base}/${of}?_count=${count}${since === null ? '' : `&_since=${encodeURIComponent(since)}`}`;
  const shape = shapeOf(asked.query);
  const next = released.next ? { next: `${url}&_page=${sealPageOf(services, asked, of, released.next)}${shape}` } : {};
  return { status: 200, text: historyText(services.base, released, { self: `${url}${shape}`, ...next }) };
}

/** What a history is asked with, and nothing else: `_at` and `_list` are not offered. */
export function checkHistoryParameters(others: readonly (readonly [string, string])[]): void {
  const unknown = others.find(([name]) => name !== '_since' && !shapeParameters.includes(name));
  if (unknown) throw new Refusal(parameterUnknown('History takes no such parameter.', unknown[0], '_count, _since, _page'));
}
