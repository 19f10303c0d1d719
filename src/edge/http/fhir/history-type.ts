import type { HistoryPosition } from '../../../store/door/look-up.ts';
import { shapeOf } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { historyText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { checkHistoryParameters } from './history-instance.ts';
import { readPaging, sealPageOf } from './paging.ts';
import { readSince } from './read-since.ts';

/**
 * GET [base]/{type}/_history and [base]/_history · http://hl7.org/fhir/R4/http.html#history. Versions of whatever the caller may
 * see, newest first, paged by their place; `_since` ends them. A page is read under the grant of its own moment.
 */
export async function historyType(services: FhirServices, asked: Asked): Promise<Reply> {
  const type = asked.params['type'] ?? null;
  const of = type === null ? '_history' : `${type}/_history`;
  const from = readSince(asked.query);
  const { count, page, others } = readPaging<HistoryPosition>(services, asked, of);
  checkHistoryParameters(others);
  const released = await services.release(asked.requester, { interaction: 'history-type', type, since: from, after: page, count }, asked.request);
  const url = `${services.base}/${of}?_count=${count}${from === null ? '' : `&_since=${encodeURIComponent(from)}`}`;
  const shape = shapeOf(asked.query);
  const next = released.next ? { next: `${url}&_page=${sealPageOf(services, asked, of, released.next)}${shape}` } : {};
  return { status: 200, text: historyText(services.base, released, { self: `${url}${shape}`, ...next }) };
}
