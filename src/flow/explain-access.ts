import { describeDenial } from '../audit/describe-denial.ts';
import { describeDisclosure } from '../audit/describe-disclosure.ts';
import { audiencesOf, explainFor, somebody, type AskedRule, type Audience } from '../consent/explain-access.ts';
import type { Question } from '../consent/combining-rules.ts';
import { notFound } from '../fhir/outcome.ts';
import { AuditedRefusal } from '../fhir/problem.ts';
import type { Purpose, Requester, SharingClass, SharingRole } from '../fhir/sharing.ts';
import { isUuid } from '../store/secrets.ts';
import { hasEmergencyAccess, readSharingFacts } from '../store/sharing-facts.ts';
import { auditFacts } from './audit-facts.ts';
import { checkOversight } from './check-oversight.ts';
import { appendOrRefuse } from './release-records.ts';
import type { ReleaseContext, RequestFacts } from './release-context.ts';

export interface ExplainAsk {
  type: string;
  id: string;
  /** whose access to explain rule by rule; null: everybody's in short */
  of: { organisation: string; role: SharingRole; purpose: Purpose; person: string | null } | null;
}

export interface Explanation {
  sharingClass: SharingClass;
  audiences: Audience[];
  /** only for one requester */
  chain: AskedRule[];
  /** names of organisations by key */
  names: ReadonlyMap<string, string>;
}

/**
 * Who may see this row and why, for those who answer for sharing: governance, and the privacy officer of its custodian.
 * Asks the reference rules, which are what the door is compared with, with the facts of this moment. The explanation says
 * what sort of information the row is and nothing that stands in it.
 */
export async function explainAccess(context: ReleaseContext, requester: Requester, ask: ExplainAsk, request: RequestFacts): Promise<Explanation> {
  const { classes, agreements, names: { organisations: names } } = await checkOversight(context, requester, forGovernance);
  const facts = isUuid(ask.id) ? await readSharingFacts(context.database, ask.type, ask.id) : null;
  const sharingClass = facts ? classes.get(facts.classId) : undefined;
  const entry = auditFacts(context, requester, request, {
    interaction: 'explain-access', query: `${ask.type}/${isUuid(ask.id) ? ask.id : '*'}/$explain-access`, status: 200, citizen: facts?.citizen,
  });
  if (!facts || !sharingClass || (requester.role !== 'governance' && sharingClass.custodian !== requester.organisation)) {
    await appendOrRefuse(context, describeDenial({ ...entry, status: 404 }, { outcome: 'denied', code: notFound.code }));
    throw new AuditedRefusal(notFound);
  }
  await appendOrRefuse(context, describeDisclosure(entry, { disclosed: [], decisions: [] }));
  const question: Omit<Question, 'requester' | 'emergency'> = { sharingClass, record: facts.record, agreements, choices: facts.choices, relationships: facts.relationships, now: facts.now };
  return {
    sharingClass, names, audiences: audiencesOf(question, [...new Set([...names.keys(), sharingClass.custodian])].sort()),
    chain: ask.of === null ? [] : explainFor({
      ...question, requester: { ...somebody(ask.of.organisation, ask.of.role, ask.of.purpose), ...(ask.of.person !== null && { person: { id: ask.of.person, name: ask.of.person } }) },
      emergency: ask.of.person !== null && (await hasEmergencyAccess(context.database, facts.citizen, ask.of.organisation, ask.of.person)),
    }),
  };
}

const forGovernance = {
  category: 'forbidden', code: 'explain-governance-only', text: 'Access is explained to governance and to the custodian\'s privacy officer, under an oversight agreement.',
} as const;
