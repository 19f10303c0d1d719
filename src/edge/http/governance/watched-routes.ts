import type { Router } from 'express';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { WatchAsk } from '../../../flow/audit/watched-citizens.ts';
import type { WatchedCitizen } from '../../../store/audit/watched-citizens.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  decidedAt: string;
  id: string;
}

export interface WatchedServices extends RouteServices, PageServices {
  watched: {
    list: (requester: Requester, asked: { after: Position | null; count: number }, request: RequestFacts) => Promise<{ watched: WatchedCitizen[]; next: Position | null }>;
    add: (requester: Requester, ask: WatchAsk, request: RequestFacts) => Promise<WatchedCitizen>;
    end: (requester: Requester, id: string, request: RequestFacts) => Promise<WatchedCitizen>;
  };
}

const address = 'governance/watched-citizens';
const pageSize = 50;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const changers = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

/** Citizens an organisation keeps an eye on: people others are curious about, and its own staff. */
export function addWatchedRoutes(router: Router, services: WatchedServices): void {
  const { watched } = services;
  router.get('/watched-citizens', route(services, { interaction: 'watched-list', pattern: address, permit: readers }, (asked) => list(services, asked)));
  router.post('/watched-citizens', route(services, { interaction: 'watched-add', pattern: address, permit: changers },
    async (asked) => json(201, await watched.add(asked.requester, askOf(await readFields(asked, fields)), asked.request))));
  router.post('/watched-citizens/:id/end', route(services, { interaction: 'watched-end', pattern: `${address}/{id}/end`, permit: changers }, async (asked) => {
    await readFields(asked, {});
    return json(200, await watched.end(asked.requester, asked.params['id'] ?? '', asked.request));
  }));
}

export const watchedAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/watched-citizens', address, 'GET, HEAD, POST'],
  ['/watched-citizens/:id/end', `${address}/{id}/end`, 'POST'],
];

const fields = {
  patient: { pattern: /^[A-Za-z0-9.-]{1,64}$/, expected: 'the citizen\'s id' },
  kind: { pattern: /^(?:prominent|staff)$/, expected: 'prominent or staff' },
  person: { pattern: /^[^\p{Cc}\p{Cf}\p{Cs}]{0,200}$/u, expected: 'of staff, who they are at the issuer; else nothing' },
  reason: { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'why, in 1 to 500 characters on one line' },
};

function askOf({ patient, kind, person, reason }: Record<keyof typeof fields, string>): WatchAsk {
  if ((kind === 'staff') !== (person !== '')) {
    throw new Refusal({ category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: '/person' }, expected: 'for staff who they are at the issuer, for others nothing' });
  }
  return { citizen: patient, kind: kind === 'staff' ? 'staff' : 'prominent', person: person === '' ? null : person, reason: reason.trim() };
}

/** GET /governance/watched-citizens: 50 at a time, newest first; `next` being the address of the page after. */
async function list(services: WatchedServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['', ''], ...others] = asked.query;
  if (others.length > 0 || !['', '_page'].includes(name)) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: '_page' }, expected: 'nothing, or a next link as it was received' });
  }
  const after = name === '_page' ? openPageOf<Position>(services, asked, address, value) : null;
  const { watched, next } = await services.watched.list(asked.requester, { after, count: pageSize }, asked.request);
  return json(200, { watched, next: next && `/${address}?_page=${sealPageOf(services, asked, address, next satisfies Position)}` });
}
