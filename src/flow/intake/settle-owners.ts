import { statesOf } from '../../intake/fold-keys.ts';
import type { Connection } from '../../store/database.ts';
import { loadFolds, type FoldAddress, type StoredFold } from '../../store/record/fold-states.ts';
import type { PendingRow } from '../../store/intake/intake-queue.ts';
import type { CurrentRow } from '../../store/record/record-writer.ts';
import { checkClaims } from './check-claims.ts';
import { checkOwnership } from './check-ownership.ts';
import { findVisitPlaces } from './find-visit-places.ts';
import { hiddenCitizens } from './hidden-citizens.ts';
import type { HiddenCitizens } from './hide-places.ts';
import type { IntakeContext } from './intake-context.ts';
import { createRegistry, linkPeople, type Linking, type Registry } from './link-people.ts';
import { createFolds, mapInOrder } from './map-in-order.ts';
import { prepareResources, type PreparedResource } from './prepare-resources.ts';
import type { MappedRow, ReadRow, RefusedRow } from './read-and-map.ts';
import { noPlaces, placeKey, type VisitPlaces } from './visit-places.ts';

/** Rows with whose they are and what becomes of them, not yet written; and those that are refused. */
export interface SettledRows {
  linking: Linking;
  prepared: PreparedResource[];
  current: Map<string, CurrentRow>;
  refused: RefusedRow[];
  hidden: HiddenCitizens;
}

/** What is known of the visits of some rows; grows as more of their names are found. */
interface KnownVisits {
  stored: StoredFold[];
  places: VisitPlaces;
}

/** Rows mapped on all that is known of their visits, with whose they are. */
export interface LinkedInFull {
  linking: Linking;
  registry: Registry;
  hidden: HiddenCitizens;
  /** that cannot be mapped */
  unmapped: RefusedRow[];
}

/**
 * fold → map → validate → link → whom the row means → who owns what. A row that names another person, or another person's
 * record, is refused, and whoever it made known or changed is linked again without it; the person's later rows wait for the
 * next batch, because they were mapped on what it said.
 */
export async function settleOwners(connection: Connection, context: IntakeContext, read: readonly (ReadRow | RefusedRow)[]): Promise<SettledRows> {
  const known = await knownOf(connection, read);
  const foreign: RefusedRow[] = [];
  for (;;) {
    const { linking, registry, hidden, unmapped } = await linkOn(connection, context, read, known, foreign);
    const mistaken = checkClaims(context, linking.linked, registry);
    const prepared = linking.linked.flatMap((linked) => prepareResources(context, linked, hidden.all.has(linked.citizen)));
    const owned = await checkOwnership(connection, prepared);
    const refused = [...mistaken, ...owned.refused.filter(({ row }) => !mistaken.some((each) => each.row === row))];
    if (refused.length === 0) return { linking, prepared, current: owned.current, refused: [...unmapped, ...linking.refused, ...foreign], hidden };
    foreign.push(...refused);
  }
}

/** fold → map → validate → link, whoever owns what they say. */
export async function linkInFull(connection: Connection, context: IntakeContext, read: readonly ReadRow[]): Promise<LinkedInFull> {
  return linkOn(connection, context, read, await knownOf(connection, read), []);
}

async function knownOf(connection: Connection, read: readonly (ReadRow | RefusedRow)[]): Promise<KnownVisits> {
  const own = read.flatMap((each) => ('input' in each ? statesOf(each.input, each.row.personKey).map((foldKey) => ({ feed: each.row.feed, personKey: each.row.personKey, foldKey })) : []));
  return { stored: await loadFolds(connection, own), places: noPlaces };
}

/** Rows about a visit of which more is known under other names are mapped once more with that, when the citizens are held: nobody else adds to it then. */
async function linkOn(connection: Connection, context: IntakeContext, read: readonly (ReadRow | RefusedRow)[], known: KnownVisits, foreign: readonly RefusedRow[]): Promise<LinkedInFull> {
  for (;;) {
    const { mapped, refused } = mapInOrder(context, read, createFolds(known.stored), known.places);
    const registry = createRegistry();
    const linking = await linkPeople(connection, context, without(mapped, foreign), registry);
    const hidden = await hiddenCitizens(connection, linking.linked);
    const found = await findVisitPlaces(connection, linking.linked, registry, known.places);
    if (!found) return { linking, registry, hidden, unmapped: refused };
    known.places = found;
    known.stored.push(...await loadFolds(connection, saidElsewhere(known)));
  }
}

/** What is kept of these visits under other names, and was not loaded yet. */
function saidElsewhere({ places, stored }: KnownVisits): FoldAddress[] {
  const loaded = new Set(stored.map(({ feed, foldKey }) => placeKey(feed, foldKey)));
  return [...places.values()].flatMap(({ feed, said }) => said.map((each) => ({ feed, ...each }))).filter(({ feed, foldKey }) => !loaded.has(placeKey(feed, foldKey)));
}

/** The rows but for those refused, and what was mapped on what they said. */
function without(mapped: readonly MappedRow[], refused: readonly RefusedRow[]): MappedRow[] {
  return mapped.filter(({ row }) => !refused.some((each) => sameQueue(each.row, row) && !isBefore(row, each.row)));
}

export function sameQueue(a: PendingRow, b: PendingRow): boolean {
  return a.feed === b.feed && a.personKey === b.personKey;
}

function isBefore(a: PendingRow, b: PendingRow): boolean {
  return a.recordId === b.recordId ? a.row < b.row : a.recordId < b.recordId;
}
