import { feedFacts } from '../../intake/feed-facts.ts';
import { unfoldAbout } from '../../intake/fold.ts';
import type { AboutKey } from '../../intake/fold-keys.ts';
import type { FoundPart, IntakeContext } from './intake-context.ts';
import { partnerId, resourceId } from './name-resource.ts';

/** The ids of what a visit becomes of which nothing but its number is known: they are those it has whatever is said of it. */
export function visitIds(context: Pick<IntakeContext, 'secrets'>, { feed, map }: Pick<FoundPart, 'feed' | 'map'>, about: AboutKey, event: string): string[] {
  const { resources } = map.run({ feed: feedFacts(feed), ...unfoldAbout(about, {}, event) });
  return resources.flatMap((resource) => (resource['resourceType'] === 'Patient' ? [] : resourceId(context.secrets, resource, feed.partner.identifierBase) ?? []));
}

/** What a message waits for that moves an account of which no visit is known yet. */
export function accountId(context: Pick<IntakeContext, 'secrets'>, { feed }: Pick<FoundPart, 'feed'>, personKey: string, account: string): string {
  return partnerId(context.secrets, 'Account', `${feed.partner.identifierBase}/account/${encodeURIComponent(personKey)}`, account);
}
