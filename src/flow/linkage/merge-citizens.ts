import { citizenTokens } from '../../fhir/citizen-tokens.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { decideMerge, type MergeDoubt } from '../../linkage/decide-merge.ts';
import type { Connection } from '../../store/database.ts';
import {
  citizensNow, endApart, findPersons, holdCitizens, loadApart, loadPersons, makeAlias, saveApart, saveCitizen, type HeldCitizen,
} from '../../store/linkage/link-decisions.ts';
import { moveEmergencies, movePersons, moveRows } from '../../store/record/move-rows.ts';
import { keepDecision, type Decided, type LinkContext } from './link-context.ts';
import { requeueAbout } from './requeue-about.ts';
import { uniteStrictness } from './unite-strictness.ts';

/** Two citizens, and everybody who is one of them, held until the transaction ends. */
interface Pair {
  from: string;
  into: string;
  left: HeldCitizen;
  kept: HeldCitizen;
  ones: Awaited<ReturnType<typeof loadPersons>>;
  others: Awaited<ReturnType<typeof loadPersons>>;
}

/** What speaks against joining two citizens without anybody looking; null: nothing does. */
export type Doubt = MergeDoubt | 'merge-told-apart';

/**
 * Makes one citizen of two: every row of `from` becomes one of `into` as a new version, with its history, its relationships,
 * choices and emergency access; the stricter choices apply, and the old id stands for the new one. A rule joins nobody of
 * whom what is known speaks against it (see decideMerge), nor who was told apart; a person may. Either may be an old id.
 * Call it in a transaction. Returns the id of the decision, which `undoDecision` takes back.
 */
export async function mergeCitizens(connection: Connection, context: LinkContext, merge: { from: string; into: string; decision: Decided }): Promise<{ decision: string }> {
  const pair = await holdPair(connection, merge);
  const byRule = 'rule' in merge.decision;
  if (byRule && (await doubtOf(connection, context, pair))) throw new Refusal(mergeDoubtful);
  if (!byRule) await endApart(connection, idsOf(pair.ones), idsOf(pair.others));
  return { decision: await join(connection, context, pair, merge.decision) };
}

/** Whether a rule may join these two, and if not, why. Holds them, so that the answer stands until the transaction ends. */
export async function findDoubt(connection: Connection, context: LinkContext, of: { from: string; into: string }): Promise<Doubt | null> {
  return doubtOf(connection, context, await holdPair(connection, of));
}

async function doubtOf(connection: Connection, context: LinkContext, { ones, others }: Pair): Promise<Doubt | null> {
  const apart = await loadApart(connection, idsOf(ones));
  if (ones.some(({ id }) => others.some((other) => apart.get(id)?.has(other.id)))) return 'merge-told-apart';
  const decided = decideMerge(ones.map(({ facts }) => facts), others.map(({ facts }) => facts), context.grade);
  return decided.kind === 'review' ? decided.rule : null;
}

async function holdPair(connection: Connection, asked: { from: string; into: string }): Promise<Pair> {
  const [from = '', into = ''] = await citizensNow(connection, [asked.from, asked.into]);
  if (from === into) throw new Refusal(alreadyOne);
  const held = await holdCitizens(connection, [from, into]);
  const [left, kept] = [held.get(from), held.get(into)];
  if (!left || !kept) throw new Refusal(citizenUnknown);
  const people = await loadPersons(connection, [from, into]);
  return { from, into, left, kept, ones: people.filter(({ citizen }) => citizen === from), others: people.filter(({ citizen }) => citizen === into) };
}

/** The merge itself: everything of the one becomes the other's. */
async function join(connection: Connection, context: LinkContext, { from, into, left, kept, ones, others }: Pair, decision: Decided): Promise<string> {
  await moveRows(connection, { from, into, origins: null, at: context.clock(), tokens: { from: citizenTokens(from), into: citizenTokens(into) } });
  await movePersons(connection, { from, into }, null);
  await moveEmergencies(connection, { from, into }, null);
  await saveCitizen(connection, { citizen: into, traced: left.traced || kept.traced, hidden: left.hidden || kept.hidden }, context.clock());
  await uniteStrictness(connection, context, into, left.hidden !== kept.hidden);
  const aliases = await makeAlias(connection, from, into);
  const id = await keepDecision(connection, context, { kind: 'merge', from, into, persons: idsOf(ones), aliases }, decision);
  await requeueAbout(connection, context, idsOf([...ones, ...others]));
  return id;
}

/** Two source Patients are two people: no rule joins them from now on. Refused where they are one citizen: that is taken apart first. */
export async function keepApart(connection: Connection, context: LinkContext, { a, b, decision }: { a: string; b: string; decision: Decided }): Promise<{ decision: string }> {
  const people = await findPersons(connection, [a, b]);
  const [one, other] = [people.find(({ id }) => id === a), people.find(({ id }) => id === b)];
  if (!one || !other || a === b) throw new Refusal(citizenUnknown);
  if (one.citizen === other.citizen) throw new Refusal(stillOne);
  const id = await keepDecision(connection, context, { kind: 'keep-apart', from: one.citizen, into: other.citizen, persons: [a, b] }, decision);
  await saveApart(connection, id, [a], [b]);
  await requeueAbout(connection, context, [a, b]);
  return { decision: id };
}

function idsOf(people: readonly { id: string }[]): string[] {
  return people.map(({ id }) => id);
}

const alreadyOne: Problem = { category: 'conflict', code: 'merge-same-citizen', text: 'The two are one citizen already, so there is nothing to join.', fix: 'Read the person again; both ids stand for the same one.' };
const citizenUnknown: Problem = { category: 'unprocessable', code: 'link-person-unknown', text: 'The decision names nobody the record knows.', expected: 'ids of two people of the record' };
const stillOne: Problem = { category: 'conflict', code: 'apart-same-citizen', text: 'The two are one citizen, so they cannot be kept apart.', fix: 'Take the citizen apart first.' };
const mergeDoubtful: Problem = {
  category: 'conflict', code: 'merge-doubtful', text: 'What is known of the two speaks against their being one person, so no rule joins them.', fix: 'Have a person look at the pair and decide.',
};
