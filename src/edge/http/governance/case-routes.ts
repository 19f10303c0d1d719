import type { Router } from 'express';
import type { CaseAct, CaseActAsk } from '../../../flow/audit/act-on-case.ts';
import type { CaseDetails, CaseEntry } from '../../../flow/audit/list-cases.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import { caseOutcomes, type CaseOutcome } from '../../../fhir/case-words.ts';
import { Refusal } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import { openPageOf, sealPageOf, type PageServices } from '../fhir/paging.ts';
import { route, type Asked, type Reply, type RouteServices } from '../route.ts';
import { permitGovernance } from './permit-governance.ts';
import { readFields } from './read-fields.ts';
import { json } from './reply-json.ts';

interface Position {
  openedAt: string;
  id: string;
}

export interface CaseServices extends RouteServices, PageServices {
  cases: {
    list: (requester: Requester, asked: { closed: boolean; after: Position | null; count: number }, request: RequestFacts) => Promise<{ cases: CaseEntry[]; next: Position | null }>;
    read: (requester: Requester, reference: string, request: RequestFacts) => Promise<CaseDetails>;
    act: (requester: Requester, reference: string, ask: CaseActAsk, request: RequestFacts) => Promise<CaseDetails>;
  };
}

const address = 'governance/cases';
const pageSize = 50;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const actors = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

const line = (expected: string) => ({ pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: `${expected}, in 1 to 500 characters on one line` });
const outcome = { pattern: new RegExp(`^(?:${caseOutcomes.join('|')})$`), expected: `one of ${caseOutcomes.join(', ')}` };

/** Cases of odd looks: what there are, one of them, and what is done about it. */
export function addCaseRoutes(router: Router, services: CaseServices): void {
  const { cases } = services;
  router.get('/cases', route(services, { interaction: 'case-list', pattern: address, permit: readers }, (asked) => list(services, asked)));
  router.get('/cases/:reference', route(services, { interaction: 'case-show', pattern: `${address}/{reference}`, permit: readers },
    async (asked) => json(200, await cases.read(asked.requester, referenceOf(asked), asked.request))));
  const add = (act: CaseAct, read: (asked: Asked) => Promise<Omit<CaseActAsk, 'act'>>): void => {
    router.post(`/cases/:reference/${act}`, route(services, { interaction: `case-${act}`, pattern: `${address}/{reference}/${act}`, permit: actors },
      async (asked) => json(200, await cases.act(asked.requester, referenceOf(asked), { act, ...(await read(asked)) }, asked.request))));
  };
  add('take', async (asked) => {
    await readFields(asked, {});
    return { text: null, outcome: null };
  });
  add('ask', async (asked) => textOf((await readFields(asked, { question: line('what is asked') })).question));
  add('answer', async (asked) => textOf((await readFields(asked, { answer: line('the answer') })).answer));
  add('note', async (asked) => textOf((await readFields(asked, { note: line('the note') })).note));
  add('close', async (asked) => {
    const fields = await readFields(asked, { outcome, reason: line('what was found') });
    return { text: fields.reason.trim(), outcome: fields.outcome as CaseOutcome };
  });
  add('reopen', async (asked) => textOf((await readFields(asked, { reason: line('why') })).reason));
}

export const caseAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/cases', address, 'GET, HEAD'],
  ['/cases/:reference', `${address}/{reference}`, 'GET, HEAD'],
  ['/cases/:reference/:change', `${address}/{reference}/{change}`, 'POST'],
];

function textOf(text: string): Omit<CaseActAsk, 'act'> {
  return { text: text.trim(), outcome: null };
}

interface Page {
  closed: boolean;
  after: Position;
}

/** GET /governance/cases?state=open|closed: 50 at a time, newest first; `next` being the address of the page after. */
async function list(services: CaseServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['state', 'open'], ...others] = asked.query;
  if (others.length > 0 || (name !== '_page' && !(name === 'state' && (value === 'open' || value === 'closed')))) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: 'state' }, expected: 'state=open or state=closed, or a next link as it was received' });
  }
  const page = name === '_page' ? openPageOf<Page>(services, asked, address, value) : null;
  const closed = page?.closed ?? value === 'closed';
  const { cases, next } = await services.cases.list(asked.requester, { closed, after: page?.after ?? null, count: pageSize }, asked.request);
  return json(200, { cases, next: next && `/${address}?_page=${sealPageOf(services, asked, address, { closed, after: next } satisfies Page)}` });
}

/** A reference in another form is no case's. */
function referenceOf({ params: { reference = '' } }: Asked): string {
  return /^CA-[0-9A-F]{16}$/.test(reference) ? reference : '';
}
