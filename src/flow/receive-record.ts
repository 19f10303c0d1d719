import type { Problem } from '../fhir/problem.ts';
import { savePeople } from '../store/citizens.ts';
import type { Connection } from '../store/database.ts';
import { loadFolds, saveFolds } from '../store/fold-states.ts';
import { claimRows, finishRecords, finishRows, type FinishedRow, type PendingRow, type RowOutcome } from '../store/intake-queue.ts';
import type { CurrentRow } from '../store/record-writer.ts';
import { saveLedger } from '../store/ledger-counts.ts';
import { requeueForKnownPeople, requeueJoinings } from '../store/source-records.ts';
import { saveUnmappedCodes } from '../store/unmapped-codes.ts';
import { checkClaims } from './check-claims.ts';
import { checkOwnership } from './check-ownership.ts';
import { feedsOfSender, type IntakeContext } from './intake-context.ts';
import { hiddenCitizens } from './hidden-citizens.ts';
import type { HiddenCitizens } from './hide-places.ts';
import { joinPeople, type JoiningRow } from './join-people.ts';
import { createRegistry, linkPeople, type Linking } from './link-people.ts';
import { mapInOrder } from './map-in-order.ts';
import { prepareResources, type PreparedResource } from './prepare-resources.ts';
import { readPending, type MappedRow, type ReadRow, type RefusedRow } from './read-and-map.ts';
import { reportFinished } from './report-finished.ts';
import { saveResources } from './save-resources.ts';

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
  const folds = await loadFolds(connection, read.flatMap((each) => ('input' in each
    ? each.input.foldKeys.map((foldKey) => ({ feed: each.row.feed, personKey: each.row.personKey, foldKey })) : [])));
  const { mapped, refused } = mapInOrder(context, read, folds);
  const { linking, prepared, current, foreign, hidden } = await settleOwners(connection, context, mapped);
  await savePeople(connection, linking.citizens, linking.people, context.clock());
  const changed = await saveResources(connection, context, prepared, current, hidden);
  const stored = linking.linked;
  await saveFolds(connection, [...new Map(stored.flatMap(({ folds: states }) => states)
    .map((fold) => [`${fold.feed}\u0000${fold.personKey}\u0000${fold.foldKey}`, fold])).values()]);
  await saveLedger(connection, stored);
  await saveUnmappedCodes(connection, stored, context.clock());
  await requeueJoinings(connection, linking.people.map(({ id }) => id));
  await requeueForKnownPeople(connection, linking.people.flatMap(({ feed, personKey }) => feedsOfSender(context, feed).map((key) => ({ feed: key, personKey }))));
  const finished = [
    ...stored.map((linked) => settle(linked.row, changed.has(`${linked.row.recordId}/${linked.row.row}`) ? 'stored' : 'unchanged', linked.warnings)),
    ...[...refused, ...linking.refused, ...foreign].map(({ row, problems }) => settle(row, 'quarantined', problems)),
    ...(await joinPeople(connection, context, joining)).map(({ row, outcome, problems }) => settle(row, outcome, problems)),
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

/**
 * link → whom the row means → who owns what. A row that names another person, or another person's record, is refused, and
 * whoever it made known or changed is linked again without it; the person's later rows wait for the next batch, because they
 * were mapped on what it said.
 */
async function settleOwners(connection: Connection, context: IntakeContext, mapped: readonly MappedRow[]): Promise<{
  linking: Linking; prepared: PreparedResource[]; current: Map<string, CurrentRow>; foreign: { row: PendingRow; problems: Problem[] }[]; hidden: HiddenCitizens;
}> {
  const foreign: { row: PendingRow; problems: Problem[] }[] = [];
  for (let rows = mapped; ;) {
    const registry = createRegistry();
    const linking = await linkPeople(connection, context, rows, registry);
    const mistaken = checkClaims(context, linking.linked, registry);
    const hidden = await hiddenCitizens(connection, linking.linked);
    const prepared = linking.linked.flatMap((linked) => prepareResources(context, linked, hidden.all.has(linked.citizen)));
    const owned = await checkOwnership(connection, prepared);
    const refused = [...mistaken, ...owned.refused.filter(({ row }) => !mistaken.some((each) => each.row === row))];
    if (refused.length === 0) return { linking, prepared, current: owned.current, foreign, hidden };
    foreign.push(...refused);
    rows = rows.filter(({ row }) => !refused.some((each) => sameQueue(each.row, row) && !isBefore(row, each.row)));
  }
}

function sameQueue(a: PendingRow, b: PendingRow): boolean {
  return a.feed === b.feed && a.personKey === b.personKey;
}

function isBefore(a: PendingRow, b: PendingRow): boolean {
  return a.recordId === b.recordId ? a.row < b.row : a.recordId < b.recordId;
}

function settle(row: PendingRow, outcome: RowOutcome, problems: readonly Problem[]): FinishedRow {
  return { recordId: row.recordId, row: row.row, feed: row.feed, personKey: row.personKey, outcome, problems: JSON.stringify(problems) };
}

