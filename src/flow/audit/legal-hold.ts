import { londonDay } from '../../fhir/london-day.ts';
import { notFound } from '../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import { endLegalHold, findLegalHold, listLegalHolds, saveLegalHold, type LegalHold } from '../../store/audit/legal-holds.ts';
import { isUuid } from '../../store/secrets.ts';
import { checkOversight, overseenBy } from '../check-oversight.ts';
import { appendAct } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { forAuditReaders } from './search-audit.ts';

/** What is to be kept, until when, and why. */
export interface LegalHoldAsk {
  citizen: string | null;
  organisation: string | null;
  until: string | null;
  reason: string;
}

/**
 * Holds what is about a citizen, or of an organisation, so that nothing of it is erased: a person in governance → something is
 * named → audit (durable) → in force. It ends on its last day, or when somebody ends it.
 */
export async function placeLegalHold(context: ReleaseContext, requester: Requester, ask: LegalHoldAsk, request: RequestFacts): Promise<LegalHold> {
  const person = await personOverAll(context, requester);
  if (ask.citizen === null && ask.organisation === null) throw new Refusal(nothingNamed);
  if (ask.citizen !== null && !isUuid(ask.citizen)) throw new Refusal(notFound);
  if (ask.organisation !== null && !context.directory.get(ask.organisation)) throw new Refusal(organisationUnknown);
  if (ask.until !== null && ask.until < londonDay(context.clock())) throw new Refusal(dayOver);
  const [citizen = null] = ask.citizen === null ? [] : await citizensNow(context.database, [ask.citizen]);
  const hold = { ...ask, citizen, id: context.newId(), placedFor: requester.organisation, placedBy: person.id, placedName: person.name, placedAt: context.clock() };
  await appendAct(context, requester, request, { interaction: 'legal-hold-place', query: `governance/legal-holds/${hold.id}`, status: 201, citizen });
  await saveLegalHold(context.database, hold);
  return { ...hold, ended: null };
}

export async function endHold(context: ReleaseContext, requester: Requester, id: string, reason: string, request: RequestFacts): Promise<LegalHold> {
  const person = await personOverAll(context, requester);
  const hold = isUuid(id) ? await findLegalHold(context.database, id) : null;
  if (!hold) throw new Refusal(notFound);
  if (hold.ended) throw new Refusal(endedAlready);
  const ended = { at: context.clock(), by: person.id, name: person.name, reason };
  await appendAct(context, requester, request, { interaction: 'legal-hold-end', query: `governance/legal-holds/${hold.id}/end`, status: 200, citizen: hold.citizen });
  if (!(await endLegalHold(context.database, hold.id, ended))) throw new Refusal(endedAlready);
  return { ...hold, ended };
}

/** Newest first, those that were ended included. */
export async function listHolds(
  context: ReleaseContext, requester: Requester, { after, count }: { after: { placedAt: string; id: string } | null; count: number }, request: RequestFacts,
): Promise<{ legalHolds: LegalHold[]; next: { placedAt: string; id: string } | null }> {
  await checkOverAll(context, requester);
  const found = await listLegalHolds(context.database, { after, limit: count + 1 });
  const page = found.slice(0, count);
  await appendAct(context, requester, request, { interaction: 'legal-hold-list', query: 'governance/legal-holds', status: 200 });
  const last = found.length > count ? page.at(-1) : undefined;
  return { legalHolds: page, next: last ? { placedAt: last.placedAt.toISOString(), id: last.id } : null };
}

/** What is kept and erased is everybody's: for those who oversee all of it. */
export async function checkOverAll(context: ReleaseContext, requester: Requester): Promise<void> {
  await checkOversight(context, requester, forAuditReaders);
  if (overseenBy(requester) !== null) throw new Refusal(forAuditReaders);
}

async function personOverAll(context: ReleaseContext, requester: Requester): Promise<{ id: string; name: string }> {
  await checkOverAll(context, requester);
  if (!requester.person) throw new Refusal(byAPerson);
  return requester.person;
}

const nothingNamed: Problem = { category: 'invalid', code: 'legal-hold-of-nothing', text: 'A legal hold is about a citizen, an organisation, or both.', at: { pointer: '/patient' }, expected: 'patient or organisation' };
const organisationUnknown: Problem = { category: 'invalid', code: 'legal-hold-organisation', text: 'The directory has no such organisation.', at: { pointer: '/organisation' }, expected: 'system|value of an organisation of the directory' };
const dayOver: Problem = { category: 'invalid', code: 'legal-hold-over', text: 'The last day of the hold is over.', at: { pointer: '/until' }, expected: 'today, a day to come, or nothing' };
const endedAlready: Problem = { category: 'conflict', code: 'legal-hold-ended', text: 'This hold was ended already.' };
const byAPerson: Problem = { category: 'forbidden', code: 'legal-hold-person', text: 'What must not be erased is decided by a person, not by a system.', fix: 'Sign in as a person.' };
