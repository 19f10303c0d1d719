import type { Connection, Database } from '../../store/database.ts';
import { requeueJoinings, requeueRefused, requeueWaiting, requeueWaitingAbout } from '../../store/intake/source-records.ts';
import { feedsOfSender, type IntakeContext } from '../intake/intake-context.ts';
import { findPersonKeys } from '../../store/linkage/link-decisions.ts';

/**
 * Messages that waited for these people are taken up again: what was decided may be what they ask for. So is what was refused
 * because it spoke of somebody else's record: it may be theirs now. `keys`: of people who may not be described yet.
 */
export async function requeueAbout(connection: Connection, context: Pick<IntakeContext, 'registry'>, persons: readonly string[], keys: readonly { feed: string; personKey: string }[] = []): Promise<void> {
  const people = [...keys, ...await findPersonKeys(connection, persons)].flatMap(({ feed, personKey }) => feedsOfSender(context, feed).map((key) => ({ feed: key, personKey })));
  await requeueWaitingAbout(connection, people);
  await requeueRefused(connection, 'record-of-another-person', people);
  await requeueJoinings(connection, persons);
}

/** At the start every message that waits is tried again: what a version before could not do is done, and what cannot be waits again. */
export async function resumeWaiting(database: Database): Promise<void> {
  await database.transaction((connection) => requeueWaiting(connection, null));
}
