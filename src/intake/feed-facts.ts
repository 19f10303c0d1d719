import type { JsonObject } from '../fhir/json.ts';
import type { Feed } from './types.ts';

/** What a map may know about the sender: the `feed` branch of its source tree. */
export function feedFacts(feed: Feed): JsonObject {
  const [system = '', value = ''] = feed.partner.organisation.split('|');
  return {
    key: feed.key,
    partner: feed.partner.partnerKey,
    identifierBase: feed.partner.identifierBase,
    organisationSystem: system,
    organisationValue: value,
    organisationName: feed.partner.name,
  };
}
