import { randomBytes } from 'node:crypto';
import { describeDenial } from '../../audit/describe-denial.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { explainEmergency } from '../../consent/explain.ts';
import { emergencyPurposes, emergencyRoles, mayBreakGlass } from '../../consent/may-break-glass.ts';
import type { EmergencyReason } from '../../fhir/emergency-reasons.ts';
import { AuditedRefusal, Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { custodiansAbout, endEmergencyAccess, findLiveAccess, listOwnAccess, openEmergencyAccess, wouldOpen, type EmergencyAccess, type LiveAccess } from '../../store/sharing/emergency-access.ts';
import { citizensNow } from '../../store/linkage/link-decisions.ts';
import { beginAttempt, dropAttempt, refuseAttempt } from '../../store/sharing/emergency-attempts.ts';
import { askForReviews } from '../../store/sharing/emergency-reviews.ts';
import { isUuid } from '../../store/secrets.ts';
import { saveSharedRows } from '../../store/shared-rows.ts';
import { auditFacts } from '../audit-facts.ts';
import { emergencyTask } from './emergency-task.ts';
import { appendAct, appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { whoIsMeant } from '../who-is-meant.ts';

export interface EmergencyAsk {
  /** whom it is about, as somebody in front of the person knows it: all three must be right */
  nhsNumber: string;
  /** YYYY-MM-DD */
  birthDate: string;
  family: string;
  reason: EmergencyReason;
  explanation: string;
}

export interface EmergencyOpened {
  citizen: string;
  reference: string;
  until: Date;
}

export interface EmergencyContext extends ReleaseContext {
  /** most emergency access one person is given within an hour */
  mostOpenedAnHour: number;
  /** how long it lasts */
  minutes: number;
}

const mostRefusedAnHour = 10;

/**
 * THE STORY of an emergency: who may ask → not too often → who is meant → would it open anything → audit (durable) → a
 * time-boxed access for this person and this citizen, with a Task for each organisation concerned. Somebody who is not there,
 * details that are not right and a record it would open nothing of end in one refusal, after the same work; the log tells
 * them apart.
 */
export async function breakGlass(context: EmergencyContext, requester: Requester, ask: EmergencyAsk, request: RequestFacts): Promise<EmergencyOpened> {
  const { person, organisation, role } = requester;
  if (!person || !mayBreakGlass(requester)) throw new Refusal(forCareOnly);
  const attempt = await notTooOften(context, person.id);
  const meant = await whoIsMeant(context, ask);
  const access: EmergencyAccess = {
    citizen: meant ?? context.newId(), id: context.newId(), organisation, person: person.id, personName: person.name, role,
    reason: ask.reason, explanation: ask.explanation, reference: `EA-${randomBytes(8).toString('hex').toUpperCase()}`,
  };
  const live = await findLiveAccess(context.database, access);
  if (!live) {
    const { result: opens } = await context.policy.under(requester, ({ grant }) => wouldOpen(context.database, grant.key, access));
    if (!opens) return refuse(context, requester, { attempt, citizen: meant, ask }, request);
    await record(context, requester, access, request);
  }
  const opened = live ?? (await open(context, access));
  if (opened.reference !== access.reference) await record(context, requester, { ...access, reference: opened.reference }, request);
  await dropAttempt(context.database, attempt);
  return { citizen: access.citizen, ...opened };
}

/** "I no longer need it." Ends this person's own access at once; answers the same whether there was one or not. */
export async function endBreakGlass(context: ReleaseContext, requester: Requester, citizen: string, request: RequestFacts): Promise<void> {
  const { person, organisation } = requester;
  if (!person) throw new Refusal(forCareOnly);
  const [now = citizen] = isUuid(citizen) ? await citizensNow(context.database, [citizen]) : [];
  const whose = isUuid(citizen) ? { citizen: now, person: person.id, organisation } : null;
  const live = whose && (await findLiveAccess(context.database, whose));
  await appendAct(context, requester, request, {
    interaction: 'end-break-glass', query: 'Patient/$end-break-glass', status: 200, citizen: whose && now, ...(live && { emergency: [live.reference] }),
  });
  if (whose) await endEmergencyAccess(context.database, whose);
}

/** What this person opened and has not ended, so that whatever shows it, wherever they sign in, can end it. Ids of ours and times alone: no record is looked at. */
export async function ownEmergencies({ database }: Pick<ReleaseContext, 'database'>, { person, organisation }: Requester): Promise<EmergencyOpened[]> {
  return person ? listOwnAccess(database, { person: person.id, organisation }) : [];
}

/** Notes the attempt; refuses when this person was refused, or given, too many within an hour. One refused here does not count. */
async function notTooOften({ database, newId, mostOpenedAnHour }: EmergencyContext, person: string): Promise<string> {
  const attempt = newId();
  const { refused, opened, refusedFreeIn, openedFreeIn } = await beginAttempt(database, attempt, person);
  if (refused < mostRefusedAnHour && opened < mostOpenedAnHour) return attempt;
  await dropAttempt(database, attempt);
  throw new Refusal(refused >= mostRefusedAnHour ? { ...tooOften, retryAfter: refusedFreeIn } : { ...tooMany, retryAfter: openedFreeIn });
}

async function open(context: EmergencyContext, access: EmergencyAccess): Promise<LiveAccess> {
  const { citizen, organisation, reference } = access;
  return context.database.transaction(async (connection) => {
    const opened = await openEmergencyAccess(connection, access, context.minutes);
    if (opened.reference !== reference) return opened;
    const owners = [...new Set([...(await custodiansAbout(connection, citizen)), organisation])];
    const asked = owners.map((owner) => ({ organisation: owner, task: context.newId() }));
    await saveSharedRows(connection, asked.map(({ organisation: owner, task }) => emergencyTask({ id: task, reference, owner, name: context.directory.get(owner)?.name, at: context.clock() })));
    await askForReviews(connection, access, asked);
    return opened;
  });
}

/** One durable entry before it is opened, or before somebody is told again of one that is. */
async function record(context: ReleaseContext, requester: Requester, { citizen, reason, reference }: EmergencyAccess, request: RequestFacts): Promise<void> {
  const { sentence } = explainEmergency();
  await appendOrRefuse(context, describeDisclosure(
    auditFacts(context, requester, request, { interaction: 'break-glass', query: queryOf(reason), status: 200, citizen, emergency: [reference] }),
    { disclosed: [], decisions: [{ effect: 'permit', rule: '5', sentence, count: 1 }] }));
}

async function refuse(
  context: ReleaseContext, requester: Requester, { attempt, citizen, ask }: { attempt: string; citizen: string | null; ask: EmergencyAsk }, request: RequestFacts,
): Promise<never> {
  await refuseAttempt(context.database, attempt);
  await appendOrRefuse(context, describeDenial(
    auditFacts(context, requester, request, { interaction: 'break-glass', query: queryOf(ask.reason), status: 404, citizen }), { outcome: 'denied', code: notOpened.code }));
  throw new AuditedRefusal(notOpened);
}

function queryOf(reason: EmergencyReason | string): string {
  return `Patient/$break-glass reason=${reason}`;
}

const notOpened: Problem = {
  category: 'not-found', code: 'emergency-access-refused', text: 'No record can be opened with these details.',
  fix: 'Check the NHS number, date of birth and family name with the person or their papers, or phone the organisation that cares for them.',
};
const forCareOnly: Problem = {
  category: 'forbidden', code: 'emergency-access-role', text: 'Emergency access is for people who give care.',
  expected: `role ${emergencyRoles.join(', ')}; purpose ${emergencyPurposes.join(', ')}`,
};
const tooOften: Problem = {
  category: 'throttled', code: 'emergency-access-too-often', text: 'Emergency access was refused to this person too often within an hour.', fix: 'Wait, or phone the organisation that cares for the person.',
};
const tooMany: Problem = {
  category: 'throttled', code: 'emergency-access-too-many', text: 'This person was given emergency access too often within an hour.', fix: 'Wait, let a colleague ask, or phone the organisation that cares for the person.',
};
