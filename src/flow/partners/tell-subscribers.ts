import { deleteOldEvents } from '../../store/partners/subscription-events.ts';
import { claimSubscriptions, endSubscription, findEndedSubscriptions, holdSubscription } from '../../store/partners/subscriptions.ts';
import { noteEvents } from './note-events.ts';
import { restateSubscription } from './restate-subscription.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';
import { tellSubscriber, type TellContext } from './tell-subscriber.ts';

export interface SubscriberWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: () => Promise<boolean>;
}

const together = 8;
/** longer than the longest a receiver may take, with all around it */
const leaseSeconds = 90;
const eventDays = 30;
const pauseMs = 5_000;

/**
 * Sees in rounds what happened, and tells subscribers: several at a time, and no round waits for them, so that one that does not
 * answer holds nobody up. A round that fails is done again; what was claimed and not settled is free when its lease is over.
 */
export function tellSubscribers(context: TellContext, failed: (error: unknown) => void): SubscriberWatch {
  const running = new Set<Promise<void>>();
  const look = async (): Promise<boolean> => {
    const more = await noteEvents(context);
    await endThoseOver(context);
    const claimed = running.size < together ? await claimSubscriptions(context.database, { limit: together - running.size, leaseSeconds, registeredOnly: context.registeredOnly }) : [];
    for (const subscription of claimed) {
      const telling = tellSubscriber(context, subscription).catch(failed).finally(() => {
        running.delete(telling);
        rounds.wake();
      });
      running.add(telling);
    }
    if (claimed.length === 0) await deleteOldEvents(context.database, eventDays);
    return more || claimed.length > 0;
  };
  const rounds = startRounds(() => look().catch((error: unknown) => {
    failed(error);
    return false;
  }), pauseMs);
  return {
    look, wake: rounds.wake,
    stop: async () => {
      await rounds.stop();
      await Promise.all(running);
    },
  };
}

/** Off, because their end has come. */
async function endThoseOver(context: TellContext): Promise<void> {
  for (const id of await findEndedSubscriptions(context.database, together)) {
    await context.database.transaction(async (connection) => {
      const held = await holdSubscription(connection, id);
      if (!held || held.status === 'off') return;
      await endSubscription(connection, id);
      await restateSubscription(context, connection, { id, client: held.requester.client }, { status: 'off', error: null });
    });
  }
}
