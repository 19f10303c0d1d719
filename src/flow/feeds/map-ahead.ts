import { setImmediate } from 'node:timers/promises';
import { keepRecent } from '../../fhir/remember-recent.ts';
import type { Connection } from '../../store/database.ts';
import { stagedRowsOf, type StagedRow } from '../../store/intake/replay-staging.ts';
import type { ReplayRow } from '../../store/intake/replays.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { mapInSteps } from '../intake/map-in-order.ts';
import { nextPeople } from './rows-with-kin.ts';
import { readInSteps, type ReadyRows } from '../intake/settle-people.ts';
import { noPlaces } from '../intake/visit-places.ts';

/** Rows between two looks at what else is to be done: answering comes first. */
const rowsAtOnce = 5;
/** Replays whose next people are kept mapped: of one that is given up they would be kept for ever. */
const mostForeseen = 8;

/** The rows of some people of a replay, mapped while the database was busy with those before them. */
export interface MapAhead {
  /** these people's, if they were foreseen and nothing has come since; a mistake is left to whoever maps them again */
  take(replay: ReplayRow, people: readonly string[]): Promise<ReadyRows | null>;
  /** begins on those who come after these people */
  begin(connection: Connection, context: IntakeContext, replay: ReplayRow, limits: { people: number; rows: number }, people: readonly string[]): Promise<void>;
  /** what was read for it does not hold any more */
  forget(): void;
}

interface Foreseen {
  standing: string;
  people: ReadonlySet<string>;
  ready: Promise<ReadyRows | null>;
}

export function createMapAhead(): MapAhead {
  const foreseen = keepRecent<Foreseen>(mostForeseen);
  return {
    take: async (replay, people) => {
      const found = foreseen.get(`${replay.replayId}`);
      foreseen.delete(`${replay.replayId}`);
      const same = found?.standing === standingOf(replay) && found.people.size === people.length && people.every((key) => found.people.has(key));
      return same ? found.ready : null;
    },
    begin: async (connection, context, replay, limits, people) => {
      const next = await nextPeople(connection, context, replay, limits, people);
      if (next.length === 0) return;
      const rows = await stagedRowsOf(connection, replay, next);
      foreseen.set(`${replay.replayId}`, { standing: standingOf(replay), people: new Set(next), ready: mapSlowly(context, rows).catch(() => null) });
    },
    forget: () => { foreseen.clear(); },
  };
}

/** Rows laid out since, another candidate or another stage: what was foreseen is of before. */
function standingOf({ state, candidate, stagedTo }: ReplayRow): string {
  return JSON.stringify([state, candidate, stagedTo]);
}

/** In steps between which everything else of this process goes on. */
async function mapSlowly(context: IntakeContext, rows: readonly StagedRow[]): Promise<ReadyRows> {
  const read = await inSlices(readInSteps(context, rows));
  return { rows, ...read, mapped: await inSlices(mapInSteps(context, read.read, noPlaces)) };
}

async function inSlices<Made>(steps: Generator<void, Made, undefined>): Promise<Made> {
  for (let taken = 1; ; taken += 1) {
    const step = steps.next();
    if (step.done) return step.value;
    if (taken % rowsAtOnce === 0) await setImmediate();
  }
}
