import type { Connection } from '../store/database.ts';
import { requeueWaitingAbout } from '../store/source-records.ts';
import { feedsOfSender, type IntakeContext } from './intake-context.ts';
import { findPersonKeys } from '../store/link-decisions.ts';

/** Messages that waited for these people are taken up again: what was decided may be what they ask for. */
export async function requeueAbout(connection: Connection, context: Pick<IntakeContext, 'registry'>, persons: readonly string[]): Promise<void> {
  const keys = await findPersonKeys(connection, persons);
  await requeueWaitingAbout(connection, keys.flatMap(({ feed, personKey }) => feedsOfSender(context, feed).map((key) => ({ feed: key, personKey }))));
}
