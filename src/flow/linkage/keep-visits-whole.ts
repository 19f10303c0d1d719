import { aboutOf, type AboutKey } from '../../intake/fold-keys.ts';
import { feedFacts } from '../../intake/feed-facts.ts';
import { joinStates, unfoldAbout } from '../../intake/fold.ts';
import type { Feed, FoldState } from '../../intake/types.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { Connection } from '../../store/database.ts';
import { loadFoldsOfPeople } from '../../store/record/fold-states.ts';
import { saveOrigins } from '../../store/record/move-rows.ts';
import { loadOrigins } from '../../store/record/record-writer.ts';
import type { VisitMove } from '../../store/record/visit-moves.ts';
import { findFeed, findPart } from '../intake/intake-context.ts';
import type { LinkContext } from './link-context.ts';
import { resourceId } from '../intake/name-resource.ts';

/** Source Patients that are taken apart, on one of the two sides. */
type Side = readonly { id: string; facts: PersonFacts }[];

/** A visit as a feed has told it under several keys of its sender, with the ids of the records it became. */
interface ToldVisit {
  feed: string;
  names: readonly AboutKey[];
  ids: readonly string[];
}

/**
 * Before a citizen is taken apart: each visit leaves, or stays, whole, with the source Patient its first record came from, whoever
 * of its sender's people messages named while they were one. Returns what has to be kept so that all words said of it go along,
 * those that arrive late under the other number included. In proportion to the visits of the people; nothing is looked
 * up where no sender knew both sides.
 */
export async function keepVisitsWhole(
  connection: Connection, context: LinkContext, { citizen, leaving, staying }: { citizen: string; leaving: Side; staying: Side },
): Promise<Omit<VisitMove, 'decision'>[]> {
  const moves: Omit<VisitMove, 'decision'>[] = [];
  for (const feeds of Map.groupBy(context.registry, ({ partner }) => partner.partnerKey).values()) {
    const system = `${feeds[0]?.partner.identifierBase ?? ''}/person`;
    const [left, stayed] = [keysOf(leaving, system), keysOf(staying, system)];
    if (left.size === 0 || stayed.size === 0) continue;
    const told = await toldVisits(connection, context, feeds, [...left.keys(), ...stayed.keys()]);
    const origins = await loadOrigins(connection, citizen, told.flatMap(({ ids }) => ids));
    const keyOf = new Map([...left, ...stayed].map(([key, person]) => [person, key]));
    for (const { feed, names, ids } of told) {
      const [, origin] = [...origins].find(([id]) => ids.includes(id)) ?? [];
      const toKey = keyOf.get(origin ?? '');
      if (origin === undefined || toKey === undefined) continue;
      await saveOrigins(connection, ids.filter((id) => origins.has(id)).map((id) => ({ citizen, id, origin })));
      moves.push(...names.filter(({ personKey }) => left.has(personKey) !== left.has(toKey)).map((name) => ({ feed, ...name, toKey, toId: name.id })));
    }
  }
  return moves;
}

/** What a sender calls these people, with who each is. */
function keysOf(side: Side, system: string): Map<string, string> {
  return new Map(side.flatMap(({ id, facts }) => facts.local.filter((local) => local.system === system).map(({ value }) => [value, id] as const)));
}

/** Every visit of which something is kept under these keys, by feeds whose messages say only what is new. */
async function toldVisits(connection: Connection, context: LinkContext, feeds: readonly Feed[], keys: readonly string[]): Promise<ToldVisit[]> {
  const told: ToldVisit[] = [];
  for (const { key: feed } of feeds) {
    if (findFeed(context, feed)?.kind.update !== 'patch') continue;
    const folds = (await loadFoldsOfPeople(connection, feed, keys)).flatMap(({ foldKey, state }) => {
      const about = aboutOf(foldKey);
      return about ? [{ about, state }] : [];
    });
    for (const same of Map.groupBy(folds, ({ about: { name, id } }) => `${name} ${id}`).values()) {
      const state = joinStates(same.map((each) => each.state));
      told.push({ feed, names: same.map(({ about }) => about), ids: [...new Set(same.flatMap(({ about }) => recordIds(context, feed, about, state)))] });
    }
  }
  return told;
}

/** Ids of all a visit has become by what was said of it. */
function recordIds(context: LinkContext, feedKey: string, about: AboutKey, state: FoldState): string[] {
  const { kind, feed } = findFeed(context, feedKey) ?? {};
  return (kind?.parts ?? []).flatMap(({ name }) => {
    const part = findPart(context, feedKey, name);
    const resources = feed && part ? part.map.run({ feed: feedFacts(feed), ...unfoldAbout(about, state, '') }).resources : [];
    return resources.flatMap((resource) => (resource['resourceType'] === 'Patient' ? [] : resourceId(context.secrets, resource, feed?.partner.identifierBase ?? '') ?? []));
  });
}
