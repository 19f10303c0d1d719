import type { Asked, Reply } from '../route.ts';
import { readResource } from './read-resource.ts';
import { writeOne, type WriteServices } from './reply-written.ts';
import { readIfNoneExist } from './write-headers.ts';

/** POST [base]/{type} · http://hl7.org/fhir/R4/http.html#create and #ccreate. The gateway gives the id; one in the body is not looked at. */
export async function create(services: WriteServices, asked: Asked): Promise<Reply> {
  const { type = '' } = asked.params;
  const condition = readIfNoneExist(asked.header('If-None-Exist'));
  const { resource, bytes } = await readResource(asked, type, services.limits);
  return writeOne(services, asked, { method: 'create', type, resource, pointer: '', ...(condition && { condition }) }, bytes);
}
