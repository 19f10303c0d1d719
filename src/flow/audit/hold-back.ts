import type { HoldBackRule, HoldBackRules } from '../../audit/hold-back.ts';
import { londonDay } from '../../fhir/london-day.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { endHeldLook, findHeldLook, listHeldLooks, saveHeldLook, type HeldLook, type HeldPosition } from '../../store/audit/held-looks.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import { everyId, searchAudit } from '../../store/audit/search-audit.ts';
import { isUuid } from '../../store/secrets.ts';
import { checkOversight, logReader, overseenBy } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

export interface HoldBackContext extends ReleaseContext {
  holdBack: HoldBackRules;
}

/** What is asked for: which looks at whom, under which rule, and why. */
export interface HoldBackAsk {
  citizen: string;
  organisation: OrganisationKey;
  person: string | null;
  from: Date;
  until: Date | null;
  rule: string;
  reason: string;
  /** London day */
  reviewBy: string;
}

/** A decision as those who watch over looks are told of it. */
export interface HoldBackEntry extends Omit<HeldLook, 'decidedFor'> {
  organisationName: string | null;
  law: string | null;
  /** it should have been looked at again by now */
  overdue: boolean;
}

/**
 * Holds looks back from what the citizen is told: a person in a role the rule names → of looks they may read themselves →
 * not of their own → for no longer than the rule allows before it is looked at again → audit (durable) → recorded. It goes
 * on until somebody ends it: what nobody looked at again is listed as overdue and stays held.
 */
export async function decideHoldBack(context: HoldBackContext, requester: Requester, ask: HoldBackAsk, request: RequestFacts): Promise<HoldBackEntry> {
  const person = await personWatching(context, requester);
  const rule = context.holdBack.rules.find(({ code }) => code === ask.rule);
  if (!rule) throw new Refusal({ ...ruleUnknown, expected: context.holdBack.rules.map(({ code }) => code).join(', ') });
  if (!rule.roles.includes(requester.role)) throw new Refusal(notTheirs);
  if (ask.person === person.id) throw new Refusal(ownLooks);
  checkTimes(ask, rule, londonDay(context.clock()));
  if (!isUuid(ask.citizen) || !(await mayRead(context, requester, ask))) throw new Refusal(notFound);
  const [citizen = ask.citizen] = await citizensNow(context.database, [ask.citizen]);
  const held = { ...ask, citizen, id: context.newId(), decidedFor: requester.organisation, decidedBy: person.id, decidedName: person.name, decidedAt: context.clock() };
  await appendAct(context, requester, request, { interaction: 'hold-back-decide', query: `governance/hold-backs/${held.id} rule=${rule.code}`, status: 201, citizen });
  await saveHeldLook(context.database, held);
  return entryOf(context, { ...held, ended: null });
}

/** Has them told again. */
export async function endHoldBack(context: HoldBackContext, requester: Requester, id: string, reason: string, request: RequestFacts): Promise<HoldBackEntry> {
  const person = await personWatching(context, requester);
  const held = isUuid(id) ? await findHeldLook(context.database, id, overseenBy(requester)) : null;
  if (!held) throw new Refusal(notFound);
  const ended = { at: context.clock(), by: person.id, name: person.name, reason };
  if (held.ended) throw new Refusal(endedAlready);
  await appendAct(context, requester, request, { interaction: 'hold-back-end', query: `governance/hold-backs/${held.id}/end`, status: 200, citizen: held.citizen });
  if (!(await endHeldLook(context.database, held.id, ended))) throw new Refusal(endedAlready);
  return entryOf(context, { ...held, ended });
}

/** Decisions newest first, those that were ended included; a privacy officer is told of looks of their own organisation. */
export async function listHoldBacks(
  context: HoldBackContext, requester: Requester, { citizen, after, count }: { citizen: string | null; after: HeldPosition | null; count: number }, request: RequestFacts,
): Promise<{ holdBacks: HoldBackEntry[]; rules: readonly HoldBackRule[]; next: HeldPosition | null }> {
  await checkOversight(context, requester, forAuditReaders);
  const citizens = citizen === null ? null : isUuid(citizen) ? await everyId(context.database, [citizen]) : [];
  const found = await listHeldLooks(context.database, { organisation: overseenBy(requester), citizens, after, limit: count + 1 });
  const page = found.slice(0, count);
  await appendAct(context, requester, request, { interaction: 'hold-back-list', query: `governance/hold-backs${citizen === null ? '' : '?patient=*'}`, status: 200, citizen: citizens === null ? null : citizen });
  const last = found.length > count ? page.at(-1) : undefined;
  return { holdBacks: page.map((held) => entryOf(context, held)), rules: context.holdBack.rules, next: last ? { decidedAt: last.decidedAt.toISOString(), id: last.id } : null };
}

async function personWatching(context: ReleaseContext, requester: Requester): Promise<{ id: string; name: string }> {
  await checkOversight(context, requester, forAuditReaders);
  if (!requester.person) throw new Refusal(byAPerson);
  return requester.person;
}

/** Whether the log has such a look that this requester may read: of others nothing is decided, and nothing told. */
async function mayRead({ database }: ReleaseContext, requester: Requester, { citizen, organisation }: HoldBackAsk): Promise<boolean> {
  const own = overseenBy(requester);
  if (own !== null && own !== organisation) return false;
  const found = await searchAudit(database, {
    citizens: await everyId(database, [citizen]), agents: [{ ids: [], organisations: [organisation] }], words: [], from: null, to: null, reader: logReader(requester), before: null, limit: 1,
  });
  return found.length > 0;
}

function checkTimes({ from, until, reviewBy }: HoldBackAsk, { reviewWithinMonths }: HoldBackRule, today: string): void {
  if (until !== null && until <= from) throw new Refusal({ ...timesWrong, at: { pointer: '/until' }, expected: 'an instant after from, or nothing' });
  const latest = monthsAfter(today, reviewWithinMonths);
  if (reviewBy <= today || reviewBy > latest) throw new Refusal({ ...timesWrong, at: { pointer: '/reviewBy' }, expected: `a day after today and not after ${latest}` });
}

/** The same day so many months on, or the last of a shorter month. */
function monthsAfter(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

function entryOf({ directory, holdBack, clock }: HoldBackContext, { decidedFor: _, ...held }: HeldLook): HoldBackEntry {
  return {
    ...held, organisationName: directory.get(held.organisation)?.name ?? null, law: holdBack.rules.find(({ code }) => code === held.rule)?.law ?? null,
    overdue: held.ended === null && held.reviewBy < londonDay(clock()),
  };
}

const ruleUnknown: Problem = { category: 'invalid', code: 'hold-back-rule-unknown', text: 'There is no rule of this name under which looks may be held back.', at: { pointer: '/rule' } };
const notTheirs: Problem = { category: 'forbidden', code: 'hold-back-role', text: 'Under this rule looks are held back by another role.', fix: 'Ask somebody in a role the rule names.' };
const ownLooks: Problem = { category: 'forbidden', code: 'hold-back-own', text: 'Nobody holds back their own looks.', fix: 'Let a colleague who oversees sharing decide.' };
const byAPerson: Problem = { category: 'forbidden', code: 'hold-back-person', text: 'That looks are held back is decided by a person, not by a system.', fix: 'Sign in as a person.' };
const timesWrong: Problem = { category: 'invalid', code: 'hold-back-times', text: 'From when, until when or by when it is to be looked at again cannot be as given.' };
const endedAlready: Problem = { category: 'conflict', code: 'hold-back-ended', text: 'This was ended already: the looks are told again.' };
