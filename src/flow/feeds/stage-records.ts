import type { Connection } from '../../store/database.ts';
import { nextRecords, stageRows } from '../../store/intake/replay-staging.ts';
import type { ReplayRow } from '../../store/intake/replays.ts';
import { mayHold } from './added-codes.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import { splitOne } from '../intake/split-records.ts';

const together = { records: 200, bytes: 4 * 1024 * 1024 };

/** Rows that name nobody go together by their record; no sender's key begins like this. */
const recordGroup = (recordId: number): string => `\u0001${String(recordId).padStart(16, '0')}`;

/** Whether a group of rows is of a person. */
export function isPerson(group: string): boolean {
  return !group.startsWith('\u0001');
}

/** Lays the feed's next raw records, up to this one, out in rows, as its mapping in this context would. Returns how many there were. */
export async function stageRecords(connection: Connection, context: Pick<IntakeContext, 'mappingOf'>, replay: ReplayRow, upTo: number): Promise<number> {
  const records = await nextRecords(connection, replay, upTo, together);
  const last = records.at(-1);
  if (!last) return 0;
  const laid = await Promise.all(records.filter(({ erased }) => !erased).map((record) => splitOne(context, record)));
  const rows = laid.flatMap(({ rows: each }) => each.map((row) => ({ ...row, mayHold: mayHold(replay.added?.codes ?? [], row.content), group: row.state === 'pending' ? row.personKey : recordGroup(row.recordId) })));
  await stageRows(connection, replay, last.recordId, laid.map(({ summary }) => summary), rows, records.length - laid.length);
  return records.length;
}
