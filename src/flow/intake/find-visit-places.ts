import { aboutFoldKey, type AboutKey } from '../../intake/fold-keys.ts';
import type { Connection } from '../../store/database.ts';
import { loadVisitMoves, type VisitMove } from '../../store/record/visit-moves.ts';
import type { LinkedRow, Registry } from './link-people.ts';
import { accountName, placeKey, type VisitPlace, type VisitPlaces } from './visit-places.ts';

/** A visit as one of its names goes, with the other keys by which its sender knows the person. */
interface NamedVisit {
  feed: string;
  /** as the row names it */
  foldKey: string;
  at: AboutKey;
  kin: readonly string[];
  account: string;
}

/**
 * Where the visits of these rows are kept, and where else something was said of them: under another key of the sender for
 * the same citizen, whatever made the two one, and under the names they had before they moved. Call it when the citizens are
 * held. Null: no more than `known` was found, which is never left out.
 */
export async function findVisitPlaces(connection: Connection, linked: readonly LinkedRow[], registry: Registry, known: VisitPlaces): Promise<VisitPlaces | null> {
  const visits = linked.flatMap(({ row, feed, citizen, visit }): NamedVisit[] => (visit
    ? [{ feed: row.feed, foldKey: visit.named.foldKey, at: visit.at, account: visit.account, kin: keysOf(registry, citizen, `${feed.partner.identifierBase}/person`) }] : []));
  const moves = await loadVisitMoves(connection, visits.flatMap((visit) => namesOf(visit).map((about) => ({ feed: visit.feed, ...about }))));
  if (moves.length === 0 && visits.every(({ at, kin }) => kin.every((key) => key === at.personKey))) return null;
  const places = new Map(known);
  for (const visit of visits) {
    const key = placeKey(visit.feed, visit.foldKey);
    const place = placeOf(visit, moves, known.get(key));
    if (place) places.set(key, place);
  }
  return [...places].some(([key, place]) => !isSame(place, known.get(key))) ? places : null;
}

/** What a sender calls the people who are this citizen. */
export function keysOf(registry: Pick<Registry, 'factsOf'>, citizen: string, system: string): string[] {
  return [...registry.factsOf(citizen).values()].flatMap(({ local }) => local.filter((id) => id.system === system).map(({ value }) => value));
}

/** The visit under every key of its person; and its account, under the same. */
function namesOf({ at, kin, account }: NamedVisit): AboutKey[] {
  const keys = [...new Set([at.personKey, ...kin])];
  return [...keys.map((personKey) => ({ ...at, personKey })), ...(account === '' ? [] : keys.map((personKey) => ({ name: accountName, personKey, id: account })))];
}

function placeOf(visit: NamedVisit, all: readonly VisitMove[], known: VisitPlace | undefined): VisitPlace | undefined {
  const { feed, foldKey, at } = visit;
  const moves = all.filter((move) => move.feed === feed);
  const names = namesOf(visit);
  const from = names.find((each) => !sameVisit(lastOf(each, moves), each));
  const moved = from && { ...at, personKey: lastOf(from, moves).personKey, ...(from.name === at.name && { id: lastOf(from, moves).id }) };
  const end = moved && !known?.said.some((each) => each.foldKey === aboutFoldKey(moved)) ? moved : at; // never back to where it was
  const here = [end, ...names.filter(({ name }) => name === at.name).filter((each) => [each, end].some((other) => sameVisit(lastOf(each, moves), other)))];
  const came = moves.map(({ name, personKey, id }) => ({ name, personKey, id })).filter((each) => here.some((other) => sameVisit(lastOf(each, moves), other)));
  const said = new Map([...(known?.said ?? []), ...[...here, ...came].map((each) => ({ personKey: each.personKey, foldKey: aboutFoldKey(each) }))].map((each) => [each.foldKey, each]));
  if (said.size === 1 && said.has(foldKey)) return known;
  const by = known?.by ?? (from && from.name !== at.name ? moves.find((move) => sameVisit(move, from))?.decision : undefined);
  return { feed, at: end, said: [...said.values()], ...(by !== undefined && { by }) };
}

/** Where a visit is, by all that moved it. */
export function lastOf(visit: AboutKey, moves: readonly VisitMove[]): AboutKey {
  const seen = new Set<string>();
  for (let at = visit; ;) {
    const next = moves.find((move) => sameVisit(move, at));
    if (!next || seen.has(aboutFoldKey(at))) return at;
    seen.add(aboutFoldKey(at));
    at = { ...at, personKey: next.toKey, id: next.toId };
  }
}

export function sameVisit(a: AboutKey, b: AboutKey): boolean {
  return a.name === b.name && a.personKey === b.personKey && a.id === b.id;
}

function isSame(a: VisitPlace, b: VisitPlace | undefined): boolean {
  return b !== undefined && sameVisit(a.at, b.at) && a.said.length === b.said.length;
}
