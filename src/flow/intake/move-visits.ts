import type { Problem } from '../../fhir/problem.ts';
import { aboutFoldKey, aboutOf, type AboutKey } from '../../intake/fold-keys.ts';
import { isLessDenied } from '../../store/sharing/choices.ts';
import type { Connection } from '../../store/database.ts';
import { findFoldsOfAccount, loadFolds } from '../../store/record/fold-states.ts';
import { holdCitizens, loadPersons, markMoveUndone, waitFor, type HeldCitizen } from '../../store/linkage/link-decisions.ts';
import { loadCurrentRows } from '../../store/record/record-writer.ts';
import { requeueJoinings } from '../../store/intake/source-records.ts';
import { endVisitMoves, loadMovesOf, loadVisitMoves, saveVisitMoves, type VisitMove } from '../../store/record/visit-moves.ts';
import { lastOf, sameVisit } from './find-visit-places.ts';
import type { IntakeContext } from './intake-context.ts';
import type { Effect, JoiningRow, Named } from './join-people.ts';
import { keepDecision, type Decided } from '../linkage/link-context.ts';
import { rearrangeVisits } from './rearrange-visits.ts';
import { requeueAbout } from '../linkage/requeue-about.ts';
import { accountId, visitIds } from './visit-ids.ts';
import { accountName } from './visit-places.ts';

/** What moves, a visit or an account, by what its sender called it and calls it now. */
interface Moving {
  from: AboutKey;
  to: AboutKey;
  /** ids of what the one and the other are; an account is nothing by itself */
  was: readonly string[];
  is: readonly string[];
}

/** Whose it was and whose it is, with everybody else who is the first of them as the sender calls them. */
interface Between {
  from: Named;
  into: Named & { citizen: string };
  kin: readonly string[];
}

/**
 * Gives visits to another person, or another number, as a message asks (A42 A44 A45 A50). From then on what is said of the one
 * is said of the other, whichever of the two a message names and whenever it arrives. A message waits while the person or the
 * visit is not known, and while the visit would be less protected where it goes; one that speaks of somebody else's visit, or
 * of one that went elsewhere before, is refused.
 */
export async function moveVisits(connection: Connection, context: IntakeContext, each: JoiningRow, [kept, from]: readonly [Named, Named], by: Decided): Promise<Effect> {
  const { citizen } = kept;
  if (citizen === undefined) return waiting(connection, each, [kept.id], personUnknown);
  const held = await holdCitizens(connection, [...new Set([citizen, from.citizen ?? citizen])]);
  const between: Between = { from, into: { ...kept, citizen }, kin: await kinOf(connection, each, from) };
  const all = await movingOf(connection, context, each, between);
  const known = await loadVisitMoves(connection, all.flatMap((moving) => [moving.from, moving.to].map((about) => ({ feed: each.row.feed, ...about }))));
  const open = all.filter((moving) => !sameVisit(moving.from, moving.to) && !known.some((move) => sameVisit(move, moving.from) && isTo(move, moving.to)));
  const visits = open.filter((moving) => moving.from.name !== accountName);
  if (open.length === 0) return { changed: false };
  const owners = new Map((await loadCurrentRows(connection, visits.flatMap(({ was, is }) => [...was, ...is]))).map((row) => [row.id, row.citizen]));
  const doubt = await doubtOf(connection, context, each, between, { visits, known, owners });
  if (doubt) return doubt;
  const leaves = from.citizen !== citizen && visits.some(({ was: [id = ''] }) => owners.get(id) === from.citizen);
  if (leaves && await isLessProtected(connection, held, between)) return { waits: lessProtected };
  await decide(connection, context, each, between, { open, visits, known }, by);
  return { changed: true };
}

async function kinOf(connection: Connection, { feed: { partner } }: JoiningRow, { key, citizen }: Named): Promise<string[]> {
  const people = citizen === undefined ? [] : await loadPersons(connection, [citizen]);
  return [...new Set([key, ...people.flatMap(({ facts }) => facts.local.filter(({ system }) => system === `${partner.identifierBase}/person`).map(({ value }) => value))])];
}

/** The visit a message names; or all that are known of an account, and the account, for those that are not known yet. */
async function movingOf(connection: Connection, context: IntakeContext, each: JoiningRow, { from, into, kin }: Between): Promise<Moving[]> {
  const { row, part, input: { event, joins: { visit } } } = each;
  const name = part.messages?.about.name;
  if (!visit || name === undefined) return [];
  const moving = (one: AboutKey, other: AboutKey): Moving => ({ from: one, to: other, was: visitIds(context, each, one, event), is: visitIds(context, each, other, event) });
  if (!('account' in visit)) return [moving({ name, personKey: from.key, id: visit.from }, { name, personKey: into.key, id: visit.to })];
  const visits = (await findFoldsOfAccount(connection, row.feed, kin, visit.account)).flatMap((foldKey) => aboutOf(foldKey) ?? []);
  const account = { name: accountName, personKey: from.key, id: visit.account };
  return [...visits.map((about) => moving(about, { ...about, personKey: into.key })), { from: account, to: { ...account, personKey: into.key }, was: [], is: [] }];
}

type Asked = { visits: readonly Moving[]; known: readonly VisitMove[]; owners: ReadonlyMap<string, string> };

async function doubtOf(connection: Connection, context: IntakeContext, each: JoiningRow, { from, into }: Between, { visits, known, owners }: Asked): Promise<Effect | null> {
  const { visit } = each.input.joins;
  if (visits.length === 0 && visit && 'account' in visit) return waiting(connection, each, [accountId(context, each, from.key, visit.account)], visitUnknown);
  for (const moving of visits) {
    const { was, is } = moving;
    const wait = (ids: readonly string[], waits: Problem, outcome?: 'quarantined'): Promise<Effect> => waiting(connection, each, ids, waits, outcome);
    if (known.some((move) => sameVisit(move, moving.from))) return wait(was, movedBefore, 'quarantined');
    const [left, there] = [owners.get(was[0] ?? ''), owners.get(is[0] ?? '')];
    if (left !== undefined && left !== from.citizen && left !== into.citizen) return wait([...was, from.id], ofAnother, 'quarantined');
    if (moving.from.id !== moving.to.id && there !== undefined && there !== into.citizen) return wait([...is, into.id], ofAnother, 'quarantined');
    // within one person either of the two will do: what is said of the other later is said of both
    if (left === undefined && (there === undefined || from.key !== into.key)) return wait(from.key === into.key ? [...was, ...is] : was, visitUnknown);
  }
  return null;
}

/** A choice or a hidden location of whose it was would no longer cover it. */
async function isLessProtected(connection: Connection, held: ReadonlyMap<string, HeldCitizen>, { from: { citizen: from }, into: { citizen: into } }: Between): Promise<boolean> {
  if (from === undefined) return false;
  return (held.get(from)?.hidden === true && held.get(into)?.hidden !== true) || isLessDenied(connection, { from, into });
}

async function decide(connection: Connection, context: IntakeContext, each: JoiningRow, { from, into, kin }: Between, { open, visits, known }: Pick<Asked, 'visits' | 'known'> & { open: readonly Moving[] }, by: Decided): Promise<void> {
  const { feed } = each.row;
  const persons = [...new Set([from.id, into.id])];
  const decision = await keepDecision(connection, context, { kind: 'visit', from: from.citizen ?? into.citizen, into: into.citizen, persons }, by);
  const names = visits.flatMap((moving) => kin.map((personKey): Moving => ({ ...moving, from: { ...moving.from, personKey } })));
  const told = new Set((await loadFolds(connection, names.map(({ from: { personKey }, from: about }) => ({ feed, personKey, foldKey: aboutFoldKey(about) })))).map(({ foldKey }) => foldKey));
  const others = names.filter((name) => told.has(aboutFoldKey(name.from)) && !sameVisit(name.from, name.to) && !known.some((move) => sameVisit(move, name.from)));
  const back = open.filter((moving) => sameVisit(lastOf(moving.to, known), moving.from)).map(({ to }) => to);
  await rearrangeVisits(connection, context, { ...each, event: each.input.event }, distinct(visits.flatMap((moving) => [moving.from, moving.to])), async () => {
    await endVisitMoves(connection, back.map((about) => ({ feed, ...about })));
    await saveVisitMoves(connection, [...open, ...others].map((moving) => ({ feed, ...moving.from, toKey: moving.to.personKey, toId: moving.to.id, decision })));
  });
  for (const taken of new Set(known.filter((move) => back.some((about) => sameVisit(move, about))).map((move) => move.decision))) {
    if ((await loadMovesOf(connection, taken)).length === 0) await markMoveUndone(connection, taken, decision);
  }
  await requeueJoinings(connection, visits.flatMap(({ was, is }) => [...was, ...is]));
  await requeueAbout(connection, context, persons, [from.key, into.key].map((personKey) => ({ feed, personKey })));
}

function isTo(move: VisitMove, about: AboutKey): boolean {
  return move.toKey === about.personKey && move.toId === about.id;
}

function distinct(visits: readonly AboutKey[]): AboutKey[] {
  return [...new Map(visits.map((about) => [aboutFoldKey(about), about])).values()];
}

/** Taken up again by itself when something happens to one of these. */
async function waiting(connection: Connection, { row }: JoiningRow, ids: readonly string[], waits: Problem, outcome?: 'quarantined'): Promise<Effect> {
  await waitFor(connection, row, ids);
  return { waits, ...(outcome && { outcome }) };
}

const personUnknown: Problem = {
  category: 'unprocessable', code: 'visit-move-person-unknown', text: 'Nothing has been received about the person the visit goes to; the message waits.', fix: 'Send the person; the message is taken up by itself when they arrive.',
};
const visitUnknown: Problem = {
  category: 'unprocessable', code: 'visit-move-unknown', text: 'Nothing has been received about the visit that moves, or about any of the account; the message waits.',
  fix: 'Send the visit, with its account if the account is what moves; the message is taken up by itself when it arrives.',
};
const ofAnother: Problem = {
  category: 'conflict', code: 'visit-of-another-person', text: 'The visit is neither of the person the message takes it from nor of the one it goes to. It was not moved.', fix: 'Check at the source whose visit it is, and send the move again as it is.',
};
const movedBefore: Problem = {
  category: 'conflict', code: 'visit-moved-before', text: 'The visit has gone to another person or number before, so it is not there to be moved. It was not moved.', fix: 'Send the move with the person and number the visit has now.',
};
const lessProtected: Problem = {
  category: 'unprocessable', code: 'visit-move-less-protected', text: 'A choice or a hidden location of the person whose visit it was would no longer cover it; the message waits.',
  fix: 'See what each of the two people chose; the message is taken up by itself at the next start or requeue when nothing would be lost.',
};
