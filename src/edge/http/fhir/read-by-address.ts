import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { isConformanceType } from '../../../flow/reading/conformance.ts';
import { readParameters } from '../read-parameters.ts';
import type { Asked, Reply } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';
import { permit, type PermittedInteraction } from './permit.ts';
import { read } from './read.ts';
import { refuseEntry, type AnsweredEntry, type RefusalServices } from './refuse-entry.ts';
import { searchType } from './search-type.ts';
import { vread } from './vread.ts';

const addresses: readonly { form: RegExp; interaction: PermittedInteraction; handle: (services: FhirServices, asked: Asked) => Promise<Reply> }[] = [
  { form: /^(?<type>[A-Za-z]+)\/(?<id>[A-Za-z0-9.-]{1,64})\/_history\/(?<version>[A-Za-z0-9.-]{1,64})$/, interaction: 'vread', handle: vread },
  { form: /^(?<type>[A-Za-z]+)\/(?<id>[A-Za-z0-9.-]{1,64})$/, interaction: 'read', handle: read },
  { form: /^(?<type>[A-Za-z]+)$/, interaction: 'search-type', handle: (services, asked) => searchType(services, asked, false) },
];

/**
 * A read, a read of a version or a search inside a Bundle: whole, and else as at its own address, under the same scopes, with its
 * own entry in the audit trail. The log and what is published are read at their addresses.
 */
export async function readByAddress(services: FhirServices & RefusalServices, asked: Asked, url: string, head: boolean): Promise<AnsweredEntry> {
  try {
    const [path = '', search = ''] = url.split(/\?(.*)/s);
    const found = addresses.flatMap(({ form, ...rest }) => {
      const { groups } = form.exec(path) ?? {};
      return groups ? [{ ...rest, params: { ...groups } }] : [];
    })[0];
    const { type = '' } = found?.params ?? {};
    if (!found || type === 'AuditEvent' || isConformanceType(type)) throw new Refusal(notRead);
    const query = readParameters(search);
    if (query.some(takesPart)) throw new Refusal(notInPart);
    const inner: Asked = { ...asked, params: found.params, query, header: () => undefined };
    const refused = permit(found.interaction)(asked.requester, inner);
    if (refused) throw new Refusal(refused);
    const { status, text, headers = {} } = await found.handle(services, inner);
    const etag = headers['ETag'];
    return { response: { status: `${status} OK`, ...(etag !== undefined && { etag }) }, ...(text !== undefined && !head && { resource: text }) };
  } catch (error) {
    return refuseEntry(services, asked, error);
  }
}

function takesPart([name, value]: [string, string]): boolean {
  return name === '_elements' || (name === '_summary' && value !== 'count' && value !== 'false');
}

const notRead: Problem = { category: 'unsupported', code: 'request-read', text: 'Nothing is read at this address inside a Bundle.', expected: '{type}/{id}, {type}/{id}/_history/{version} or {type}?{search} of records about people or of the directory' };
const notInPart: Problem = { category: 'unsupported', code: 'request-read-part', text: 'What is read inside a Bundle is read whole.', expected: 'no _elements, and no _summary but count', fix: 'Leave it out, or read at the address itself.' };
