import { randomBytes } from 'node:crypto';
import { describeDenial } from '../audit/describe-denial.ts';
import { describeDisclosure } from '../audit/describe-disclosure.ts';
import type { RequestFacts as AuditFacts } from '../audit/describe-request.ts';
import { explainEmergency } from '../consent/explain.ts';
import { emergencyPurposes, emergencyRoles, mayBreakGlass } from '../consent/may-break-glass.ts';
import type { EmergencyReason } from '../fhir/emergency-reasons.ts';
import { normaliseText } from '../fhir/normalise-text.ts';
import { AuditedRefusal, Refusal, type Problem } from '../fhir/problem.ts';
import type { Requester } from '../fhir/sharing.ts';
import { checkNhsNumber } from '../linkage/nhs-number.ts';
import type { PersonFacts } from '../linkage/types.ts';
import { countRecentRefusals, custodiansAbout, endEmergencyAccess, findByKey, findLiveAccess, saveEmergencyAccess } from '../store/emergency-access.ts';
import { readSourcePatients } from '../store/read-rows.ts';
import { isUuid, keyedHash } from '../store/secrets.ts';
import { saveSharedRows } from '../store/shared-rows.ts';
import { auditFacts } from './audit-facts.ts';
import { emergencyTask } from './emergency-task.ts';
import { appendOrRefuse } from './release-records.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';

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

const minutes = 60;
const mostRefusalsAnHour = 10;

/**
 * THE STORY of an emergency: who may ask → who is meant → audit (durable) → a time-boxed access for this person and this
 * citizen, with a Task for each privacy officer → is there anything it opens? Somebody who is not there, details that are
 * not right and a record it would open nothing of end in one refusal; the log tells them apart.
 */
export async function breakGlass(context: ReleaseContext, requester: Requester, ask: EmergencyAsk, request: RequestFacts): Promise<EmergencyOpened> {
  const { person, organisation } = requester;
  if (!person || !mayBreakGlass(requester)) throw new Refusal(forCareOnly);
  if ((await countRecentRefusals(context.database, person.id, mostRefusalsAnHour)) >= mostRefusalsAnHour) throw new Refusal(tooMany);
  const citizen = await whoIsMeant(context, ask);
  const facts = auditFacts(context, requester, request, {
    interaction: 'break-glass', query: `Patient/$break-glass reason=${ask.reason}`, status: citizen === null ? 404 : 200, citizen,
  });
  if (citizen === null) return refuse(context, facts);
  const live = await findLiveAccess(context.database, { citizen, person: person.id, organisation });
  if (live) return { citizen, reference: live.reference, until: live.until };
  await appendOrRefuse(context, describeDisclosure(facts, { disclosed: [], decisions: [decisionLine()] }));
  const opened = await open(context, requester, person.id, citizen, ask);
  if (await opensSomething(context, requester, citizen)) return opened;
  await endEmergencyAccess(context.database, { citizen, person: person.id, organisation });
  return refuse(context, { ...facts, id: context.newId() });
}

/** "I no longer need it." Ends this person's own access at once; answers the same whether there was one or not. */
export async function endBreakGlass(context: ReleaseContext, requester: Requester, citizen: string, request: RequestFacts): Promise<void> {
  const { person, organisation } = requester;
  if (!person) throw new Refusal(forCareOnly);
  const named = isUuid(citizen);
  await appendOrRefuse(context, describeDisclosure(auditFacts(context, requester, request, {
    interaction: 'end-break-glass', query: 'Patient/$end-break-glass', status: 200, citizen: named ? citizen : null,
  }), { disclosed: [], decisions: [] }));
  if (named) await endEmergencyAccess(context.database, { citizen, person: person.id, organisation });
}

/** One citizen of whom one partner said all three: a number alone, or two partners' halves, are not enough. */
async function whoIsMeant(context: ReleaseContext, ask: EmergencyAsk): Promise<string | null> {
  const number = checkNhsNumber(ask.nhsNumber);
  const family = normaliseText(ask.family);
  if (number.kind !== 'valid' || family === '') return null;
  const found = await findByKey(context.database, keyedHash(context.secrets.person, `nhs:${number.number}`), 5);
  const meant = new Set(found.filter(({ facts }) => isMeant(facts, number.number, ask.birthDate, family)).map(({ citizen }) => citizen));
  const [citizen] = meant;
  return meant.size === 1 && citizen !== undefined ? citizen : null;
}

function isMeant(facts: PersonFacts, number: string, birthDate: string, family: string): boolean {
  const names = [facts.family, ...facts.otherFamily].map((name) => normaliseText(name ?? ''));
  return facts.nhsNumber === number && facts.birthDate === birthDate && facts.identityUnknown !== true && names.includes(family);
}

async function open(context: ReleaseContext, requester: Requester, person: string, citizen: string, ask: EmergencyAsk): Promise<EmergencyOpened> {
  const reference = `EA-${randomBytes(8).toString('hex').toUpperCase()}`;
  const { organisation } = requester;
  const until = await context.database.transaction(async (connection) => {
    const owners = [...new Set([...(await custodiansAbout(connection, citizen)), organisation])];
    const tasks = owners.map((owner) => emergencyTask({ id: context.newId(), reference, owner, name: context.directory.get(owner)?.name, at: context.clock() }));
    await saveSharedRows(connection, tasks);
    return saveEmergencyAccess(connection, {
      citizen, id: context.newId(), organisation, person, reason: ask.reason, explanation: ask.explanation, reference,
    }, minutes);
  });
  return { citizen, reference, until };
}

async function opensSomething(context: ReleaseContext, requester: Requester, citizen: string): Promise<boolean> {
  const { result: people } = await context.policy.under(requester, ({ grant }) => readSourcePatients(context.database, grant.key, [citizen]));
  return people.length > 0;
}

async function refuse(context: ReleaseContext, facts: AuditFacts): Promise<never> {
  await appendOrRefuse(context, describeDenial({ ...facts, status: 404 }, { outcome: 'denied', code: notOpened.code }));
  throw new AuditedRefusal(notOpened);
}

function decisionLine(): { effect: 'permit'; rule: string; sentence: string; count: number } {
  return { effect: 'permit', rule: '5', sentence: explainEmergency().sentence, count: 1 };
}

const notOpened: Problem = {
  category: 'not-found', code: 'emergency-access-refused', text: 'No record can be opened with these details.',
  fix: 'Check the NHS number, date of birth and family name with the person or their papers, or phone the organisation that cares for them.',
};
const forCareOnly: Problem = {
  category: 'forbidden', code: 'emergency-access-role', text: 'Emergency access is for people who give care.',
  expected: `role ${emergencyRoles.join(', ')}; purpose ${emergencyPurposes.join(', ')}`,
};
const tooMany: Problem = {
  category: 'throttled', code: 'emergency-access-too-often', text: 'Emergency access was refused to this person too often within an hour.', fix: 'Wait, or phone the organisation that cares for the person.',
};
