import { Refusal } from '../../../fhir/problem.ts';
import { shapeOf } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import { searchsetText } from './bundle.ts';
import type { FhirServices } from './fhir-services.ts';
import { readPaging, sealPageOf } from './paging.ts';
import { readPosted } from './read-inputs.ts';
import type { ResourceLimits } from './read-resource.ts';

interface EverythingPage {
  after: { type: string; id: string };
  sent: string[];
}

/**
 * GET or POST [base]/Patient/{citizen}/$everything · http://hl7.org/fhir/R4/patient-operation-everything.html
 * The composed Patient first, on page one only, then every visible row by type and id, with the directory rows they name.
 */
export async function patientEverything(services: FhirServices & { limits: ResourceLimits }, asked: Asked, posted: boolean): Promise<Reply> {
  const citizen = asked.params['id'] ?? '';
  const of = `Patient/${citizen}/$everything`;
  const { count, page, others } = readPaging<EverythingPage>(services, asked, of, posted ? await readPosted(asked, services.limits) : []);
  if (others.length > 0) {
    throw new Refusal({ category: 'unsupported', code: 'search-parameter-unknown', text: '$everything takes no such parameter here.', expected: '_count, _page' });
  }
  const released = await services.release(
    asked.requester, { interaction: 'everything', citizen, after: page?.after ?? null, sent: page?.sent ?? [], count }, asked.request);
  const url = `${services.base}/${of}`;
  const next = released.next ? { next: `${url}?_count=${count}&_page=${sealPageOf(services, asked, of, released.next)}${shapeOf(asked.query)}` } : {};
  return { status: 200, text: searchsetText(services.base, released, { self: `${url}?_count=${count}${shapeOf(asked.query)}`, ...next }, { composed: page === null }) };
}
