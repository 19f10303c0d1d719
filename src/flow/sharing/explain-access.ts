import { describeDenial } from '../../audit/describe-denial.ts';
import { describeDisclosure } from '../../audit/describe-disclosure.ts';
import { audiencesOf, explainFor, somebody, type AskedRule, type Audience } from '../../consent/explain-access.ts';
import type { Question } from '../../consent/combining-rules.ts';
import { notFound } from '../../fhir/outcome.ts';
import { AuditedRefusal } from '../../fhir/problem.ts';
import type { Purpose, Requester, SharingClass, SharingRole } from '../../fhir/sharing.ts';
import { isUuid } from '../../store/secrets.ts';
import { hasEmergencyAccess, readSharingFacts, type SharingFacts } from '../../store/door/sharing-facts.ts';
import { auditFacts } from '../audit-facts.ts';
import { checkOversight } from '../check-oversight.ts';
import { appendOrRefuse } from '../release-records.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';

export interface ExplainAsk {
  type: string;
  id: string;
  /** whose access to explain rule by rule; null: everybody's in short */
  of: { organisation: string; role: SharingRole; purpose: Purpose; person: string | null } | null;
}

/** Who may see what is of one class, and why. */
export interface ExplainedClass {
  sharingClass: SharingClass;
  audiences: Audience[];
  /** only for one requester */
  chain: AskedRule[];
}

export interface ExplainedRow extends ExplainedClass {
  id: string;
  /** what of the row is kept apart, with the elements it is of */
  parts: (ExplainedClass & { elements: readonly string[] })[];
}

export interface Explanation {
  /** the row itself; of a citizen each source Patient */
  rows: ExplainedRow[];
  /** names of organisations by key */
  names: ReadonlyMap<string, string>;
}

/**
 * Who may see this row and why, for those who answer for sharing: governance, and the privacy officer of its custodian. Of a
 * citizen, each source Patient they answer for. Asks the reference rules, which are what the door is compared with, with the facts
 * of this moment. The explanation says what sort of information the row is and nothing that stands in it.
 */
export async function explainAccess(context: ReleaseContext, requester: Requester, ask: ExplainAsk, request: RequestFacts): Promise<Explanation> {
  const { classes, agreements, names: { organisations: names } } = await checkOversight(context, requester, forGovernance);
  const found = isUuid(ask.id) ? await readSharingFacts(context.database, ask.type, ask.id) : [];
  const answersFor = (classId: number): SharingClass | undefined => {
    const sharingClass = classes.get(classId);
    return requester.role === 'governance' || sharingClass?.custodian === requester.organisation ? sharingClass : undefined;
  };
  const rows = found.filter(({ classId }) => answersFor(classId) !== undefined);
  const entry = auditFacts(context, requester, request, {
    interaction: 'explain-access', query: `${ask.type}/${isUuid(ask.id) ? ask.id : '*'}/$explain-access`, status: 200, citizen: found[0]?.citizen,
  });
  const [first] = rows;
  if (!first) {
    await appendOrRefuse(context, describeDenial({ ...entry, status: 404 }, { outcome: 'denied', code: notFound.code }));
    throw new AuditedRefusal(notFound);
  }
  await appendOrRefuse(context, describeDisclosure(entry, { disclosed: [], decisions: [] }));
  const emergency = ask.of !== null && ask.of.person !== null && (await hasEmergencyAccess(context.database, first.citizen, ask.of.organisation, ask.of.person));
  const { choices, relationships, now } = first;
  const explained = ({ classId, record }: Pick<SharingFacts, 'classId' | 'record'>): ExplainedClass[] => {
    const sharingClass = answersFor(classId);
    return sharingClass ? [explainClass({ sharingClass, record, agreements, choices, relationships, now }, names, ask.of, emergency)] : [];
  };
  return {
    names, rows: rows.flatMap((row) => explained(row).map((each): ExplainedRow => ({
      ...each, id: row.id, parts: row.parts.flatMap((part) => explained(part).map((of) => ({ ...of, elements: part.elements }))),
    }))),
  };
}

function explainClass(question: Omit<Question, 'requester' | 'emergency'>, names: ReadonlyMap<string, string>, of: ExplainAsk['of'], emergency: boolean): ExplainedClass {
  const { sharingClass } = question;
  return {
    sharingClass, audiences: audiencesOf(question, [...new Set([...names.keys(), sharingClass.custodian])].sort()),
    chain: of === null ? [] : explainFor({ ...question, emergency, requester: { ...somebody(of.organisation, of.role, of.purpose), ...(of.person !== null && { person: { id: of.person, name: of.person } }) } }),
  };
}

const forGovernance = {
  category: 'forbidden', code: 'explain-governance-only', text: 'Access is explained to governance and to the custodian\'s privacy officer, under an oversight agreement.',
} as const;
