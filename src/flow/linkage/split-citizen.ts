import { citizenTokens } from '../../fhir/citizen-tokens.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { countChoices } from '../../store/sharing/choices.ts';
import type { Connection } from '../../store/database.ts';
import {
  citizensNow, endAlias, endApartOf, endPlaces, findMergeOf, holdCitizens, holdDecision, isAlias, leftSince, loadPersons, markUndone, saveApart, saveCitizen,
  type HeldCitizen, type LinkDecisionRow,
} from '../../store/linkage/link-decisions.ts';
import { copyHeldLooks } from '../../store/audit/held-looks.ts';
import { copyLegalHolds } from '../../store/audit/legal-holds.ts';
import { copyDenials, moveEmergencies, movePersons, moveRows } from '../../store/record/move-rows.ts';
import { endMovesOf, saveVisitMoves } from '../../store/record/visit-moves.ts';
import { keepVisitsWhole } from './keep-visits-whole.ts';
import { keepDecision, type Decided, type LinkContext } from './link-context.ts';
import { mergeCitizens } from './merge-citizens.ts';
import { requeueAbout } from './requeue-about.ts';

type Person = Awaited<ReturnType<typeof loadPersons>>[number];

/** What leaves a citizen, and where it goes. */
interface Parting {
  citizen: string;
  target: string;
  /** the target stood for the citizen until now, or is new */
  was: 'alias' | 'new';
  leaving: Person[];
  staying: Person[];
  /** citizens about whom an API wrote what goes along */
  homes: string[];
  /** the merge that this takes back */
  merge: LinkDecisionRow | null;
}

/**
 * Takes source Patients out of a citizen, back to the citizen they came from or to a new one, with every row of theirs, those
 * that came later included. What was denied while they were one stays denied for both until something is decided for
 * either. No rule joins them again. Call it in a transaction. Returns the decision and the citizen they are now.
 */
export async function splitCitizen(
  connection: Connection, context: LinkContext, { citizen, persons, decision }: { citizen: string; persons: readonly string[]; decision: Decided },
): Promise<{ decision: string; citizen: string }> {
  const [now = ''] = await citizensNow(connection, [citizen]);
  await holdCitizens(connection, [now]);
  const people = await loadPersons(connection, [now]);
  const leaving = people.filter(({ id }) => persons.includes(id));
  if (leaving.length < new Set(persons).size || leaving.length === 0) throw new Refusal(notOfCitizen);
  return part(connection, context, await partingOf(connection, context, now, { leaving, staying: people.filter((each) => !leaving.includes(each)) }), decision);
}

async function partingOf(connection: Connection, context: LinkContext, citizen: string, { leaving, staying }: Pick<Parting, 'leaving' | 'staying'>): Promise<Parting> {
  const merge = await findMergeOf(connection, citizen, leaving.map(({ id }) => id));
  if (merge?.from) return { citizen, target: merge.from, was: 'alias', leaving, staying, homes: [merge.from, ...merge.aliases], merge };
  if (staying.length === 0) throw new Refusal(nobodyStays);
  const homes = [...new Set(leaving.map(({ home }) => home))];
  const [home = ''] = homes;
  if (homes.length > 1 || home === citizen || !(await isAlias(connection, home))) return { citizen, target: context.newId(), was: 'new', leaving, staying, homes: [], merge: null };
  return { citizen, target: home, was: 'alias', leaving, staying, homes: staying.some((each) => each.home === home) ? [] : [home], merge: null };
}

async function part(connection: Connection, context: LinkContext, parting: Parting, by: Decided): Promise<{ decision: string; citizen: string }> {
  const { citizen, target, was, leaving, staying, homes, merge } = parting;
  const persons = leaving.map(({ id }) => id);
  const before = (await holdCitizens(connection, [citizen, target])).get(citizen);
  await saveParts(connection, context, parting, before);
  if (was === 'alias') await endAlias(connection, target, homes.filter((home) => home !== target));
  const said = await keepVisitsWhole(connection, context, parting);
  const way = { from: citizen, into: target };
  await moveRows(connection, { ...way, origins: [...persons, ...homes], at: context.clock(), tokens: { from: citizenTokens(citizen), into: citizenTokens(target) } });
  await movePersons(connection, way, persons);
  await moveEmergencies(connection, way, homes);
  for (const [from, into] of [[citizen, target], [target, citizen]] as const) {
    await copyDenials(connection, { from, into, since: merge?.at ?? null });
    await copyHeldLooks(connection, { from, into });
    await copyLegalHolds(connection, { from, into });
  }
  await countChoices(connection, [citizen, target]);
  const decision = await keepDecision(connection, context, { kind: 'split', from: citizen, into: target, persons, aliases: homes }, by);
  await saveApart(connection, decision, persons, staying.map(({ id }) => id));
  await saveVisitMoves(connection, said.map((move) => ({ ...move, decision })));
  if (merge) {
    await markUndone(connection, merge.id, decision);
    await endPlaces(connection, merge.id);
  }
  await requeueAbout(connection, context, [...leaving, ...staying].map(({ id }) => id));
  return { decision, citizen: target };
}

/** Both parts stay as strict as the whole was about where the person is: nobody knows whom it was meant for. */
async function saveParts(connection: Connection, { clock }: LinkContext, { citizen, target, leaving, staying }: Parting, before: HeldCitizen | undefined): Promise<void> {
  const isTraced = (people: readonly Person[]): boolean => people.some(({ facts }) => facts.nhsNumber !== undefined);
  const hidden = before?.hidden ?? true;
  await saveCitizen(connection, { citizen: target, traced: isTraced(leaving), hidden }, clock());
  await saveCitizen(connection, { citizen, traced: isTraced(staying), hidden }, clock());
}

/**
 * Takes a decision back, as a decision of its own: what was joined is taken apart, what was taken apart is joined, and
 * whom nobody might join may be joined again. Refused where it was taken back before, or others came to the part since.
 */
export async function undoDecision(connection: Connection, context: LinkContext, { decision, by }: { decision: string; by: Decided }): Promise<{ decision: string }> {
  const held = await holdDecision(connection, decision);
  if (!held) throw new Refusal(decisionUnknown);
  if (held.undoneBy !== null || held.kind === 'same') throw new Refusal(decisionUndone);
  const id = await undo(connection, context, held, by);
  await markUndone(connection, decision, id);
  return { decision: id };
}

async function undo(connection: Connection, context: LinkContext, held: LinkDecisionRow, by: Decided): Promise<string> {
  if (held.kind === 'merge') return undoMerge(connection, context, held, by);
  if (held.kind === 'split') return undoSplit(connection, context, held, by);
  if (held.kind === 'visit') throw new Error('a visit is taken back by the message that moves it back');
  await endApartOf(connection, held.id);
  const { from, into, persons } = held;
  return keepDecision(connection, context, { kind: 'same', from, into, persons }, by);
}

async function undoMerge(connection: Connection, context: LinkContext, merge: LinkDecisionRow, by: Decided): Promise<string> {
  const [citizen = ''] = [...await endPlaces(connection, merge.id), ...await citizensNow(connection, [merge.into ?? ''])];
  await holdCitizens(connection, [citizen]);
  const people = await loadPersons(connection, [citizen]);
  const gone = await leftSince(connection, merge.id);
  const leaving = people.filter(({ id }) => merge.persons.includes(id) && !gone.persons.has(id));
  const staying = people.filter((each) => !leaving.includes(each));
  const { from } = merge;
  if (from !== null && !gone.aliases.has(from)) {
    const homes = [from, ...merge.aliases.filter((alias) => !gone.aliases.has(alias))];
    return (await part(connection, context, { citizen, target: from, was: 'alias', leaving, staying, homes, merge }, by)).decision;
  }
  if (leaving.length === 0) return keepDecision(connection, context, { kind: 'split', from: citizen, into: null, persons: merge.persons }, by);
  return (await part(connection, context, await partingOf(connection, context, citizen, { leaving, staying }), by)).decision;
}

async function undoSplit(connection: Connection, context: LinkContext, split: LinkDecisionRow, by: Decided): Promise<string> {
  const [from = '', into = ''] = await citizensNow(connection, [split.into ?? '', split.from ?? '']);
  const people = await loadPersons(connection, [from]);
  if (people.some(({ id }) => !split.persons.includes(id))) throw new Refusal(othersCame);
  await endApartOf(connection, split.id);
  await endMovesOf(connection, split.id);
  return (await mergeCitizens(connection, context, { from, into, decision: by })).decision;
}

const notOfCitizen: Problem = {
  category: 'unprocessable', code: 'split-person-elsewhere', text: 'What is to be taken out of the citizen is no part of it.', expected: 'ids of source Patients of this citizen',
  fix: 'Read the person again: its links name the source Patients.',
};
const nobodyStays: Problem = { category: 'unprocessable', code: 'split-nobody-stays', text: 'All that is known of the citizen would leave, so nothing would be taken apart.', fix: 'Name the source Patients that are somebody else.' };
const decisionUnknown: Problem = { category: 'not-found', code: 'link-decision-unknown', text: 'There is no such decision.' };
const decisionUndone: Problem = { category: 'conflict', code: 'link-decision-undone', text: 'The decision was taken back before.', fix: 'Decide anew.' };
const othersCame: Problem = {
  category: 'conflict', code: 'link-others-since', text: 'Others have become part of what was taken apart, so taking it back would join them as well.', fix: 'Decide about each of them.',
};
