import type { AuditEvent } from '@medplum/fhirtypes';
import { ignoredNotice } from '../../../fhir/notices.ts';
import { parseSearch } from '../../../fhir/parse-search.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { AuditAsk, AuditPage } from '../../../flow/audit/search-audit.ts';
import { shapeOf, shapeParameters } from '../representation.ts';
import type { Asked, Reply } from '../route.ts';
import type { FhirServices } from './fhir-services.ts';
import { openPageOf, sealPageOf } from './paging.ts';
import { handlingOf, readForm } from './search-type.ts';

export interface AuditServices extends FhirServices {
  searchAudit: (requester: Requester, ask: AuditAsk, request: RequestFacts) => Promise<AuditPage>;
  readAudit: (requester: Requester, id: string, request: RequestFacts) => Promise<AuditEvent>;
}

interface AuditPageState {
  parameters: [string, string][];
  handling: 'strict' | 'lenient';
  before: AuditAsk['before'];
}

/** GET [base]/AuditEvent/{id}, {id}.disclosure, {id}.decision · an entry never changes, but for its content being erased where the law asks: it has no versions */
export async function readAuditEvent(services: AuditServices, asked: Asked): Promise<Reply> {
  return { status: 200, text: JSON.stringify(await services.readAudit(asked.requester, asked.params['id'] ?? '', asked.request)) };
}

/**
 * GET [base]/AuditEvent?type=&patient=&agent=&agent:identifier=&agent-name=&agent-role=&date=&action=&subtype=&outcome=&purpose=&policy=&entity=&source:identifier= ·
 * newest first. `agent` is a person's or client's id as entries name it, `agent:identifier` the identifier of the organisation that
 * asked, `agent-name` a word of the person's name, `policy` a token's id or a clause as `urn:onestory:agreement:{id}:{version}:{clause}`,
 * `policy:below` an agreement or one version of it. `type` asks for what an entry is beside the request it was: 110106 a disclosure, 110113 a decision.
 */
export async function searchAuditEvent(services: AuditServices, asked: Asked, posted: boolean): Promise<Reply> {
  const given = posted ? [...asked.query, ...(await readForm(asked))] : asked.query;
  const token = given.find(([name]) => name === '_page')?.[1];
  const state = token === undefined ? null : openPageOf<AuditPageState>(services, asked, 'AuditEvent', token);
  const { parameters, handling } = state ?? { parameters: given.filter(([name]) => !shapeParameters.includes(name)), handling: handlingOf(asked) };
  const parsed = parseSearch('AuditEvent', parameters, { handling, base: services.base });
  if ('problems' in parsed) throw new Refusal(...parsed.problems);
  const page = await services.searchAudit(asked.requester, { query: parsed.query, before: state?.before ?? null }, asked.request);
  const link = (before: AuditAsk['before']): string => `${services.base}/AuditEvent?_page=${sealPageOf(services, asked, 'AuditEvent', { parameters, handling, before } satisfies AuditPageState)}${shapeOf(given)}`;
  const entry = [
    ...page.events.map((resource) => ({ fullUrl: `${services.base}/AuditEvent/${resource.id ?? ''}`, resource, search: { mode: 'match' } })),
    ...(parsed.ignored.length > 0 ? [ignoredNotice(parsed.ignored)] : []),
  ];
  const bundle = {
    resourceType: 'Bundle', type: 'searchset',
    link: [{ relation: 'self', url: link(state?.before ?? null) }, ...(page.next ? [{ relation: 'next', url: link(page.next) }] : [])],
    ...(entry.length > 0 && { entry }),
  };
  return { status: 200, text: JSON.stringify(bundle) };
}
