import { idDiffers } from '../../../fhir/outcome.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Asked, Reply } from '../route.ts';
import { readResource } from './read-resource.ts';
import { writeOne, type WriteServices } from './reply-written.ts';
import { conditionIn, readVersion } from './write-headers.ts';

/**
 * PUT [base]/{type}/{id} and [base]/{type}?{search} · http://hl7.org/fhir/R4/http.html#update and #cond-update. By its id only
 * from a version that is named (If-Match); a search that finds none of the writer's own records makes a new one.
 */
export async function update(services: WriteServices, asked: Asked): Promise<Reply> {
  const { type = '', id } = asked.params;
  const ifMatch = readVersion(asked);
  const { resource, bytes } = await readResource(asked, type, services.limits);
  if (id !== undefined && resource['id'] !== id) throw new Refusal(idDiffers);
  return writeOne(services, asked, { method: 'update', type, resource, pointer: '', ...(id === undefined ? { condition: conditionIn(asked.query) } : { id }), ...(ifMatch !== undefined && { ifMatch }) }, bytes);
}
