import { endCorrection, findAnswered } from '../../store/story/corrections.ts';
import { correctionTasks } from './request-correction.ts';
import { saveRecordTask, type TaskContext } from './record-task.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';

export interface CorrectionWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: () => Promise<boolean>;
}

const together = 50;
const pauseMs = 60_000;

/** Completes the Tasks of corrections whose record has a new version: its keeper has looked at it. What was asked stays in the Tasks' first version. */
export function watchCorrections(context: TaskContext, failed: (error: unknown) => void): CorrectionWatch {
  const look = async (): Promise<boolean> => {
    const answered = await findAnswered(context.database, together);
    for (const correction of answered) {
      await context.database.transaction(async (connection) => {
        if (!(await endCorrection(connection, correction))) return;
        for (const task of correctionTasks(correction, 'completed', [])) await saveRecordTask(context, connection, task);
      });
    }
    await context.classes.refreshIfInterned();
    return answered.length === together;
  };
  const rounds = startRounds(() => look().catch((error: unknown) => {
    failed(error);
    return false;
  }), pauseMs);
  return { ...rounds, look };
}
