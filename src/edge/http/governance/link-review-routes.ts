import type { Router } from 'express';
import type { LinksExplained } from '../../../flow/linkage/explain-links.ts';
import type { LinkReviewDetails, LinkReviewEntry } from '../../../flow/linkage/list-link-reviews.ts';
import type { LinkOpinionGiven } from '../../../flow/linkage/decide-link-review.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { linkOutcomes, type LinkOutcome } from '../../../fhir/link-outcomes.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  foundAt: string;
  reference: string;
}

type One = (requester: Requester, reference: string, request: RequestFacts) => Promise<LinkReviewEntry>;

export interface LinkReviewServices extends RouteServices, PageServices {
  linkReviews: {
    list: (requester: Requester, asked: { settled: boolean; after: Position | null; count: number }, request: RequestFacts) => Promise<{ linkReviews: LinkReviewEntry[]; next: Position | null }>;
    why: (requester: Requester, citizen: string, request: RequestFacts) => Promise<LinksExplained>;
    show: (requester: Requester, reference: string, request: RequestFacts) => Promise<LinkReviewDetails>;
    claim: One;
    release: One;
    decide: (requester: Requester, reference: string, given: LinkOpinionGiven, request: RequestFacts) => Promise<LinkReviewEntry>;
    undo: (requester: Requester, reference: string, reason: string, request: RequestFacts) => Promise<LinkReviewEntry>;
  };
}

const address = 'governance/link-reviews';
const pageSize = 50;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'Task');
const reviewers = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

/** Pairs of records that may be about one person, settled by those who oversee sharing. */
export function addLinkReviewRoutes(router: Router, services: LinkReviewServices): void {
  const { linkReviews } = services;
  const change = (what: 'claim' | 'release' | 'decide' | 'undo', handle: (asked: Asked) => Promise<LinkReviewEntry>): void => {
    router.post(`/link-reviews/:reference/${what}`, route(services, { interaction: `link-${what}`, pattern: `${address}/{reference}/${what}`, permit: reviewers }, async (asked) => json(200, await handle(asked))));
  };
  router.get('/link-reviews', route(services, { interaction: 'link-list', pattern: address, permit: readers }, (asked) => list(services, asked)));
  router.get('/link-reviews/:reference', route(services, { interaction: 'link-show', pattern: `${address}/{reference}`, permit: readers },
    async (asked) => json(200, await linkReviews.show(asked.requester, referenceOf(asked), asked.request))));
  router.get('/links/:citizen', route(services, { interaction: 'link-why', pattern: 'governance/links/{citizen}', permit: readers }, (asked) => why(services, asked)));
  for (const what of ['claim', 'release'] as const) {
    change(what, async (asked) => {
      await readFields(asked, {});
      return linkReviews[what](asked.requester, referenceOf(asked), asked.request);
    });
  }
  change('decide', async (asked) => {
    const { outcome, reason, seen } = await readFields(asked, { outcome: outcomeField, reason: reasonField, seen: seenField });
    return linkReviews.decide(asked.requester, referenceOf(asked), { outcome: outcome as LinkOutcome, reason: reason.trim(), seen }, asked.request);
  });
  change('undo', async (asked) => {
    const { reason } = await readFields(asked, { reason: reasonField });
    return linkReviews.undo(asked.requester, referenceOf(asked), reason.trim(), asked.request);
  });
}

export const linkReviewAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/links/:citizen', 'governance/links/{citizen}', 'GET, HEAD'],
  ['/link-reviews', address, 'GET, HEAD'],
  ['/link-reviews/:reference', `${address}/{reference}`, 'GET, HEAD'],
  ['/link-reviews/:reference/:change', `${address}/{reference}/{change}`, 'POST'],
];

const outcomeField = { pattern: new RegExp(`^(?:${linkOutcomes.join('|')})$`), expected: `one of ${linkOutcomes.join(', ')}` };
const reasonField = { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'why, in 1 to 500 characters on one line' };
const seenField = { pattern: /^[0-9a-f]{64}$/, expected: 'the value of seen as the pair was read' };

interface Page {
  settled: boolean;
  after: Position;
}

/** GET /governance/link-reviews?state=open|settled: 50 at a time, `next` being the address of the page after. */
async function list(services: LinkReviewServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['state', 'open'], ...others] = asked.query;
  if (others.length > 0 || (name !== '_page' && !(name === 'state' && (value === 'open' || value === 'settled')))) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: 'state' }, expected: 'state=open or state=settled, or a next link as it was received' });
  }
  const page = name === '_page' ? openPageOf<Page>(services, asked, address, value) : null;
  const settled = page?.settled ?? value === 'settled';
  const { linkReviews, next } = await services.linkReviews.list(asked.requester, { settled, after: page?.after ?? null, count: pageSize }, asked.request);
  return json(200, { linkReviews, next: next && `/${address}?_page=${sealPageOf(services, asked, address, { settled, after: next } satisfies Page)}` });
}

/** GET /governance/links/{citizen}: why a citizen's source Patients are one. */
async function why({ linkReviews }: LinkReviewServices, { requester, params, query, request }: Asked): Promise<Reply> {
  if (query.length > 0) throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'This takes no parameters.', at: { field: query[0]?.[0] ?? '' }, expected: 'the address alone' });
  return json(200, await linkReviews.why(requester, params['citizen'] ?? '', request));
}

/** A reference in another form is one of no pair. */
function referenceOf({ params: { reference = '' } }: Asked): string {
  return /^LR-[0-9A-F]{16}$/.test(reference) ? reference : '';
}
