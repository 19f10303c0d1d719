import type { Problem } from '../fhir/problem.ts';
import { savePeople } from '../store/record/citizens.ts';
import type { Connection } from '../store/database.ts';
import { saveFolds } from '../store/record/fold-states.ts';
import { claimRows, finishRecords, finishRows, type FinishedRow, type PendingRow, type RowOutcome } from '../store/intake/intake-queue.ts';
import { requeueJoinings, requeueRefused } from '../store/intake/source-records.ts';
import { saveUnmappedCodes } from '../store/intake/unmapped-codes.ts';
import { saveVisitMoves, type VisitMove } from '../store/record/visit-moves.ts';
import { countLedger } from './intake/count-ledger.ts';
import { feedsOfSender, type IntakeContext } from './intake/intake-context.ts';
import { joinPeople, type JoiningRow } from './intake/join-people.ts';
import type { LinkedRow } from './intake/link-people.ts';
import { readPending, type ReadRow, type RefusedRow } from './intake/read-and-map.ts';
import { reportFinished } from './intake/report-finished.ts';
import { saveResources } from './intake/save-resources.ts';
import { sameQueue, settleOwners } from './intake/settle-owners.ts';
import { accountId } from './intake/visit-ids.ts';

export interface IntakeTurn {
  people: number;
  rowsEach: number;
  onClaimed?: (rows: readonly PendingRow[]) => void;
}

/**
 * THE STORY of a record coming in: parse → check → fold → map → validate → link to a citizen → save → join people → settle, for the
 * next pending rows, all or nothing in one transaction, after their bytes are already safe. Returns how many rows it settled.
 */
export async function receiveRecords(connection: Connection, context: IntakeContext, limits: IntakeTurn): Promise<number> {
  const rows = await claimRows(connection, { ...limits, held: await context.holdFeeds(connection) });
  limits.onClaimed?.(rows);
  if (rows.length === 0) return 0;
  const { read, joining } = untilJoined(rows.map((row) => readPending(context, row)));
  const { linking, prepared, current, refused, hidden } = await settleOwners(connection, context, read);
  await savePeople(connection, linking.citizens, linking.people, context.clock());
  const changed = await saveResources(connection, context, prepared, current, hidden);
  const stored = linking.linked;
  await saveFolds(connection, [...new Map(stored.flatMap(({ folds: states }) => states)
    .map((fold) => [`${fold.feed}\u0000${fold.personKey}\u0000${fold.foldKey}`, fold])).values()]);
  await countLedger(connection, stored);
  await saveUnmappedCodes(connection, stored, context.clock());
  await saveVisitMoves(connection, movedWithAccount(stored));
  await requeueJoinings(connection, [...linking.people, ...prepared.filter(({ id }) => !current.has(id))].map(({ id }) => id).concat(accountsOf(context, stored)));
  await requeueRefused(connection, 'person-not-known', linking.people.flatMap(({ feed, personKey }) => feedsOfSender(context, feed).map((key) => ({ feed: key, personKey }))));
  const joined = await joinPeople(connection, context, joining);
  const decided = joined.some(({ outcome }) => outcome === 'stored');
  const finished = [
    ...stored.filter(({ about }) => about === undefined).map((linked) => settle(linked.row, changed.has(`${linked.row.recordId}/${linked.row.row}`) ? 'stored' : 'unchanged', linked.warnings)),
    ...refused.filter((each) => !decided || !isForeign(each)).map(({ row, problems }) => settle(row, 'quarantined', problems)),
    ...joined.filter(({ outcome }) => !decided || outcome === 'stored' || outcome === 'unchanged').map(({ row, outcome, problems }) => settle(row, outcome, problems)),
  ];
  await finishRows(connection, finished);
  await reportFinished(connection, await finishRecords(connection, [...new Set(finished.map(({ recordId }) => recordId))]), context.clock());
  return finished.length;
}

/** Rows that join people, apart from the others; what the same sender says of the person after that waits for the next batch. */
function untilJoined(all: readonly (ReadRow | RefusedRow)[]): { read: (ReadRow | RefusedRow)[]; joining: JoiningRow[] } {
  const read: (ReadRow | RefusedRow)[] = [];
  const joining: JoiningRow[] = [];
  for (const each of all) {
    if (joining.some(({ row }) => sameQueue(row, each.row))) continue;
    if ('input' in each && each.input.joins) joining.push({ ...each, input: { ...each.input, joins: each.input.joins } });
    else read.push(each);
  }
  return { read, joining };
}

/** Somebody else's record was spoken of. Where this batch decided who is who such rows, and messages that wait, are tried again in the next. */
function isForeign({ problems }: RefusedRow): boolean {
  return problems.some(({ code }) => code === 'record-of-another-person');
}

/** Visits that went with their account are where it is, whatever becomes of the account. */
function movedWithAccount(stored: readonly LinkedRow[]): VisitMove[] {
  return stored.flatMap(({ row: { feed }, visit }) => (visit?.by === undefined ? [] : [{ feed, ...visit.named.about, toKey: visit.at.personKey, toId: visit.at.id, decision: visit.by }]));
}

function accountsOf(context: IntakeContext, stored: readonly LinkedRow[]): string[] {
  return [...new Set(stored.flatMap((each) => (each.visit && each.visit.account !== '' ? [accountId(context, each, each.visit.named.about.personKey, each.visit.account)] : [])))];
}

function settle(row: PendingRow, outcome: RowOutcome, problems: readonly Problem[]): FinishedRow {
  return { recordId: row.recordId, row: row.row, feed: row.feed, personKey: row.personKey, outcome, problems: JSON.stringify(problems) };
}
