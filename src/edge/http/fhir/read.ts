import { Refusal } from '../../../fhir/problem.ts';
import { notFound } from '../../../fhir/outcome.ts';
import type { Asked, Reply } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';
import { replyComposed, replyRow } from './reply-resource.ts';

/** GET [base]/{type}/{id} · http://hl7.org/fhir/R4/http.html#read */
export async function read(services: FhirServices, asked: Asked): Promise<Reply> {
  const { type = '', id = '' } = asked.params;
  const { composed: [citizen], rows: [row] } = await services.release(asked.requester, { interaction: 'read', type, id }, asked.request);
  if (citizen) return replyComposed(asked, citizen);
  if (row) return replyRow(asked, row);
  throw new Refusal(notFound);
}
