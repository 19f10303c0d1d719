import { clausesInForce } from './clauses-in-force.ts';
import type { Agreement, RegisteredAgreement } from './types.ts';

/**
 * The register as it would be if this text were signed by everybody and put in force at `now`: it takes the place of the
 * versions of the same agreement, as activating it would. A period that has not begun is taken as begun; one that is over
 * stays over, and the text then shares nothing.
 */
export function withDraft(agreements: readonly RegisteredAgreement[], draft: Agreement, now: Date): RegisteredAgreement[] {
  const { start, end } = draft.period;
  return [
    ...agreements.filter(({ agreement }) => agreement.id !== draft.id),
    {
      agreement: { ...draft, period: { start: start < now ? start : now, end } }, activatedAt: start < now ? start : now, terminatedAt: null,
      signedBy: draft.parties.map(({ organisation }) => organisation),
    },
  ];
}

/** The version whose place a draft would take, where one of the same agreement gives something at this clock. */
export function versionInForce(agreements: readonly RegisteredAgreement[], id: string, now: Date): string | null {
  return clausesInForce(agreements.filter(({ agreement }) => agreement.id === id), now)[0]?.agreement.version ?? null;
}
