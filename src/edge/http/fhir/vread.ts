import { Refusal } from '../../../fhir/problem.ts';
import { notFound } from '../../../fhir/outcome.ts';
import type { Asked, Reply } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';
import { replyRow } from './reply-resource.ts';

/** GET [base]/{type}/{id}/_history/{version} · http://hl7.org/fhir/R4/http.html#vread. A composed Patient has none. */
export async function vread(services: FhirServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '', version = '' } = asked.params;
  const number = /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0;
  const { rows: [row] } = await services.release(asked.requester, { interaction: 'vread', type, id, version: number }, asked.request);
  if (!row) throw new Refusal(notFound);
  return replyRow(asked, row);
}
