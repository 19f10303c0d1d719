import { createHash } from 'node:crypto';
import { readRow } from '../intake/read-row.ts';
import { splitSource } from '../intake/split-source.ts';
import type { SplitRow } from '../intake/types.ts';
import { claimUnsplit, saveSplit, type NewRow, type UnsplitRecord } from '../store/source-records.ts';
import { finishRecords } from '../store/intake-queue.ts';
import { findPart, type IntakeContext } from './intake-context.ts';
import { reportFinished } from './report-finished.ts';

const oneTurn = { records: 500, bytes: 32 * 1024 * 1024 };

/** Cuts received records into rows and queues them, in the order they came. Returns how many records it took. */
export async function splitRecords(context: IntakeContext): Promise<number> {
  return context.database.transaction(async (connection) => {
    const records = await claimUnsplit(connection, oneTurn);
    if (records.length === 0) return 0;
    const split = records.map((record) => splitOne(context, record));
    await saveSplit(connection, split.map(({ summary }) => summary), split.flatMap(({ rows }) => rows));
    await reportFinished(connection, await finishRecords(connection, records.map(({ recordId }) => recordId)), context.clock());
    return records.length;
  });
}

function splitOne(context: IntakeContext, record: UnsplitRecord): {
  summary: { recordId: number; rows: number; problems: string; state: 'split' | 'rejected' }; rows: NewRow[];
} {
  const found = findPart(context.mappings, record.feed, record.part);
  if (!found) {
    const problems = [{ category: 'unprocessable', code: 'feed-not-configured', text: 'The feed is no longer configured.' }];
    return { summary: { recordId: record.recordId, rows: 0, problems: JSON.stringify(problems), state: 'rejected' }, rows: [] };
  }
  const { rows, problems } = splitSource(found.kind, found.feed, record.part, record.content);
  const rejected = rows.length === 0 && problems.length > 0;
  return {
    summary: { recordId: record.recordId, rows: rows.length, problems: JSON.stringify(problems), state: rejected ? 'rejected' : 'split' },
    rows: rows.map((row) => ({
      recordId: record.recordId, row: row.row, line: row.line, feed: record.feed, part: record.part, personKey: row.personKey, content: row.content,
      messageId: row.messageId ?? null,
      sha256: row.messageId === undefined ? null : createHash('sha256').update(row.content).digest(),
      ...(row.problem
        ? { state: 'quarantined' as const, problems: JSON.stringify([row.problem]) }
        : row.personKey === ''
          ? { state: 'quarantined' as const, problems: whyNobody(found, row) }
          : { state: 'pending' as const, problems: '[]' }),
    })),
  };
}

/** A row that names nobody is usually broken in some other way: that reason helps more. */
function whyNobody({ kind, feed, part }: NonNullable<ReturnType<typeof findPart>>, row: SplitRow): string {
  const read = readRow(kind, feed, part, row);
  return 'problems' in read ? JSON.stringify(read.problems) : noPersonKey;
}

const noPersonKey = JSON.stringify([{
  category: 'unprocessable', code: 'person-key-missing', text: 'The row does not say whom it is about.', fix: 'Send it again with the sender\'s own person identifier.',
}]);
