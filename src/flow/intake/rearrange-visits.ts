import { citizenTokens } from '../../fhir/citizen-tokens.ts';
import { Refusal } from '../../fhir/problem.ts';
import { aboutFoldKey, type AboutKey } from '../../intake/fold-keys.ts';
import type { Connection } from '../../store/database.ts';
import type { PendingRow } from '../../store/intake/intake-queue.ts';
import { moveRows, saveOrigins } from '../../store/record/move-rows.ts';
import { loadCurrentRows } from '../../store/record/record-writer.ts';
import { loadStanding, type StandingRow } from '../../store/intake/replay-record.ts';
import { checkOwnership } from './check-ownership.ts';
import { endResources } from './end-resources.ts';
import { factsOf, hidePlaces } from './hide-places.ts';
import type { FoundPart, IntakeContext } from './intake-context.ts';
import type { LinkedRow } from './link-people.ts';
import { prepareResources, type PreparedResource } from './prepare-resources.ts';
import type { ReadRow } from './read-and-map.ts';
import { saveResources } from './save-resources.ts';
import { linkInFull, type LinkedInFull } from './settle-owners.ts';

/** The message that is the reason, with what its feed works with. */
export type Reason = FoundPart & { row: PendingRow; event: string };

/** Records of visits as they stand, with the labels their class has. */
type Standing = ReadonlyMap<string, StandingRow & { labels: readonly string[] }>;

/**
 * Makes the records of visits what they are once it is said otherwise whose they are or how they are numbered: `say` says
 * so. What goes on under its own id goes to whose it is, with its history; what has another number is made anew, as strict
 * as it was, and what nobody says any more ends. Each is a new version that names the message. Hold the citizens first.
 */
export async function rearrangeVisits(connection: Connection, context: IntakeContext, reason: Reason, visits: readonly AboutKey[], say: () => Promise<void>): Promise<void> {
  const asked = await visitsAsSaid(connection, context, reason, visits);
  const before = await standingOf(connection, context, asked);
  await say();
  const { linked, hidden, refused: unlinked } = await visitsAsSaid(connection, context, reason, visits);
  if (unlinked.length > asked.refused.length) throw new Refusal(...unlinked.flatMap(({ problems }) => problems)); // nothing ends because it cannot be said
  const all = linked.flatMap((each) => prepareResources(context, each, hidden.all.has(each.citizen)));
  const still = new Set(all.map(({ id }) => id));
  const ending = [...before.values()].filter(({ id }) => !still.has(id));
  const prepared = all.map((each) => ({ ...each, labels: [...new Set([...each.labels, ...ending.filter(({ type }) => type === each.type).flatMap(({ labels }) => labels)])].sort() }));
  await bringOver(connection, context, prepared, before, hidden.all);
  const { refused, current } = await checkOwnership(connection, prepared);
  if (refused[0]) throw new Refusal(...refused[0].problems);
  await saveResources(connection, context, prepared, current, hidden);
  await endResources(connection, ending, reason.mapping, context.clock());
}

type AsSaid = Pick<LinkedInFull, 'hidden'> & Pick<LinkedInFull['linking'], 'refused'> & { linked: LinkedRow[] };

/** What these visits come to by all that was said of them, without a word more; `refused`: of people nobody described. */
async function visitsAsSaid(connection: Connection, context: IntakeContext, reason: Reason, visits: readonly AboutKey[]): Promise<AsSaid> {
  const rows = visits.map((about): ReadRow => ({ ...reason, row: { ...reason.row, personKey: about.personKey }, input: { record: {}, eventAt: '', event: reason.event, foldKeys: [aboutFoldKey(about)], warnings: [] } }));
  const { linking, hidden, unmapped } = await linkInFull(connection, context, rows);
  if (unmapped.length > 0) throw new Refusal(...unmapped.flatMap(({ problems }) => problems));
  return { linked: linking.linked.filter(({ visit }) => visit?.told), hidden, refused: linking.refused };
}

async function standingOf(connection: Connection, context: IntakeContext, { linked, hidden }: AsSaid): Promise<Standing> {
  const owner = new Map(linked.flatMap((each) => prepareResources(context, each, hidden.all.has(each.citizen)).map(({ id }) => [id, each.citizen] as const)));
  const current = new Map((await loadCurrentRows(connection, [...owner.keys()])).map((row) => [row.id, row]));
  const standing = await loadStanding(connection, [...current.values()].filter(({ id, citizen }) => owner.get(id) === citizen).map(({ id }) => id));
  return new Map([...standing.values()].flatMap((row) => {
    const known = current.get(row.id);
    return row.deleted || !known ? [] : [[row.id, { ...row, labels: factsOf(context, known).labels }] as const];
  }));
}

/** Rows that are somebody else's from now on go there with their history; so does whose they are when citizens are taken apart. */
async function bringOver(connection: Connection, context: IntakeContext, prepared: readonly PreparedResource[], before: Standing, hidden: ReadonlySet<string>): Promise<void> {
  const going = prepared.flatMap(({ id, linked: { citizen: into, person } }) => {
    const from = before.get(id)?.citizen;
    return from !== undefined && from !== into ? [{ id, from, into, of: person ?? into }] : [];
  });
  await saveOrigins(connection, prepared.flatMap(({ id, linked: { citizen, person } }) => (person !== null && before.get(id)?.citizen === citizen ? [{ citizen, id, origin: person }] : [])));
  for (const group of Map.groupBy(going, ({ from, into, of }) => `${from} ${into} ${of}`).values()) {
    const [{ from, into, of } = { from: '', into: '', of: '' }] = group;
    const ids = [...new Set(group.map(({ id }) => id))];
    await moveRows(connection, { from, into, origins: null, rows: { ids, of }, at: context.clock(), tokens: { from: citizenTokens(from), into: citizenTokens(into) } });
  }
  await hidePlaces(connection, context, new Set(going.map(({ into }) => into)).intersection(hidden)); // their earlier versions tell places
}
