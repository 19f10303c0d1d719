import { agreementState } from './agreement-state.ts';
import { signatureCheck } from './signature-check.ts';
import type { Agreement, Clause, ClauseReference, RegisteredAgreement } from './types.ts';

/** A clause together with the agreement it belongs to. */
export interface PlacedClause {
  agreement: Agreement;
  clause: Clause;
}

/**
 * The clauses that give something at this clock, in the order they are cited: those of agreements in force, and of these
 * only the clauses that every party they name, giving or receiving, has signed.
 */
export function clausesInForce(agreements: readonly RegisteredAgreement[], now: Date): readonly PlacedClause[] {
  const last = lastAsked.get(agreements);
  if (last?.at === now.getTime()) return last.clauses;
  const clauses = placed(agreements.filter((each) => agreementState(each, now) === 'in-force'), (_, isSigned) => isSigned);
  lastAsked.set(agreements, { at: now.getTime(), clauses });
  return clauses;
}

/** One register at one instant is asked for every row of an explanation. */
const lastAsked = new WeakMap<readonly RegisteredAgreement[], { at: number; clauses: readonly PlacedClause[] }>();

/** Clauses of agreements in force that wait for a signature. */
export function unsignedClauses(agreements: readonly RegisteredAgreement[], now: Date): PlacedClause[] {
  return placed(agreements.filter((each) => agreementState(each, now) === 'in-force'), (_, isSigned) => !isSigned);
}

/** Clauses of agreements that were in force once and are no longer. */
export function pastClauses(agreements: readonly RegisteredAgreement[], now: Date): PlacedClause[] {
  return placed(agreements.filter((each) => ['lapsed', 'terminated'].includes(agreementState(each, now))), (_, isSigned) => isSigned);
}

export function referenceTo({ agreement, clause }: PlacedClause): ClauseReference {
  return { agreement: agreement.id, version: agreement.version, clause: clause.number };
}

function placed(agreements: readonly RegisteredAgreement[], wanted: (clause: Clause, isSigned: boolean) => boolean): PlacedClause[] {
  return agreements
    .flatMap((registered) => {
      const isSigned = signatureCheck(registered);
      return registered.agreement.clauses.filter((clause) => wanted(clause, isSigned(clause))).map((clause) => ({ agreement: registered.agreement, clause }));
    })
    .sort((one, other) => byText(one.agreement.id, other.agreement.id)
      || byNumber(one.agreement.version, other.agreement.version) || byNumber(one.clause.number, other.clause.number));
}

function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** `4.2` before `4.10` */
function byNumber(one: string, other: string): number {
  const [ones, others] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let place = 0; place < Math.max(ones.length, others.length); place += 1) {
    const difference = (ones[place] ?? -1) - (others[place] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
