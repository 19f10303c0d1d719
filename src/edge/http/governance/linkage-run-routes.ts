import type { Router } from 'express';
import type { LinkageChange, LinkageRun } from '../../../store/linkage/linkage-runs.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  run: string;
  id: string;
}

export interface LinkageRunServices extends RouteServices, PageServices {
  linkageRuns: {
    start: (requester: Requester, request: RequestFacts) => Promise<LinkageRun>;
    show: (requester: Requester, request: RequestFacts) => Promise<LinkageRun>;
    changes: (requester: Requester, after: Position | null, count: number, request: RequestFacts) => Promise<{ changes: LinkageChange[]; next: Position | null }>;
    approve: (requester: Requester, run: string, request: RequestFacts) => Promise<LinkageRun>;
    giveUp: (requester: Requester, request: RequestFacts) => Promise<LinkageRun>;
  };
}

const address = 'governance/linkage-run';
const pageSize = 100;
/** it reaches every partner's people */
const readers = permitGovernance(['governance'], 's', 'Task');
const keepers = permitGovernance(['governance'], 'u', 'Task');

/** Past links compared with the linkage rule of now, approved, and applied. */
export function addLinkageRunRoutes(router: Router, services: LinkageRunServices): void {
  const { linkageRuns } = services;
  router.get('/linkage-run', route(services, { interaction: 'linkage-show', pattern: address, permit: readers }, async (asked) => json(200, await linkageRuns.show(asked.requester, asked.request))));
  router.get('/linkage-run/changes', route(services, { interaction: 'linkage-show', pattern: `${address}/changes`, permit: readers }, (asked) => changes(services, asked)));
  router.post('/linkage-run/start', route(services, { interaction: 'linkage-re-run', pattern: `${address}/start`, permit: keepers }, async (asked) => {
    await readFields(asked, {});
    return json(202, await linkageRuns.start(asked.requester, asked.request));
  }));
  router.post('/linkage-run/approve', route(services, { interaction: 'linkage-re-run', pattern: `${address}/approve`, permit: keepers }, async (asked) => {
    const { run } = await readFields(asked, { run: { pattern: /^[0-9a-f-]{36}$/, expected: 'the id of the run whose changes were seen' } });
    return json(202, await linkageRuns.approve(asked.requester, run, asked.request));
  }));
  router.post('/linkage-run/give-up', route(services, { interaction: 'linkage-re-run', pattern: `${address}/give-up`, permit: keepers }, async (asked) => {
    await readFields(asked, {});
    return json(200, await linkageRuns.giveUp(asked.requester, asked.request));
  }));
}

export const linkageRunAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/linkage-run', address, 'GET, HEAD'],
  ['/linkage-run/changes', `${address}/changes`, 'GET, HEAD'],
  ['/linkage-run/:change', `${address}/{change}`, 'POST'],
];

/** GET /governance/linkage-run/changes: 100 at a time, `next` being the address of the page after. */
async function changes(services: LinkageRunServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['', ''], ...others] = asked.query;
  if (others.length > 0 || (name !== '' && name !== '_page')) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: '_page' }, expected: 'nothing, or a next link as it was received' });
  }
  const after = name === '_page' ? openPageOf<Position>(services, asked, address, value) : null;
  const { changes: page, next } = await services.linkageRuns.changes(asked.requester, after, pageSize, asked.request);
  return json(200, { changes: page, next: next && `/${address}/changes?_page=${sealPageOf(services, asked, address, next)}` });
}
