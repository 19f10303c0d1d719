import type { Connection, Database } from '../store/database.ts';
import { requeueWaiting, requeueWaitingAbout } from '../store/source-records.ts';
import { feedsOfSender, type IntakeContext } from './intake-context.ts';
import { findPersonKeys } from '../store/link-decisions.ts';

/** Messages that waited for these people are taken up again: what was decided may be what they ask for. */
export async function requeueAbout(connection: Connection, context: Pick<IntakeContext, 'registry'>, persons: readonly string[]): Promise<void> {
  const keys = await findPersonKeys(connection, persons);
  await requeueWaitingAbout(connection, keys.flatMap(({ feed, personKey }) => feedsOfSender(context, feed).map((key) => ({ feed: key, personKey }))));
}

/** At the start every message that waits is tried again: what a version before could not do is done, and what cannot be waits again. */
export async function resumeWaiting(database: Database): Promise<void> {
  await database.transaction((connection) => requeueWaiting(connection, null));
}
