import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Joining } from '../../intake/joining.ts';
import { holdKeys, saveReview } from '../../store/record/citizens.ts';
import type { Connection } from '../../store/database.ts';
import type { RowOutcome } from '../../store/intake/intake-queue.ts';
import { endPlace, findJoiningMerge, findPersons, loadApart, loadPersons, loadPlaces, saveApart, savePlace, waitFor } from '../../store/linkage/link-decisions.ts';
import { keyedHash } from '../../store/secrets.ts';
import type { IntakeContext } from './intake-context.ts';
import { keepDecision, type Decided } from '../linkage/link-context.ts';
import { findDoubt, keepApart, mergeCitizens, type Doubt } from '../linkage/merge-citizens.ts';
import { localKey } from './link-people.ts';
import { moveVisits } from './move-visits.ts';
import { partnerId } from './name-resource.ts';
import type { ReadRow } from './read-and-map.ts';
import { requeueAbout } from '../linkage/requeue-about.ts';
import { splitCitizen, undoDecision } from '../linkage/split-citizen.ts';

/** A row that says only whom it joins or tells apart. */
export type JoiningRow = ReadRow & { input: { joins: Joining } };

export interface JoinedRow {
  row: JoiningRow['row'];
  outcome: RowOutcome;
  problems: Problem[];
}

/** A source Patient as a message names it: known, and then of which citizen, or not described yet. */
export interface Named {
  id: string;
  key: string;
  citizen: string | undefined;
}

/** Done: whether it changed anything; or what it waits for. */
export type Effect = { changed: boolean } | { waits: Problem; outcome?: 'quarantined' };

/**
 * Joins people, tells them apart and moves their visits as messages of their senders ask, in order, after everything else of the batch is
 * saved. What is known of the two decides whether a message is enough: where it is not the pair goes to review, and the
 * message waits. Nothing but identifiers is taken from such a message. Whoever is named is held by the key that makes them
 * known: another worker that is doing so is through first, or finds what was decided here.
 */
export async function joinPeople(connection: Connection, context: IntakeContext, rows: readonly JoiningRow[]): Promise<JoinedRow[]> {
  const joined: JoinedRow[] = [];
  await holdKeys(connection, rows.flatMap(({ feed, input: { joins } }) => [joins.person, ...joins.others]
    .map((value) => keyedHash(context.secrets.person, localKey({ system: `${feed.partner.identifierBase}/person`, value })))));
  for (const each of rows) joined.push(await joinOne(connection, context, each));
  return joined;
}

async function joinOne(connection: Connection, context: IntakeContext, each: JoiningRow): Promise<JoinedRow> {
  const { row, input: { joins, warnings } } = each;
  const at = (problem: Problem): Problem => ({ ...problem, at: joins.at });
  await connection.query('savepoint joining');
  try {
    const effects = await effectsOf(connection, context, each);
    const open = effects.filter((effect) => 'waits' in effect);
    if (open.length > 0) return { row, outcome: open.every(({ outcome }) => outcome === 'quarantined') ? 'quarantined' : 'awaiting-merge', problems: [...warnings, ...open.map(({ waits }) => at(waits))] };
    return { row, outcome: effects.some((effect) => 'changed' in effect && effect.changed) ? 'stored' : 'unchanged', problems: warnings };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await connection.query('rollback to savepoint joining');
    return { row, outcome: 'awaiting-merge', problems: [...warnings, ...error.problems.map(at)] };
  }
}

async function effectsOf(connection: Connection, context: IntakeContext, each: JoiningRow): Promise<Effect[]> {
  const { joins } = each.input;
  if (joins.others.length === 0) return [{ waits: numbersOnly }];
  const effects: Effect[] = [];
  for (const other of joins.others) {
    const [kept, lost] = await namedBy(connection, context, each, [joins.person, other]);
    if (!kept || !lost) throw new Error('both were asked for');
    if (joins.act === 'move-visit') effects.push(await moveVisits(connection, context, each, [kept, lost], decidedBy(each)));
    else effects.push(await (joins.act === 'join' ? joinTwo : partTwo)(connection, context, each, kept, lost));
  }
  return effects;
}

async function namedBy(connection: Connection, context: IntakeContext, { feed }: JoiningRow, keys: readonly string[]): Promise<Named[]> {
  const named = keys.map((key) => ({ key, id: partnerId(context.secrets, 'Patient', `${feed.partner.identifierBase}/person`, key) }));
  const known = new Map((await findPersons(connection, named.map(({ id }) => id))).map(({ id, citizen }) => [id, citizen]));
  return named.map((each) => ({ ...each, citizen: known.get(each.id) }));
}

/** A message decides for the organisation whose feed sent it. */
function decidedBy({ row, feed, input }: JoiningRow): Decided {
  return { rule: `message-${input.event.toLowerCase()}`, organisation: feed.partner.organisation, evidence: { feed: row.feed, record: row.recordId, row: row.row } };
}

async function joinTwo(connection: Connection, context: IntakeContext, each: JoiningRow, kept: Named, lost: Named): Promise<Effect> {
  const { citizen: into } = kept;
  const { citizen: from } = lost;
  if (from === undefined && into !== undefined) return place(connection, context, each, lost, { id: kept.id, citizen: into });
  if (into === undefined && from !== undefined) return place(connection, context, each, kept, { id: lost.id, citizen: from });
  if (into === undefined || from === undefined) return waitForBoth(connection, each, [kept, lost]);
  if (from === into) return { changed: false };
  const doubt = await findDoubt(connection, context, { from, into });
  if (doubt) return review(connection, context, { citizen: from, id: lost.id, candidate: into }, doubt);
  await mergeCitizens(connection, context, { from, into, decision: decidedBy(each) });
  return { changed: true };
}

/** Of the two one is not described yet: when it is, it is whoever the other is then, unless what is said of it speaks against that. */
async function place(connection: Connection, context: IntakeContext, each: JoiningRow, unknown: Named, other: { id: string; citizen: string }): Promise<Effect> {
  const { citizen } = other;
  if ((await loadPlaces(connection, [unknown.id])).get(unknown.id) === citizen) return { changed: false };
  const apart = (await loadApart(connection, [unknown.id])).get(unknown.id);
  if (apart && (await loadPersons(connection, [citizen])).some(({ id }) => apart.has(id))) return { waits: toldApart, outcome: 'quarantined' };
  const decision = await keepDecision(connection, context, { kind: 'merge', from: null, into: citizen, persons: [unknown.id] }, decidedBy(each));
  await savePlace(connection, decision, unknown.id, other);
  await requeueAbout(connection, context, [], [{ feed: each.row.feed, personKey: unknown.key }]);
  return { changed: true };
}

async function review(connection: Connection, context: IntakeContext, pair: { citizen: string; id: string; candidate: string }, doubt: Doubt): Promise<Effect> {
  if (doubt === 'merge-told-apart') return { waits: toldApart, outcome: 'quarantined' };
  await saveReview(connection, { ...pair, rule: doubt }, context.clock());
  return { waits: needsReview };
}

async function waitForBoth(connection: Connection, { row }: JoiningRow, named: readonly Named[]): Promise<Effect> {
  await waitFor(connection, row, named.map(({ id }) => id));
  return { waits: nobodyKnown };
}

/** What joined them is taken back; else the second leaves the citizen of the first. */
async function partTwo(connection: Connection, context: IntakeContext, each: JoiningRow, one: Named, other: Named): Promise<Effect> {
  const by = decidedBy(each);
  if (one.citizen === undefined || other.citizen === undefined) {
    for (const { id } of [one, other]) await endPlace(connection, id);
    const decision = await keepDecision(connection, context, { kind: 'keep-apart', from: one.citizen ?? null, into: other.citizen ?? null, persons: [one.id, other.id] }, by);
    await saveApart(connection, decision, [one.id], [other.id]);
    return { changed: true };
  }
  if (one.citizen !== other.citizen) {
    await keepApart(connection, context, { a: one.id, b: other.id, decision: by });
    return { changed: true };
  }
  const merge = await findJoiningMerge(connection, one.id, other.id);
  if (merge === null) await splitCitizen(connection, context, { citizen: one.citizen, persons: [other.id], decision: by });
  else await undoDecision(connection, context, { decision: merge, by });
  return { changed: true };
}

const needsReview: Problem = {
  category: 'unprocessable', code: 'merge-needs-review', text: 'What is known of the two people speaks against their being one, so a person must look at them; the message waits.',
  fix: 'Decide the pair in the review queue; the message is then taken up by itself.',
};
const toldApart: Problem = {
  category: 'conflict', code: 'merge-told-apart', text: 'It was decided before that the two are different people, so the message joins nobody.', fix: 'Check the merge at the source; if it is right, have the decision taken back.',
};
const nobodyKnown: Problem = {
  category: 'unprocessable', code: 'merge-nobody-known', text: 'Nothing has been received about either person yet; the message waits.', fix: 'Send the people; the message is taken up by itself when one of them arrives.',
};
const numbersOnly: Problem = {
  category: 'unprocessable', code: 'merge-numbers-only', text: 'The message names the two people by national numbers alone, and a number is no proof of who is meant; it waits.',
  fix: 'Send the sender\'s own identifiers in PID-3 and MRG-1, each with its authority, or have a person join the two.',
};
