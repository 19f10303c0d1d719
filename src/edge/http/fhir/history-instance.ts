import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { historyText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { readPaging, sealPageOf } from './paging.ts';

interface HistoryPage {
  before: number;
}

/** GET [base]/{type}/{id}/_history · http://hl7.org/fhir/R4/http.html#history. Newest first, paged. */
export async function historyInstance(services: FhirServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '' } = asked.params;
  const of = `${type}/${id}/_history`;
  const { count, page, others } = readPaging<HistoryPage>(services, asked, of);
  if (others.some((name) => !shapeParameters.includes(name))) throw new Refusal(unknownParameter);
  const released = await services.release(asked.requester, { interaction: 'history-instance', type, id, before: page?.before ?? 0, count }, asked.request);
  const url = `${services.base}/${of}`;
  const shape = shapeOf(asked.query);
  const next = released.next ? { next: `${url}?_count=${count}&_page=${sealPageOf(services, asked, of, released.next)}${shape}` } : {};
  return { status: 200, text: historyText(services.base, released, { self: `${url}?_count=${count}${shape}`, ...next }) };
}

const unknownParameter: Problem = {
  category: 'unsupported', code: 'search-parameter-unknown', text: 'History takes no such parameter.', expected: '_count, _page',
};
