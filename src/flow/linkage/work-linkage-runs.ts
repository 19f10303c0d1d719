import { Refusal } from '../../fhir/problem.ts';
import { decideLink, weighLink, type Grader } from '../../linkage/decide-link.ts';
import { decideMerge } from '../../linkage/decide-merge.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../../store/database.ts';
import { nextChange, nextCompared, saveCompared, settleChange, takeRun, type ComparedPerson, type FoundChange as Found, type RunStep } from '../../store/linkage/linkage-runs.ts';
import { holdCodeSets } from '../../store/record/relabel-queue.ts';
import { keyedHash } from '../../store/secrets.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { loadDecided, type Decisions } from '../intake/link-decided.ts';
import { createRegistry, gradedOf, keysOf, type Registry } from '../intake/link-people.ts';
import { findDoubt, mergeCitizens } from './merge-citizens.ts';
import { splitCitizen } from './split-citizen.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';

export interface LinkageRunContext extends IntakeContext {
  /** of the linkage rule of now */
  ruleVersion: string;
}

const comparedTogether = 300;
const ruleName = 'link-re-run';

/** Works on the open run, a batch at a time, each in a transaction that says how far it came: killed at any moment, the next one goes on. */
export function startLinkageRuns(context: LinkageRunContext, failed: (error: unknown) => void, pollMs = 2_000): Rounds {
  return startRounds(async () => {
    try {
      return await context.database.transaction((connection) => workLinkageRun(connection, context));
    } catch (error) {
      failed(error);
      return error instanceof Refusal && error.problems[0]?.category !== 'unavailable' && (await leaveOne(context));
    }
  }, pollMs);
}

/** A change that cannot be made is left as it is, so that the others can be. */
async function leaveOne({ database }: LinkageRunContext): Promise<boolean> {
  return database.transaction(async (connection) => {
    const run = await takeRun(connection);
    const change = run?.state === 'applying' ? await nextChange(connection, run.id) : null;
    if (run && change) await settleChange(connection, run.id, change, 'outdated');
    return change !== null;
  });
}

/** The next batch of the open run; one of another version of the rule waits for a process that has it. Returns whether there was anything to do. */
export async function workLinkageRun(connection: Connection, context: LinkageRunContext): Promise<boolean> {
  const run = await takeRun(connection);
  if (!run || run.rule !== context.ruleVersion || !(await holdCodeSets(connection, context.sensitiveCodes.hash))) return false;
  return run.state === 'comparing' ? compareSome(connection, context, run) : applyOne(connection, context, run);
}

/** Whoever shares a key is compared, and nobody else: the run is as long as everybody's keys, and holds one batch of people. */
async function compareSome(connection: Connection, context: LinkageRunContext, run: RunStep): Promise<boolean> {
  const people = await nextCompared(connection, run, comparedTogether);
  const registry = createRegistry(true);
  const keys = new Map(people.map(({ id, facts }) => [id, keysOf(facts).map((key) => keyedHash(context.secrets.person, key).toString('hex'))]));
  await registry.load(connection, [...keys.values()].flat(), []);
  await registry.loadCitizens(connection, [...new Set(people.map(({ citizen }) => citizen))]);
  const decisions = await loadDecided(connection, registry, people.map(({ id }) => id));
  const changes = people.filter(({ decided, facts }) => !decided && !facts.identityUnknown).flatMap((person) => changeOf(context, person, { registry, decisions, keys: keys.get(person.id) ?? [] }) ?? []);
  await saveCompared(connection, run.id, onceEach(changes), people.length, people.at(-1));
  return true;
}

/** A pair found from both its sides is one change. */
function onceEach(changes: readonly Found[]): Found[] {
  const pairs = new Map(changes.map((change) => [change.kind === 'link' ? [change.citizen, change.other].sort().join() : change.id, change]));
  return [...pairs.values()];
}

/** What the rule of now would do of one source Patient that it is not: leave its citizen, or become another's. */
function changeOf({ grade }: LinkageRunContext, person: ComparedPerson, { registry, decisions, keys }: { registry: Registry; decisions: Decisions; keys: readonly string[] }): Found | null {
  const { citizen, id, facts } = person;
  const own = [...registry.factsOf(citizen)];
  const unlinked = unlinkOf(grade, person, own);
  if (unlinked) return unlinked;
  const decision = decideLink(facts, decisions.mayBe(id, registry.candidates(keys)).filter((other) => other.citizen !== citizen), grade);
  if (decision.kind !== 'certain' || decideMerge(own.map(([, known]) => known), [...registry.factsOf(decision.citizen).values()], grade).kind !== 'merge') return null;
  return { citizen, id, kind: 'link', other: decision.citizen, evidence: gradedOf(decision, () => weighLink(facts, [...registry.factsOf(decision.citizen).values()], grade)).evidence };
}

/**
 * Whoever a rule linked, or brought along with others, that the rule of now would not: those brought together leave together, by
 * the first of them, where none of them is certainly the rest.
 */
function unlinkOf(grade: Grader, { citizen, id, facts, byRule, joined }: ComparedPerson, own: readonly (readonly [string, PersonFacts])[]): Found | null {
  const leaving = joined ?? (byRule ? [id] : []);
  const [first] = leaving;
  const rest = own.filter(([each]) => !leaving.includes(each)).map(([, known]) => known);
  if (first !== id || rest.length === 0) return null;
  const again = [facts, ...own.filter(([each]) => each !== id && leaving.includes(each)).map(([, known]) => known)].map((each) => decideLink(each, [{ citizen, facts: rest }], grade));
  if (again.some(({ kind }) => kind === 'certain')) return null;
  const [closest] = again.flatMap((decision) => (decision.kind === 'possible' ? decision.graded ?? [] : []));
  return { citizen, id, kind: 'unlink', other: null, evidence: closest ? evidenceOf(closest.pair) : null };
}

function evidenceOf({ bits, evidence, held, rule }: NonNullable<Found['evidence']>): Found['evidence'] {
  return { bits, evidence, held, rule };
}

/** What a person has decided since, and what speaks against it by now, is left as it is. */
async function applyOne(connection: Connection, context: LinkageRunContext, run: RunStep): Promise<boolean> {
  const change = await nextChange(connection, run.id);
  if (!change) return true;
  const decision = { rule: ruleName, evidence: { ruleVersion: run.rule, ...(run.approver && { approver: run.approver }), ...change.evidence } };
  const { now, otherNow, id, kind } = change;
  if (change.decided || now !== change.citizen || (kind === 'link' && (otherNow === null || otherNow === now))) await settleChange(connection, run.id, change, 'outdated');
  else if (kind === 'unlink') {
    await splitCitizen(connection, context, { citizen: now, persons: change.joined ?? [id], decision });
    await settleChange(connection, run.id, change, 'applied');
  } else if ((await findDoubt(connection, context, { from: now, into: otherNow ?? '' })) !== null) await settleChange(connection, run.id, change, 'doubtful');
  else {
    await mergeCitizens(connection, context, { from: now, into: otherNow ?? '', decision });
    await settleChange(connection, run.id, change, 'applied');
  }
  return true;
}
