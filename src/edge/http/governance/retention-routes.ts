import type { Router } from 'express';
import { rangeOf } from '../../../fhir/date-range.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { LegalHoldAsk } from '../../../flow/audit/legal-hold.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { DueReport } from '../../../flow/audit/retention.ts';
import type { LegalHold } from '../../../store/audit/legal-holds.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  placedAt: string;
  id: string;
}

export interface RetentionServices extends RouteServices, PageServices {
  retention: {
    due: (requester: Requester, request: RequestFacts) => Promise<{ version: string; rules: DueReport[] }>;
    erase: (requester: Requester, rule: string, version: string, request: RequestFacts) => Promise<{ erased: number; held: number; more: boolean }>;
  };
  legalHolds: {
    list: (requester: Requester, asked: { after: Position | null; count: number }, request: RequestFacts) => Promise<{ legalHolds: LegalHold[]; next: Position | null }>;
    place: (requester: Requester, ask: LegalHoldAsk, request: RequestFacts) => Promise<LegalHold>;
    end: (requester: Requester, id: string, reason: string, request: RequestFacts) => Promise<LegalHold>;
  };
}

const [retention, holds] = ['governance/retention', 'governance/legal-holds'];
const pageSize = 50;
const readers = permitGovernance(['governance'], 's', 'AuditEvent');
const keepers = permitGovernance(['governance'], 'u', 'AuditEvent');

/** How long things are kept, what is due, and what must not be erased. */
export function addRetentionRoutes(router: Router, services: RetentionServices): void {
  const { retention: kept, legalHolds } = services;
  router.get('/retention', route(services, { interaction: 'retention-list', pattern: retention, permit: readers }, async (asked) => {
    if (asked.query.length > 0) throw new Refusal(noParameters);
    return json(200, await kept.due(asked.requester, asked.request));
  }));
  router.post('/retention/:rule/erase', route(services, { interaction: 'retention-erase', pattern: `${retention}/{rule}/erase`, permit: keepers }, async (asked) => {
    const { version } = await readFields(asked, { version: { pattern: /^[a-z0-9][a-z0-9.-]{0,39}$/, expected: 'the version of the rules as GET /governance/retention gave it' } });
    return json(200, await kept.erase(asked.requester, asked.params['rule'] ?? '', version, asked.request));
  }));
  router.get('/legal-holds', route(services, { interaction: 'legal-hold-list', pattern: holds, permit: readers }, (asked) => list(services, asked)));
  router.post('/legal-holds', route(services, { interaction: 'legal-hold-place', pattern: holds, permit: keepers }, async (asked) =>
    json(201, await legalHolds.place(asked.requester, askOf(await readFields(asked, fields)), asked.request))));
  router.post('/legal-holds/:id/end', route(services, { interaction: 'legal-hold-end', pattern: `${holds}/{id}/end`, permit: keepers }, async (asked) => {
    const { reason } = await readFields(asked, { reason: reasonField });
    return json(200, await legalHolds.end(asked.requester, asked.params['id'] ?? '', reason.trim(), asked.request));
  }));
}

export const retentionAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/retention', retention, 'GET, HEAD'], ['/retention/:rule/erase', `${retention}/{rule}/erase`, 'POST'],
  ['/legal-holds', holds, 'GET, HEAD, POST'], ['/legal-holds/:id/end', `${holds}/{id}/end`, 'POST'],
];

const reasonField = { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'why, in 1 to 500 characters on one line' };
const fields = {
  patient: { pattern: /^[A-Za-z0-9.-]{0,64}$/, expected: 'the citizen\'s id, or nothing' },
  organisation: { pattern: /^$|^[^\s|]{1,300}\|[^\s|]{1,100}$/, expected: 'system|value of an organisation, or nothing' },
  until: { pattern: /^$|^\d{4}-\d\d-\d\d$/, expected: 'the last day, or nothing' },
  reason: reasonField,
};

function askOf({ patient, organisation, until, reason }: Record<keyof typeof fields, string>): LegalHoldAsk {
  if (until !== '' && !rangeOf(until)) throw new Refusal({ category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/until' }, expected: 'a day that exists' });
  return { citizen: patient || null, organisation: organisation || null, until: until || null, reason: reason.trim() };
}

/** GET /governance/legal-holds: 50 at a time, newest first; `next` being the address of the page after. */
async function list(services: RetentionServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['', ''], ...others] = asked.query;
  if (others.length > 0 || !['', '_page'].includes(name)) throw new Refusal(noParameters);
  const after = name === '_page' ? openPageOf<Position>(services, asked, holds, value) : null;
  const { legalHolds, next } = await services.legalHolds.list(asked.requester, { after, count: pageSize }, asked.request);
  return json(200, { legalHolds, next: next && `/${holds}?_page=${sealPageOf(services, asked, holds, next)}` });
}

const noParameters = { category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', expected: 'no parameter, or a next link as it was received' } as const;
