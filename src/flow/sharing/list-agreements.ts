import { agreementState } from '../../consent/agreement-state.ts';
import { londonDay } from '../../fhir/london-day.ts';
import { agreementDates, expiryWarnings, type AgreementDates, type ExpiryWarning } from '../../consent/expiry-warnings.ts';
import { nextStep } from '../../consent/next-step.ts';
import type { AgreementState, RegisteredAgreement } from '../../consent/types.ts';
import { missingSignatures, waitingClauses, type WaitingClause } from '../../consent/waiting-clauses.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { OrganisationKey, Requester } from '../../fhir/sharing.ts';
import { listAgreements } from '../../store/sharing/agreements.ts';
import { readDatabaseClock } from '../../store/door/grants.ts';
import { registeredFrom } from '../register-agreements.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { appendAct } from '../release-records.ts';

/** One version as the register has it. Nothing in it is about a citizen. */
export interface AgreementEntry extends AgreementDates {
  id: string;
  version: string;
  title: string;
  state: AgreementState;
  sha256: string;
  firstDay: string;
  activatedAt: string | null;
  terminatedAt: string | null;
  parties: { organisation: OrganisationKey; name: string; capacity: string; signatoryRole: string; signedAt: string | null }[];
  /** parties a clause names that have not signed */
  missingSignatures: OrganisationKey[];
  /** clauses that share nothing before these parties have signed, in force or not */
  waitingClauses: WaitingClause[];
  warnings: Pick<ExpiryWarning, 'of' | 'day' | 'days' | 'mark'>[];
  /** what has to happen next, in one sentence */
  next: string;
}

/**
 * The register for those who answer for it: governance sees every agreement, a privacy officer those their organisation is
 * a party to. State and days are by the database's clock, like the door's. With an id and a version, that one and its text.
 */
export async function listRegister(
  context: ReleaseContext, requester: Requester, which: { id: string; version: string } | null, request: RequestFacts,
): Promise<(AgreementEntry & { content?: string })[]> {
  const now = await readDatabaseClock(context.database);
  const entries = (await listAgreements(context.database)).flatMap((row) => {
    const registered = registeredFrom(row);
    if (!registered || (which && (which.id !== row.agreement || which.version !== row.version))) return [];
    const seen = requester.role === 'governance' || registered.agreement.parties.some(({ organisation }) => organisation === requester.organisation);
    return seen ? [{ ...entryOf(registered, now), ...(which && { content: row.content }) }] : [];
  });
  if (which && entries.length === 0) throw new Refusal(agreementUnknown);
  await appendAct(context, requester, request, {
    interaction: 'agreement-list', status: 200, query: which ? `governance/agreements/${which.id}/${which.version}` : 'governance/agreements',
  });
  return entries;
}

export function entryOf(registered: RegisteredAgreement, now: Date): AgreementEntry {
  const { agreement, activatedAt, terminatedAt, signatures = [] } = registered;
  const signedAt = new Map(signatures.map(({ organisation, at }) => [organisation, at.toISOString()]));
  return {
    id: agreement.id, version: agreement.version, title: agreement.title, state: agreementState(registered, now), sha256: agreement.sha256,
    firstDay: londonDay(agreement.period.start), ...agreementDates(registered, now), activatedAt: activatedAt?.toISOString() ?? null, terminatedAt: terminatedAt?.toISOString() ?? null,
    parties: agreement.parties.map((party) => ({ ...party, signedAt: signedAt.get(party.organisation) ?? null })),
    missingSignatures: missingSignatures(registered).map(({ organisation }) => organisation), waitingClauses: waitingClauses(registered),
    warnings: expiryWarnings([registered], now).map(({ of, day, days, mark }) => ({ of, day, days, mark })),
    next: nextStep(registered, now),
  };
}

const agreementUnknown: Problem = {
  category: 'not-found', code: 'agreement-unknown', text: 'The register has no such version of an agreement.', fix: 'See GET /governance/agreements for what it has.',
};
