import type { RowFacts } from './event-facts.ts';
import type { EventDecision } from './event-types.ts';

/** Why a record is in a group. */
export interface Reason {
  rule: string;
  because: string[];
}

/**
 * Records of one event, grown one pair at a time. Two of one custodian are never one event, unless one takes the place of
 * the other or a person said so; nor are two of which a person said that they differ.
 */
export class EventGroups {
  readonly #groupOf = new Map<string, Group>();
  readonly #reasons = new Map<string, Reason>();
  readonly #different = new Map<string, Set<string>>();

  constructor(facts: readonly RowFacts[], decisions: readonly EventDecision[]) {
    for (const one of facts) this.#groupOf.set(one.row.id, { members: [one], custodians: new Set([one.row.custodian]) });
    for (const { first, second, verdict } of decisions) {
      if (verdict !== 'different') continue;
      this.#different.set(first, (this.#different.get(first) ?? new Set()).add(second));
      this.#different.set(second, (this.#different.get(second) ?? new Set()).add(first));
    }
  }

  /** Makes one group of the groups of two records where nothing speaks against it. */
  join(a: RowFacts, b: RowFacts, reason: Reason, sameCustodian = false): void {
    const [one, other] = [this.#groupOf.get(a.row.id), this.#groupOf.get(b.row.id)];
    if (!one || !other || one === other || a.kind !== b.kind) return;
    if (!sameCustodian && !one.custodians.isDisjointFrom(other.custodians)) return;
    if (other.members.some(({ row }) => one.members.some((member) => this.#different.get(member.row.id)?.has(row.id)))) return;
    for (const each of [a, b]) if (!this.#reasons.has(each.row.id)) this.#reasons.set(each.row.id, reason);
    const [large, small] = one.members.length >= other.members.length ? [one, other] : [other, one];
    for (const member of small.members) {
      large.members.push(member);
      this.#groupOf.set(member.row.id, large);
    }
    for (const custodian of small.custodians) large.custodians.add(custodian);
  }

  reasonOf(id: string): Reason | undefined {
    return this.#reasons.get(id);
  }

  all(): readonly (readonly RowFacts[])[] {
    return [...new Set(this.#groupOf.values())].map(({ members }) => members);
  }
}

interface Group {
  members: RowFacts[];
  custodians: Set<string>;
}
