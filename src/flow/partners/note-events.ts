import type { Resource } from '@medplum/fhirtypes';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import { happeningsOf, type Happening } from '../../story/happenings.ts';
import { saveEvents, takeHappened, type Happened, type NewEvent } from '../../store/partners/subscription-events.ts';
import type { ReleaseContext } from '../release-context.ts';

const together = 200;

/**
 * Sees whom it concerns what happened, and keeps it for them; whether they may be told is asked when they are. One
 * transaction: killed in it, it is seen again. Whether there may be more.
 */
export async function noteEvents({ database, directory }: Pick<ReleaseContext, 'database' | 'directory'>): Promise<boolean> {
  return database.transaction(async (connection) => {
    const happened = await takeHappened(connection, together);
    const keys = new Map([...directory].map(([key, { id }]) => [`Organization/${id}`, key]));
    await saveEvents(connection, happened.flatMap((each) => eventsOf(each, keys)));
    return happened.length === together;
  });
}

function eventsOf({ kind, id, at, now, before, organisations }: Happened, keys: ReadonlyMap<string, OrganisationKey>): NewEvent[] {
  const happenings: Happening[] = kind === 'merge' ? [{ topic: 'citizens-merged' }] : kind === 'split' ? [{ topic: 'citizens-unmerged' }]
    : now === null ? [] : happeningsOf(JSON.parse(now) as Resource, before === null ? null : JSON.parse(before) as Resource);
  return happenings.map(({ topic, for: concerned }) => ({ topic, focus: id, at, organisations: concerned?.map((name) => keys.get(name) ?? name) ?? organisations }));
}
