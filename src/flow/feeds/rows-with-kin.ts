import type { Connection } from '../../store/database.ts';
import { findPersons, loadPersons } from '../../store/linkage/link-decisions.ts';
import { duePeople } from '../../store/intake/replay-staging.ts';
import type { ReplayRow } from '../../store/intake/replays.ts';
import { loadMovedWith } from '../../store/record/visit-moves.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { partnerId } from '../intake/name-resource.ts';
import { isPerson } from './stage-records.ts';

/**
 * The next people of a replay but these, with everybody whose messages speak of the same
 * visits: under another key of the sender for one citizen, or with a visit that moved between them. A visit is made from
 * what was said of it under all its names, so they are gone through together. `limits` hold for the people it begins with; who
 * belongs to them comes whole, however many they are.
 */
export async function nextPeople(connection: Connection, context: IntakeContext, replay: ReplayRow, limits: { people: number; rows: number }, but: readonly string[] = []): Promise<string[]> {
  const due = await duePeople(connection, replay, limits, but);
  const all = new Set(due);
  for (let fresh = due.filter(isPerson); fresh.length > 0;) {
    const found = new Set([...await keysOfOneCitizen(connection, context, replay.feed, fresh), ...await loadMovedWith(connection, replay.feed, fresh)]);
    fresh = [...found.difference(all)];
    for (const key of fresh) all.add(key);
  }
  return [...all];
}

async function keysOfOneCitizen(connection: Connection, context: IntakeContext, feedKey: string, keys: readonly string[]): Promise<string[]> {
  const system = `${context.mappingOf(feedKey)?.feed.partner.identifierBase ?? ''}/person`;
  const people = await findPersons(connection, keys.map((key) => partnerId(context.secrets, 'Patient', system, key)));
  const kin = await loadPersons(connection, [...new Set(people.map(({ citizen }) => citizen))]);
  return kin.flatMap(({ facts }) => facts.local.filter((id) => id.system === system).map(({ value }) => value));
}
