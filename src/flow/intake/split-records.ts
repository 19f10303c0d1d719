import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { messageIdAt, readRow } from '../../intake/read-row.ts';
import { splitReceived } from '../../intake/split-received.ts';
import type { SplitRow } from '../../intake/types.ts';
import type { Connection } from '../../store/database.ts';
import { claimUnsplit, saveSplit, type NewRow, type UnsplitRecord } from '../../store/intake/source-records.ts';
import { finishRecords } from '../../store/intake/intake-queue.ts';
import { findFeed, findPart, type FoundPart, type IntakeContext } from './intake-context.ts';
import { reportFinished } from './report-finished.ts';

const oneTurn = { records: 500, bytes: 32 * 1024 * 1024 };
const oneRecord = { ...oneTurn, records: 1 };
/** Characters of a sender's person id or control id: longer ones are no ids, and no index takes them. */
const longestKey = 256;

/**
 * Cuts received records into rows and queues them, in the order they came. Returns how many records it took. When a
 * turn fails for a reason nobody foresaw, its first record is tried alone and refused if it is the culprit: one file
 * must not keep all feeds waiting.
 */
export async function splitRecords(context: IntakeContext): Promise<number> {
  try {
    return await splitTurn(context, oneTurn);
  } catch (error) {
    if (error instanceof Refusal) throw error; // an outage: nothing is wrong with any of them
  }
  let first: UnsplitRecord | undefined;
  try {
    return await splitTurn(context, oneRecord, ([record]) => { first = record; });
  } catch (error) {
    if (error instanceof Refusal || !first) throw error;
    await saveTurn(context, [rejected(first, intakeFailed)]);
    return 1;
  }
}

/** A record laid out in rows, or refused. */
export interface SplitRecord {
  summary: { recordId: number; rows: number; problems: string; state: 'split' | 'rejected' };
  rows: NewRow[];
}

async function splitTurn(context: IntakeContext, limits: typeof oneTurn, onClaimed?: (records: readonly UnsplitRecord[]) => void): Promise<number> {
  return context.database.transaction(async (connection) => {
    const records = await claimUnsplit(connection, { ...limits, held: await context.holdFeeds(connection) });
    onClaimed?.(records);
    if (records.length > 0) await saveAll(connection, context, await Promise.all(records.map((record) => splitOne(context, record))));
    return records.length;
  });
}

function saveTurn(context: IntakeContext, split: readonly SplitRecord[]): Promise<void> {
  return context.database.transaction((connection) => saveAll(connection, context, split));
}

async function saveAll(connection: Connection, context: IntakeContext, split: readonly SplitRecord[]): Promise<void> {
  await saveSplit(connection, split.map(({ summary }) => summary), split.flatMap(({ rows }) => rows));
  await reportFinished(connection, await finishRecords(connection, split.map(({ summary }) => summary.recordId)), context.clock());
}

/** Cuts one record with what its feed works with in this context; pure. */
export async function splitOne(context: Pick<IntakeContext, 'mappingOf'>, record: UnsplitRecord): Promise<SplitRecord> {
  const found = findFeed(context, record.feed);
  if (!found) throw new Error('a record of a feed that waits');
  const { rows, problems } = await splitReceived(found.kind, found.feed, record.part, record.content);
  if (rows.length === 0 && problems.length > 0) return rejected(record, ...problems);
  return {
    summary: { recordId: record.recordId, rows: rows.length, problems: JSON.stringify(problems), state: 'split' },
    rows: rows.map((row) => newRow(context, record, row)),
  };
}

function rejected(record: UnsplitRecord, ...problems: Problem[]): SplitRecord {
  return { summary: { recordId: record.recordId, rows: 0, problems: JSON.stringify(problems), state: 'rejected' }, rows: [] };
}

function newRow(context: Pick<IntakeContext, 'mappingOf'>, record: UnsplitRecord, row: SplitRow): NewRow {
  const part = row.part ?? record.part;
  const found = findPart(context, record.feed, part);
  if (!found) throw new Error('a row of a part its kind does not have');
  const problems = row.problem ? [row.problem] : keyProblems(found, row);
  const messageId = row.messageId === undefined || row.messageId.length > longestKey ? null : row.messageId;
  return {
    recordId: record.recordId, row: row.row, line: row.line, feed: record.feed, part, content: row.content, messageId,
    personKey: row.personKey.length > longestKey ? '' : row.personKey,
    messageIdAt: messageIdAt(found.kind, found.part),
    sha256: messageId === null ? null : createHash('sha256').update(row.content).digest(),
    state: problems.length > 0 ? 'quarantined' : 'pending', problems: JSON.stringify(problems),
  };
}

/** A row that names nobody is usually broken in some other way: that reason helps more. */
function keyProblems({ kind, feed, part }: FoundPart, row: SplitRow): Problem[] {
  if (row.personKey === '') {
    const read = readRow(kind, feed, part, row);
    return 'problems' in read ? read.problems : [personKeyMissing];
  }
  if (row.personKey.length > longestKey) return [personKeyTooLong];
  return (row.messageId ?? '').length > longestKey ? [{ ...messageIdTooLong, at: { field: messageIdAt(kind, part) } }] : [];
}

const intakeFailed: Problem = {
  category: 'internal', code: 'intake-failed', text: 'The gateway could not lay out the rows of this file.', fix: 'The file is kept as received; report its Task to the gateway\'s operator.',
};
const personKeyMissing: Problem = {
  category: 'unprocessable', code: 'person-key-missing', text: 'The row does not say whom it is about.', fix: 'Send it again with the sender\'s own person identifier.',
};
const personKeyTooLong: Problem = {
  category: 'too-large', code: 'person-key-too-long', text: 'The sender\'s person identifier is too long to be one.', expected: `at most ${longestKey} characters`,
};
const messageIdTooLong: Problem = {
  category: 'too-large', code: 'message-id-too-long', text: 'The id of the message is too long to be one.', expected: `at most ${longestKey} characters`,
};
