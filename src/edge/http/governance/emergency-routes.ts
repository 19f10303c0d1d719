import type { Router } from 'express';
import type { EmergencyDetails, EmergencyEntry, ReviewState } from '../../../flow/sharing/list-emergencies.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { Refusal } from '../../../fhir/problem.ts';
import { reviewOutcomes, type ReviewOutcome } from '../../../fhir/review-outcomes.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  openedAt: string;
  reference: string;
}

export interface ReviewServices extends RouteServices, PageServices {
  emergencies: {
    list: (requester: Requester, asked: { state: ReviewState; after: Position | null; count: number }, request: RequestFacts) => Promise<{ emergencyAccesses: EmergencyEntry[]; next: Position | null }>;
    read: (requester: Requester, reference: string, request: RequestFacts) => Promise<EmergencyDetails>;
    review: (requester: Requester, reference: string, found: { outcome: ReviewOutcome; note: string }, request: RequestFacts) => Promise<EmergencyDetails>;
    revoke: (requester: Requester, reference: string, request: RequestFacts) => Promise<EmergencyDetails>;
  };
}

const address = 'governance/emergency-accesses';
const pageSize = 50;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'Task');
const reviewers = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

/** Reviews of emergency access by those who oversee sharing in the organisations concerned. */
export function addEmergencyRoutes(router: Router, services: ReviewServices): void {
  const { emergencies } = services;
  router.get('/emergency-accesses', route(services, { interaction: 'emergency-list', pattern: address, permit: readers }, (asked) => list(services, asked)));
  router.get('/emergency-accesses/:reference', route(services, { interaction: 'emergency-list', pattern: `${address}/{reference}`, permit: readers },
    async (asked) => json(200, await emergencies.read(asked.requester, referenceOf(asked), asked.request))));
  router.post('/emergency-accesses/:reference/review', route(services, { interaction: 'emergency-review', pattern: `${address}/{reference}/review`, permit: reviewers }, async (asked) => {
    const { outcome, note } = await readFields(asked, reviewFields);
    return json(200, await emergencies.review(asked.requester, referenceOf(asked), { outcome: outcome as ReviewOutcome, note: note.trim() }, asked.request));
  }));
  router.post('/emergency-accesses/:reference/revoke', route(services, { interaction: 'emergency-revoke', pattern: `${address}/{reference}/revoke`, permit: reviewers }, async (asked) => {
    await readFields(asked, {});
    return json(200, await emergencies.revoke(asked.requester, referenceOf(asked), asked.request));
  }));
}

export const emergencyAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/emergency-accesses', address, 'GET, HEAD'],
  ['/emergency-accesses/:reference', `${address}/{reference}`, 'GET, HEAD'],
  ['/emergency-accesses/:reference/:change', `${address}/{reference}/{change}`, 'POST'],
];

const reviewFields = {
  outcome: { pattern: new RegExp(`^(?:${reviewOutcomes.join('|')})$`), expected: `one of ${reviewOutcomes.join(', ')}` },
  note: { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'what was found, in 1 to 500 characters on one line' },
};

interface Page {
  state: ReviewState;
  after: Position;
}

/** GET /governance/emergency-accesses?state=open|reviewed: 50 at a time, `next` being the address of the page after. */
async function list(services: ReviewServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['state', 'open'], ...others] = asked.query;
  if (others.length > 0 || (name !== '_page' && !(name === 'state' && (value === 'open' || value === 'reviewed')))) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: 'state' }, expected: 'state=open or state=reviewed, or a next link as it was received' });
  }
  const page = name === '_page' ? openPageOf<Page>(services, asked, address, value) : null;
  const state = page?.state ?? (value === 'reviewed' ? 'reviewed' : 'open');
  const { emergencyAccesses, next } = await services.emergencies.list(asked.requester, { state, after: page?.after ?? null, count: pageSize }, asked.request);
  return json(200, { emergencyAccesses, next: next && `/${address}?_page=${sealPageOf(services, asked, address, { state, after: next } satisfies Page)}` });
}

/** A reference in another form is one nobody was asked about. */
function referenceOf({ params: { reference = '' } }: Asked): string {
  return /^EA-[0-9A-F]{16}$/.test(reference) ? reference : '';
}
