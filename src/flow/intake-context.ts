import type { JsonObject } from '../fhir/json.ts';
import type { Problem } from '../fhir/problem.ts';
import type { SensitiveCodes } from '../fhir/sensitive-codes.ts';
import type { Mappings } from '../intake/load-mappings.ts';
import type { Feed, Kind, Part } from '../intake/types.ts';
import type { CompiledMap } from '../mapping/types.ts';
import type { Database } from '../store/database.ts';
import type { Secrets } from '../store/secrets.ts';
import type { SharingClasses } from '../store/sharing-classes.ts';
import type { Directory } from './directory.ts';

/** What every step of intake works with. */
export interface IntakeContext {
  database: Database;
  secrets: Secrets;
  classes: SharingClasses;
  mappings: Mappings;
  directory: Directory;
  sensitiveCodes: SensitiveCodes;
  /** the map of a feed's part, compiled once */
  mapOf(feed: Feed, part: Part): CompiledMap;
  /** what is wrong with a mapped resource */
  validate(resource: JsonObject): Problem[];
  clock: () => Date;
  newId: () => string;
}

/** A feed by key with its kind; undefined when the registry has none such. */
export function findFeed(mappings: Mappings, feedKey: string): { feed: Feed; kind: Kind } | undefined {
  const feed = mappings.feeds.find(({ key }) => key === feedKey);
  const kind = feed && mappings.kinds.get(feed.kind);
  return feed && kind && { feed, kind };
}

/** The same with one of its parts. */
export function findPart(mappings: Mappings, feedKey: string, partName: string): { feed: Feed; kind: Kind; part: Part } | undefined {
  const found = findFeed(mappings, feedKey);
  const part = found?.kind.parts.find(({ name }) => name === partName);
  return found && part && { ...found, part };
}

/** The feeds of the partner that sends this one: they know a person by the same key, so what one says makes known to all. */
export function feedsOfSender({ feeds }: Mappings, feedKey: string): string[] {
  const sender = feeds.find(({ key }) => key === feedKey)?.partner.partnerKey;
  return feeds.filter(({ partner }) => partner.partnerKey === sender).map(({ key }) => key);
}
