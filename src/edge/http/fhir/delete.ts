import type { Asked, Reply } from '../route.ts';
import { writeOne, type WriteServices } from './reply-written.ts';
import { conditionIn, readVersion } from './write-headers.ts';

/**
 * DELETE [base]/{type}/{id} and [base]/{type}?{search} · http://hl7.org/fhir/R4/http.html#delete. The record is no longer found
 * or read; its versions stay. A search must name one record at most. What came is kept like a body: which address it was.
 */
export function deleteOne(services: WriteServices, asked: Asked): Promise<Reply> {
  const { type = '', id } = asked.params;
  const ifMatch = readVersion(asked);
  const kept = Buffer.from(JSON.stringify({ method: 'DELETE', url: id === undefined ? type : `${type}/${id}` }));
  return writeOne(services, asked, { method: 'delete', type, pointer: '', ...(id === undefined ? { condition: conditionIn(asked.query) } : { id }), ...(ifMatch !== undefined && { ifMatch }) }, kept);
}
