import type { Problem } from '../fhir/problem.ts';
import type { FoldState } from '../intake/types.ts';
import { savePeople } from '../store/citizens.ts';
import type { Connection } from '../store/database.ts';
import { loadFolds, saveFolds } from '../store/fold-states.ts';
import { claimRows, finishRecords, finishRows, type FinishedRow, type PendingRow, type RowOutcome } from '../store/intake-queue.ts';
import { saveLedger } from '../store/ledger-counts.ts';
import { requeueForKnownPeople } from '../store/source-records.ts';
import { checkOwnership } from './check-ownership.ts';
import type { IntakeContext } from './intake-context.ts';
import { linkPeople } from './link-people.ts';
import { prepareResources } from './prepare-resources.ts';
import { mapRow, readPending, type MappedRow, type ReadRow } from './read-and-map.ts';
import { reportFinished } from './report-finished.ts';
import { saveResources } from './save-resources.ts';

export interface IntakeTurn {
  people: number;
  rowsEach: number;
  onClaimed?: (rows: readonly PendingRow[]) => void;
}

/**
 * THE STORY of a record coming in: parse → check → fold → map → validate → link to a citizen → save → settle, for the
 * next pending rows, all or nothing in one transaction, after their bytes are already safe. Returns how many rows it settled.
 */
export async function receiveRecords(connection: Connection, context: IntakeContext, limits: IntakeTurn): Promise<number> {
  const rows = await claimRows(connection, limits);
  limits.onClaimed?.(rows);
  if (rows.length === 0) return 0;
  const read = rows.map((row) => readPending(context, row));
  const folds = await loadFolds(connection, read.flatMap((each) => ('input' in each
    ? each.input.foldKeys.map((foldKey) => ({ feed: each.row.feed, personKey: each.row.personKey, foldKey })) : [])));
  const { mapped, refused } = mapInOrder(context, read, folds);
  const linking = await linkPeople(connection, context, mapped);
  const prepared = linking.linked.flatMap((linked) => prepareResources(context, linked));
  await savePeople(connection, linking.citizens, linking.people, context.clock());
  const { owned, refused: foreign, current } = await checkOwnership(connection, prepared);
  const changed = await saveResources(connection, context, owned, current);
  const stored = linking.linked.filter(({ row }) => !foreign.some((each) => each.row === row));
  await saveFolds(connection, [...new Map(stored.flatMap(({ folds: states }) => states)
    .map((fold) => [`${fold.feed}\u0000${fold.personKey}\u0000${fold.foldKey}`, fold])).values()]);
  await saveLedger(connection, stored);
  await requeueForKnownPeople(connection, linking.people.map(({ feed, personKey }) => ({ feed, personKey })));
  const finished = [
    ...stored.map((linked) => settle(linked.row, changed.has(`${linked.row.recordId}/${linked.row.row}`) ? 'stored' : 'unchanged', linked.warnings)),
    ...[...refused, ...linking.refused, ...foreign].map(({ row, problems }) => settle(row, outcomeFor(problems), problems)),
  ];
  await finishRows(connection, finished);
  await reportFinished(connection, await finishRecords(connection, [...new Set(finished.map(({ recordId }) => recordId))]), context.clock());
  return finished.length;
}

/** One row at a time and in order, because a row's fold builds on the rows before it; a refused row leaves no trace in the fold. */
function mapInOrder(
  context: IntakeContext, read: readonly (ReadRow | { row: PendingRow; problems: Problem[] })[], stored: Awaited<ReturnType<typeof loadFolds>>,
): { mapped: MappedRow[]; refused: { row: PendingRow; problems: Problem[] }[] } {
  const people = new Map<string, Map<string, FoldState>>();
  const statesOf = (row: { feed: string; personKey: string }): Map<string, FoldState> => {
    const key = `${row.feed}\u0000${row.personKey}`;
    const states = people.get(key) ?? new Map<string, FoldState>();
    people.set(key, states);
    return states;
  };
  for (const fold of stored) statesOf(fold).set(fold.foldKey, fold.state);
  const mapped: MappedRow[] = [];
  const refused: { row: PendingRow; problems: Problem[] }[] = [];
  for (const each of read) {
    const result = 'input' in each ? mapRow(context, each, statesOf(each.row)) : each;
    if ('problems' in result) {
      refused.push(result);
    } else {
      mapped.push(result);
      for (const fold of result.folds) statesOf(each.row).set(fold.foldKey, fold.state);
    }
  }
  return { mapped, refused };
}

function settle(row: PendingRow, outcome: RowOutcome, problems: readonly Problem[]): FinishedRow {
  return { recordId: row.recordId, row: row.row, feed: row.feed, personKey: row.personKey, outcome, problems: JSON.stringify(problems) };
}

function outcomeFor(problems: readonly Problem[]): RowOutcome {
  return problems.some(({ code }) => code === 'awaiting-merge') ? 'awaiting-merge' : 'quarantined';
}
