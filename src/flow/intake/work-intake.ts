import { setTimeout } from 'node:timers/promises';
import { Refusal } from '../../fhir/problem.ts';
import type { Connection } from '../../store/database.ts';
import { finishRecords, finishRows, postponePerson, hasIntakeWork, type PendingRow } from '../../store/intake/intake-queue.ts';
import { holdCodeSets } from '../../store/record/relabel-queue.ts';
import { dropSecondLook } from '../../store/intake/second-looks.ts';
import type { IntakeContext } from './intake-context.ts';
import { lookAgain } from './look-again.ts';
import { receiveRecords, type IntakeTurn } from '../receive-record.ts';
import { reportFinished } from './report-finished.ts';
import type { AuditTrail } from '../../store/audit/audit-trail.ts';
import { splitRecords } from './split-records.ts';
import { startRounds } from '../start-rounds.ts';
import { tellDecisions } from '../tell-decisions.ts';

const batch = { people: 200, rowsEach: 50 };
const single = { people: 1, rowsEach: 1 };
const triesBeforeQuarantine = 5;
const firstWaitSeconds = 2;

/** Intake, with the trail that is told of what messages decided about who is who. */
type WorkerContext = IntakeContext & { audit: AuditTrail };

type Report = (event: 'batch-failed' | 'row-failed' | 'outdated') => void;

export interface IntakeWorker {
  /** there may be work: called after bytes were kept */
  wake(): void;
  /** resolves when nothing is received or pending (waiting retries included) and the log knows every decision about who is who */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Works through the queue, a batch at a time. When a batch fails for a reason nobody foresaw, its rows are tried one by
 * one: the culprit waits longer each time and is quarantined after five tries, everyone else goes on.
 */
export function startIntakeWorker(context: WorkerContext, tell: Report, pollMs = 1_000): IntakeWorker {
  let stopped = false;
  let outdated = false;
  const report: Report = (event) => {
    if (event !== 'outdated' || !outdated) tell(event);
    outdated ||= event === 'outdated'; // lasts until the end of the process: told once
  };
  const rounds = startRounds(async (stopping) => {
    try {
      return await turn(context, report, stopping) > 0;
    } catch {
      report('batch-failed');
      return false;
    }
  }, pollMs);

  return {
    wake: rounds.wake,
    idle: async () => {
      const began = performance.now();
      while (!stopped && (await hasIntakeWork(context.database))) {
        rounds.wake();
        await setTimeout(Math.min(Math.max(10, (performance.now() - began) / 20), 250)); // the longer it took, the less it matters: looking is work too
      }
    },
    stop: async () => {
      stopped = true;
      await rounds.stop();
    },
  };
}

/** One round: split what arrived, settle a batch. Returns how much was done. */
async function turn(context: WorkerContext, report: Report, stopping: AbortSignal): Promise<number> {
  const done = await settle(context, report, stopping);
  await tellDecisions(context);
  return done;
}

async function settle(context: IntakeContext, report: Report, stopping: AbortSignal): Promise<number> {
  const split = await splitRecords(context);
  try {
    const settled = await context.database.transaction((connection) => receive(connection, context, batch, report));
    await context.classes.refreshIfInterned();
    return split + settled + (stopping.aborted ? 0 : await lookAgainAtAll(context, report));
  } catch {
    report('batch-failed');
    await context.classes.refresh();
    return split + (await oneByOne(context, report, stopping));
  }
}

/** Under code sets that are not this process's own nothing is written: its labels would lack what the newer ones add. */
async function receive(connection: Connection, context: IntakeContext, limits: IntakeTurn, report: Report): Promise<number> {
  if (await holdCodeSets(connection, context.sensitiveCodes.hash)) return receiveRecords(connection, context, limits);
  report('outdated');
  return 0;
}

/** Those just made known, after what they were made known by is committed; one that cannot be worked on is let go. */
async function lookAgainAtAll(context: IntakeContext, report: Report): Promise<number> {
  const look = (limit: number): Promise<number> => context.database.transaction(async (connection) =>
    (await holdCodeSets(connection, context.sensitiveCodes.hash)) ? lookAgain(connection, context, limit) : 0);
  try {
    return await look(batch.people);
  } catch {
    report('batch-failed');
  }
  for (let looked = 0; looked < batch.people; looked += 1) {
    try {
      if ((await look(1)) === 0) return looked;
    } catch (error) {
      if (error instanceof Refusal) return looked; // an outage: nothing is wrong with any of them
      report('row-failed');
      await dropSecondLook(context.database);
    }
  }
  return batch.people;
}

async function oneByOne(context: IntakeContext, report: Report, stopping: AbortSignal): Promise<number> {
  for (let settled = 0; ; settled += 1) {
    if (stopping.aborted) return settled;
    let claimed: PendingRow | undefined;
    try {
      const done = await context.database.transaction((connection) =>
        receive(connection, context, { ...single, onClaimed: ([row]) => { claimed = row; } }, report));
      await context.classes.refreshIfInterned();
      if (done === 0 || settled >= batch.people) return settled;
    } catch {
      report('row-failed');
      if (!claimed) return settled;
      const tries = await postponePerson(context.database, claimed.feed, claimed.personKey, firstWaitSeconds);
      if (tries >= triesBeforeQuarantine) await quarantine(context, claimed);
    }
  }
}

async function quarantine(context: IntakeContext, row: PendingRow): Promise<void> {
  const problems = [{
    category: 'internal', code: 'intake-failed', text: `The gateway could not work on this row in ${triesBeforeQuarantine} tries.`,
    fix: 'The row is kept as received; report its record and row to the gateway\'s operator.',
  }];
  await context.database.transaction(async (connection) => {
    await finishRows(connection, [{
      recordId: row.recordId, row: row.row, feed: row.feed, personKey: row.personKey, outcome: 'quarantined', problems: JSON.stringify(problems),
    }]);
    await reportFinished(connection, await finishRecords(connection, [row.recordId]), context.clock());
  });
}
