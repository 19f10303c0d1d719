import type { Router } from 'express';
import { rangeOf } from '../../../fhir/date-range.ts';
import type { HoldBackAsk, HoldBackEntry } from '../../../flow/audit/hold-back.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { HoldBackRule } from '../../../audit/hold-back.ts';
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

export interface HoldBackServices extends RouteServices, PageServices {
  holdBacks: {
    list: (requester: Requester, asked: { citizen: string | null; after: Position | null; count: number }, request: RequestFacts) => Promise<{ holdBacks: HoldBackEntry[]; rules: readonly HoldBackRule[]; next: Position | null }>;
    decide: (requester: Requester, ask: HoldBackAsk, request: RequestFacts) => Promise<HoldBackEntry>;
    end: (requester: Requester, id: string, reason: string, request: RequestFacts) => Promise<HoldBackEntry>;
  };
}

const address = 'governance/hold-backs';
const pageSize = 50;
const readers = permitGovernance(['governance', 'privacy-officer'], 's', 'AuditEvent');
const deciders = permitGovernance(['governance', 'privacy-officer'], 'u', 'Task');

/** Looks a citizen is not told of for a time. */
export function addHoldBackRoutes(router: Router, services: HoldBackServices): void {
  const { holdBacks } = services;
  router.get('/hold-backs', route(services, { interaction: 'hold-back-list', pattern: address, permit: readers }, (asked) => list(services, asked)));
  router.post('/hold-backs', route(services, { interaction: 'hold-back-decide', pattern: address, permit: deciders }, async (asked) =>
    json(201, await holdBacks.decide(asked.requester, askOf(await readFields(asked, fields)), asked.request))));
  router.post('/hold-backs/:id/end', route(services, { interaction: 'hold-back-end', pattern: `${address}/{id}/end`, permit: deciders }, async (asked) => {
    const { reason } = await readFields(asked, { reason: reasonField });
    return json(200, await holdBacks.end(asked.requester, asked.params['id'] ?? '', reason.trim(), asked.request));
  }));
}

export const holdBackAddresses: readonly [address: string, pattern: string, allow: string][] = [
  ['/hold-backs', address, 'GET, HEAD, POST'],
  ['/hold-backs/:id/end', `${address}/{id}/end`, 'POST'],
];

const reasonField = { pattern: /^(?=.*\S)[^\p{Cc}\p{Cf}\p{Cs}]{1,500}$/u, expected: 'why, in 1 to 500 characters on one line' };
const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/;

const fields = {
  patient: { pattern: /^[A-Za-z0-9.-]{1,64}$/, expected: 'the citizen\'s id' },
  organisation: { pattern: /^[^\s|]{1,300}\|[^\s|]{1,100}$/, expected: 'system|value of the organisation that looked' },
  person: { pattern: /^[^\p{Cc}\p{Cf}\p{Cs}]{0,200}$/u, expected: 'the id of who looked, or nothing for everybody of the organisation' },
  from: { pattern: instant, expected: 'a day or an instant' },
  until: { pattern: new RegExp(`^$|${instant.source}`), expected: 'a day (included) or an instant, or nothing for looks to come as well' },
  rule: { pattern: /^[a-z][a-z-]{0,39}$/, expected: 'the code of a rule as the list gives them' },
  reason: reasonField,
  reviewBy: { pattern: /^\d{4}-\d\d-\d\d$/, expected: 'the day by which it is looked at again' },
};

function askOf({ patient, organisation, person, from, until, rule, reason, reviewBy }: Record<keyof typeof fields, string>): HoldBackAsk {
  const [start, end] = [rangeOf(from), until === '' ? null : rangeOf(until)];
  if (!start || end === undefined || !rangeOf(reviewBy)) {
    throw new Refusal({ category: 'invalid', code: 'field-invalid', text: 'A field is missing or not what it should be.', at: { pointer: !start ? '/from' : end === undefined ? '/until' : '/reviewBy' }, expected: 'a day that exists' });
  }
  return { citizen: patient, organisation, person: person === '' ? null : person, from: new Date(start.from), until: end && new Date(end.to), rule, reason: reason.trim(), reviewBy };
}

interface Page {
  citizen: string | null;
  after: Position;
}

/** GET /governance/hold-backs?patient=: 50 at a time, newest first; `next` being the address of the page after. With the rules there are. */
async function list(services: HoldBackServices, asked: Asked): Promise<Reply> {
  const [[name, value] = ['', ''], ...others] = asked.query;
  if (others.length > 0 || !['', 'patient', '_page'].includes(name)) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The list takes no such parameter here.', at: { field: 'patient' }, expected: 'patient, or a next link as it was received' });
  }
  const page = name === '_page' ? openPageOf<Page>(services, asked, address, value) : null;
  const citizen = page ? page.citizen : name === 'patient' ? value.replace(/^Patient\//, '') : null;
  const { holdBacks, rules, next } = await services.holdBacks.list(asked.requester, { citizen, after: page?.after ?? null, count: pageSize }, asked.request);
  return json(200, { holdBacks, rules, next: next && `/${address}?_page=${sealPageOf(services, asked, address, { citizen, after: next } satisfies Page)}` });
}
