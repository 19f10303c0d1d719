import { findOddLooks, findUnreviewedAccess, forgetOldLooks, type Normals, type OddLooksContext } from './find-odd-looks.ts';
import type { CasePass } from '../../store/audit/odd-looks.ts';
import { startRounds, type Rounds } from '../start-rounds.ts';

export interface OddLooksWatch extends Rounds {
  /** one round; whether there may be more to do at once */
  look: () => Promise<boolean>;
}

const pauseMs = 60_000;

/** Looks through the log as it grows, a little at a time, for what privacy officers should ask about; any number of processes may do so. */
export function watchOddLooks(context: OddLooksContext, failed: (error: unknown) => void): OddLooksWatch {
  const normals: Record<CasePass, Normals> = { 'at-once': new Map(), late: new Map() };
  const look = async (): Promise<boolean> => {
    const atOnce = await findOddLooks(context, 'at-once', normals['at-once']);
    const late = await findOddLooks(context, 'late', normals.late);
    if (atOnce || late) return true;
    const unreviewed = await findUnreviewedAccess(context);
    return (await forgetOldLooks(context)) || unreviewed;
  };
  const rounds = startRounds(() => look().catch((error: unknown) => {
    failed(error);
    return false;
  }), pauseMs);
  return { ...rounds, look };
}
