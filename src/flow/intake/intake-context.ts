import type { JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { SensitiveCodes } from '../../fhir/sensitive-codes.ts';
import type { Feed, Kind, Part } from '../../intake/types.ts';
import type { Grader } from '../../linkage/decide-link.ts';
import type { CompiledMap } from '../../mapping/types.ts';
import type { Connection, Database } from '../../store/database.ts';
import type { Secrets } from '../../store/secrets.ts';
import type { SharingClasses } from '../../store/record/sharing-classes.ts';
import type { Directory } from '../directory.ts';
import type { FeedMapping } from './feed-mappings.ts';

/** What every step of intake works with. */
export interface IntakeContext {
  database: Database;
  secrets: Secrets;
  classes: SharingClasses;
  /** every feed of the registry */
  registry: readonly Feed[];
  /** what a feed's records are mapped with; undefined: no such feed */
  mappingOf(feedKey: string): FeedMapping | undefined;
  /** keeps what feeds work with as it is until the transaction ends; returns those whose records wait */
  holdFeeds(connection: Connection): Promise<string[]>;
  directory: Directory;
  sensitiveCodes: SensitiveCodes;
  /** how alike two people are, by the linkage rule */
  grade: Grader;
  /** what is wrong with a mapped resource */
  validate(resource: JsonObject): Problem[];
  clock: () => Date;
  newId: () => string;
}

/** A part of a feed with all it is read and mapped with. */
export interface FoundPart {
  feed: Feed;
  kind: Kind;
  part: Part;
  map: CompiledMap;
  /** SHA-256 of the mapping's version */
  mapping: string;
}

/** A feed by key with its kind, as it works now; undefined when the registry has none such. */
export function findFeed(context: Pick<IntakeContext, 'mappingOf'>, feedKey: string): { feed: Feed; kind: Kind } | undefined {
  return context.mappingOf(feedKey);
}

/** The feeds of the partner that sends this one: they know a person by the same key, so what one says makes known to all. */
export function feedsOfSender({ registry }: Pick<IntakeContext, 'registry'>, feedKey: string): string[] {
  const sender = registry.find(({ key }) => key === feedKey)?.partner.partnerKey;
  return registry.filter(({ partner }) => partner.partnerKey === sender).map(({ key }) => key);
}

/** The same with one of its parts. */
export function findPart(context: Pick<IntakeContext, 'mappingOf'>, feedKey: string, partName: string): FoundPart | undefined {
  const { feed, kind, maps, sha256 } = context.mappingOf(feedKey) ?? {};
  const part = kind?.parts.find(({ name }) => name === partName);
  const map = maps?.get(partName);
  return feed && kind && part && map && { feed, kind, part, map, mapping: sha256 ?? '' };
}
