import type { Requester, OrganisationKey } from '../../fhir/sharing.ts';
import { comparedTypes, endDisagreement, findChangedCitizens, findStanding, moveCursor, saveDisagreement } from '../../store/story/disagreements.ts';
import { keyedUuid } from '../../store/secrets.ts';
import { disagreements } from '../../story/disagreements.ts';
import type { StoryRule } from '../../story/event-types.ts';
import { findEvents } from '../../story/events.ts';
import { readAsked } from '../read-asked.ts';
import { saveRecordTask, type TaskContext } from './record-task.ts';
import { factsFrom } from './release-story.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';

export interface DisagreementWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: (lagMs?: number) => Promise<boolean>;
}

type WatchContext = TaskContext & { story: StoryRule };

const together = 100;
const pauseMs = 600_000;
/** a transaction that is open longer than this is not waited for */
const usualLagMs = 120_000;

/**
 * When partners come to say different things of who a person is, of one event, of allergies or of resuscitation, each who says one
 * side has a Task about its own record, completed when they agree again. In rounds, over the citizens of whom something was stored since the last. What an organisation is asked
 * about is only what its own people may see, by the agreements in force: else it is asked nothing.
 */
export function watchDisagreements(context: WatchContext, failed: (error: unknown) => void): DisagreementWatch {
  const look = async (lagMs = usualLagMs): Promise<boolean> => {
    let more = false;
    for (const type of comparedTypes) {
      const changed = await findChangedCitizens(context.database, type, { lagMs, limit: together });
      if (!changed) continue;
      for (const { citizen, custodians } of changed.citizens) for (const owner of custodians) await askOwner(context, citizen, owner);
      await moveCursor(context.database, type, changed.cursor);
      more ||= changed.more;
    }
    await context.classes.refreshIfInterned();
    return more;
  };
  const rounds = startRounds(() => look().catch((error: unknown) => {
    failed(error);
    return false;
  }), pauseMs);
  return { ...rounds, look };
}

async function askOwner(context: WatchContext, citizen: string, owner: OrganisationKey): Promise<void> {
  const seen = await seenBy(context, citizen, owner);
  const standing = await findStanding(context.database, citizen, owner);
  for (const { about, id, type } of seen) {
    if (standing.some((each) => each.about === about)) continue;
    const task = keyedUuid(context.secrets.id, 'Task', 'urn:onestory:disagreement', id, about);
    await context.database.transaction(async (connection) => {
      if (await saveDisagreement(connection, citizen, owner, { about, task, id })) await saveRecordTask(context, connection, taskOf(citizen, owner, { task, id, type }, 'requested'));
    });
  }
  for (const over of standing.filter(({ about }) => !seen.some((each) => each.about === about))) {
    await context.database.transaction(async (connection) => {
      if (await endDisagreement(connection, citizen, over.task)) await saveRecordTask(context, connection, taskOf(citizen, owner, over, 'completed'));
    });
  }
}

/** Of what does another say something else than this organisation, as far as its own people may see; and which record of its own says so. */
async function seenBy(context: WatchContext, citizen: string, owner: OrganisationKey): Promise<{ about: string; id: string; type: string }[]> {
  const { policy, database, story, clock } = context;
  const { role, purpose } = story.noReplySeenAs;
  const requester: Requester = { client: 'onestory', token: 'none', organisation: owner, organisationName: owner, role, purpose, scopes: [] };
  const { held, result: found } = await policy.under(requester, ({ grant }) => readAsked(database, grant.key, { interaction: 'story', citizen }));
  if (found.people.length === 0) return [];
  const facts = factsFrom(context, held, found, clock());
  return disagreements({ ...facts, events: findEvents(facts.rows, found.decisions ?? [], story) }).flatMap(({ about, said }) => {
    const own = said.flatMap(({ by }) => by).find(({ row }) => row.custodian === owner);
    const others = said.some(({ by }) => by.length > 0 && by.every(({ row }) => row.custodian !== owner));
    return own && others ? [{ about, id: own.row.id, type: own.row.type }] : [];
  });
}

const code = {
  system: 'https://fhir.bicp.example/CodeSystem/story-item', code: 'disagreement', display: 'Disagreement',
  text: 'Another organisation says something else than this record. Compare it in the story of the person, and correct the record at the source if it is not right.',
};

function taskOf(citizen: string, owner: OrganisationKey, { task, id, type }: { task: string; id: string; type: string }, status: 'requested' | 'completed') {
  return { citizen, taskId: task, owner, about: { type, id }, said: [], code, status, source: 'disagreements' };
}
