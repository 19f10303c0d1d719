import { decideLink, weighLink } from '../../linkage/decide-link.ts';
import type { LinkDecision } from '../../linkage/types.ts';
import { savePossible, type LinkEvidence } from '../../store/record/citizens.ts';
import type { Connection } from '../../store/database.ts';
import { keyedHash } from '../../store/secrets.ts';
import { takeSecondLooks, type SecondLook } from '../../store/intake/second-looks.ts';
import type { IntakeContext } from './intake-context.ts';
import { loadDecided } from './link-decided.ts';
import { createRegistry, gradedOf, keysOf } from './link-people.ts';
import { findDoubt, mergeCitizens } from '../linkage/merge-citizens.ts';

/**
 * Looks once more for people just made known, now that what others wrote at the same time can be seen: two workers that met
 * one new person in two spellings made two citizens, because neither could see the other's. What would have been one is
 * joined, what would have been parked is parked; a pair that is parked already is left to whoever looks at it. Returns how
 * many were looked at.
 */
export async function lookAgain(connection: Connection, context: IntakeContext, limit: number): Promise<number> {
  const people = await takeSecondLooks(connection, limit);
  if (people.length === 0) return 0;
  const registry = createRegistry(true);
  const keys = new Map(people.map(({ id, facts }) => [id, keysOf(facts).map((key) => keyedHash(context.secrets.person, key).toString('hex'))]));
  await registry.load(connection, [...keys.values()].flat(), []);
  const decisions = await loadDecided(connection, registry, people.map(({ id }) => id));
  const joined = new Set<string>();
  for (const person of people) {
    const { citizen, id, facts, parked } = person;
    const others = decisions.mayBe(id, registry.candidates(keys.get(id) ?? [])).filter((other) => other.citizen !== citizen && !parked.includes(other.citizen));
    if (others.length === 0 || [citizen, ...others.map((other) => other.citizen)].some((each) => joined.has(each))) continue;
    const decision = decideLink(facts, others, context.grade);
    const rests = gradedOf(decision, () => weighLink(facts, others.find((other) => decision.kind === 'certain' && other.citizen === decision.citizen)?.facts ?? [], context.grade));
    if (await joinedByRule(connection, context, person, decision, rests.evidence)) joined.add(citizen).add(decision.kind === 'certain' ? decision.citizen : citizen);
    else await park(connection, context, person, decision, rests);
  }
  return people.length;
}

/** The one made known later becomes part of the other, where nothing that is known of either speaks against it. */
async function joinedByRule(connection: Connection, context: IntakeContext, { citizen }: SecondLook, decision: LinkDecision, evidence: LinkEvidence | null): Promise<boolean> {
  if (decision.kind !== 'certain') return false;
  const pair = { from: citizen, into: decision.citizen };
  if ((await findDoubt(connection, context, pair)) !== null) return false;
  await mergeCitizens(connection, context, { ...pair, decision: { rule: decision.rule, ...(evidence && { evidence }) } });
  return true;
}

async function park(connection: Connection, context: IntakeContext, { citizen, id }: SecondLook, decision: LinkDecision, { evidence, possible }: ReturnType<typeof gradedOf>): Promise<void> {
  const pairs = decision.kind === 'certain' ? [{ candidate: decision.citizen, rule: decision.rule, evidence }] : possible;
  await savePossible(connection, [{ citizen, id, possible: pairs }], context.clock());
}
