import { Refusal } from '../../../fhir/problem.ts';
import type { Asked, Reply } from '../route.ts';
import { searchsetText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { readPaging } from './paging.ts';

interface EverythingPage {
  after: { type: string; id: string };
  sent: string[];
}

/**
 * GET [base]/Patient/{citizen}/$everything · http://hl7.org/fhir/R4/patient-operation-everything.html
 * The composed Patient first, on page one only, then every visible row by type and id, with the directory rows they name.
 */
export async function patientEverything(services: FhirServices, asked: Asked): Promise<Reply> {
  const citizen = asked.params['id'] ?? '';
  const { count, page, others } = readPaging<EverythingPage>(services, asked);
  if (others.length > 0) {
    throw new Refusal({ category: 'unsupported', code: 'search-parameter-unknown', text: '$everything takes no such parameter here.', expected: '_count, _page' });
  }
  const released = await services.release(
    asked.requester, { interaction: 'everything', citizen, after: page?.after ?? null, sent: page?.sent ?? [], count }, { id: asked.requestId, address: asked.address });
  const url = `${services.base}/Patient/${citizen}/$everything`;
  const next = released.next ? { next: `${url}?_count=${count}&_page=${services.sealPage(asked.requester, released.next)}` } : {};
  return { status: 200, text: searchsetText(services.base, released, { self: `${url}?_count=${count}`, ...next }, { composed: page === null }) };
}
