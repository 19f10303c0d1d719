import type { Router } from 'express';
import type { FeedReport } from '../../../flow/feeds/feed-doctor.ts';
import type { FeedLedger } from '../../../flow/feeds/feed-ledger.ts';
import type { WorkList } from '../../../flow/feeds/feed-work-list.ts';
import type { ReplayReport } from '../../../flow/feeds/replay-feed.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

export interface FeedServices extends RouteServices, PageServices {
  feedWork: {
    report: (requester: Requester, key: string | null, request: RequestFacts) => Promise<FeedReport[]>;
    ledger: (requester: Requester, key: string, request: RequestFacts) => Promise<FeedLedger>;
    workList: (requester: Requester, key: string, offset: number, request: RequestFacts) => Promise<WorkList>;
    requeue: (requester: Requester, key: string, choice: { code: string | null; field: string | null; file: string | null }, request: RequestFacts) => Promise<{ requeued: number }>;
    replay: {
      start: (requester: Requester, key: string, request: RequestFacts) => Promise<ReplayReport>;
      show: (requester: Requester, key: string, request: RequestFacts) => Promise<ReplayReport>;
      approve: (requester: Requester, key: string, candidate: string, request: RequestFacts) => Promise<ReplayReport>;
      giveUp: (requester: Requester, key: string, request: RequestFacts) => Promise<ReplayReport>;
    };
  };
}

const address = 'governance/feeds';
const overseers = permitGovernance(['governance', 'privacy-officer'], 's', 'Task');
const answerable = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

/** A partner's own integration, whose client is registered for it: what sends a feed's files may not do this. */
export function integration({ role, scopes }: Requester): Problem | null {
  if (role !== 'integration') return { category: 'forbidden', code: 'integration-required', text: 'This is for a partner\'s own integration system.', expected: 'the role integration' };
  return scopes.includes('feeds') ? null : { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: 'the scope feeds' };
}

function readers(requester: Requester): Problem | null {
  return requester.role === 'integration' ? integration(requester) : overseers(requester);
}

/** What is stuck in feeds, and changed mappings: tried on everything a feed ever sent, approved, and then put in the place of what works. */
export function addFeedRoutes(router: Router, services: FeedServices): void {
  const { report, ledger, requeue, replay } = services.feedWork;
  const one = `${address}/{feed}`;
  router.get('/feeds', route(services, { interaction: 'feed-list', pattern: address, permit: readers }, async (asked) => json(200, { feeds: await report(asked.requester, null, asked.request) })));
  router.get('/feeds/:feed', route(services, { interaction: 'feed-list', pattern: one, permit: readers }, async (asked) => json(200, (await report(asked.requester, feedOf(asked), asked.request))[0])));
  router.get('/feeds/:feed/ledger', route(services, { interaction: 'feed-ledger', pattern: `${one}/ledger`, permit: readers }, async (asked) => json(200, await ledger(asked.requester, feedOf(asked), asked.request))));
  router.get('/feeds/:feed/work-list', route(services, { interaction: 'feed-work-list', pattern: `${one}/work-list`, permit: integration }, (asked) => workList(services, asked)));
  router.post('/feeds/:feed/requeue', route(services, { interaction: 'feed-requeue', pattern: `${one}/requeue`, permit: integration }, async (asked) => {
    const { code, field, file } = await readFields(asked, requeueFields);
    return json(200, await requeue(asked.requester, feedOf(asked), { code: code || null, field: field || null, file: file || null }, asked.request));
  }));
  router.get('/feeds/:feed/replay', route(services, { interaction: 'replay-show', pattern: `${one}/replay`, permit: readers }, async (asked) => json(200, await replay.show(asked.requester, feedOf(asked), asked.request))));
  router.post('/feeds/:feed/replay/start', route(services, { interaction: 'replay-start', pattern: `${one}/replay/start`, permit: integration }, async (asked) => {
    await readFields(asked, {});
    return json(202, await replay.start(asked.requester, feedOf(asked), asked.request));
  }));
  router.post('/feeds/:feed/replay/approve', route(services, { interaction: 'replay-approve', pattern: `${one}/replay/approve`, permit: answerable }, async (asked) => {
    const { candidate } = await readFields(asked, { candidate: { pattern: /^[0-9a-f]{64}$/, expected: 'the SHA-256 of the candidate the report is of, 64 lower-case hex digits' } });
    return json(202, await replay.approve(asked.requester, feedOf(asked), candidate, asked.request));
  }));
  router.post('/feeds/:feed/replay/give-up', route(services, { interaction: 'replay-give-up', pattern: `${one}/replay/give-up`, permit: integration }, async (asked) => {
    await readFields(asked, {});
    return json(200, await replay.giveUp(asked.requester, feedOf(asked), asked.request));
  }));
}

export const feedAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/feeds', address, 'GET, HEAD'],
  ['/feeds/:feed', `${address}/{feed}`, 'GET, HEAD'],
  ['/feeds/:feed/ledger', `${address}/{feed}/ledger`, 'GET, HEAD'],
  ['/feeds/:feed/work-list', `${address}/{feed}/work-list`, 'GET, HEAD'],
  ['/feeds/:feed/requeue', `${address}/{feed}/requeue`, 'POST'],
  ['/feeds/:feed/replay', `${address}/{feed}/replay`, 'GET, HEAD'],
  ['/feeds/:feed/replay/:change', `${address}/{feed}/replay/{change}`, 'POST'],
];

const named = { pattern: /^[\w /.:()-]{0,100}$/, expected: 'as the work list names it, or an empty text' };
const requeueFields = { code: named, field: named, file: named };

/** GET …/work-list: 50 of each list at a time, `next` being the address of the page after. */
async function workList(services: FeedServices, asked: Asked): Promise<Reply> {
  const of = `${address}/${feedOf(asked)}/work-list`;
  const [[name, value] = ['', ''], ...others] = asked.query;
  if (others.length > 0 || (name !== '' && name !== '_page')) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', expected: 'a next link as it was received' });
  }
  const { next, ...lists } = await services.feedWork.workList(asked.requester, feedOf(asked), name === '' ? 0 : openPageOf<number>(services, asked, of, value), asked.request);
  return json(200, { ...lists, next: next === null ? null : `/${of}?_page=${sealPageOf(services, asked, of, next)}` });
}

/** A key in another form is one no feed has. */
function feedOf({ params: { feed = '' } }: Asked): string {
  return /^[a-z0-9-]{1,64}$/.test(feed) ? feed : '';
}
