import type { Database } from '../database.ts';

/** What became of one source record, as its own client may know it. */
export interface RecordOutcome {
  id: string;
  content: Buffer;
  state: 'received' | 'split' | 'done' | 'rejected';
  /** Problem[] as JSON: of the record as a whole */
  problems: string;
  rows: RowReport[];
}

export interface RowReport {
  row: number;
  state: string;
  /** Problem[] as JSON */
  problems: string;
  /** its message id had been seen before with the same content: what is told is what became of that one */
  repeated: boolean;
}

/** The record behind a Task; null when the client has no such Task. */
export async function loadRecordOutcome(database: Database, client: string, taskId: string): Promise<RecordOutcome | null> {
  const [record] = await database.query<Omit<RecordOutcome, 'rows'>>(
    'select record_id as id, content, state, problems::text as problems from source_record where task_id = $1::uuid and client = $2', [taskId, client]);
  if (!record) return null;
  const rows = await database.query<RowReport>(
    `select r.row_no as row, coalesce(first.state, r.state) as state, coalesce(first.problems, r.problems)::text as problems, first.state is not null as repeated
     from intake_row r left join lateral (select e.state, e.problems from intake_row e
       where e.feed = r.feed and e.person_key = r.person_key and e.message_id = r.message_id and e.record_id < r.record_id and r.state = 'unchanged' order by e.record_id limit 1) first on true
     where r.record_id = $1 order by r.row_no`, [record.id]);
  return { ...record, rows };
}

/** Of these resources those that are stored, with the version they have now, and whether it was this record that made them. */
export async function loadStanding(database: Database, recordId: string, ids: readonly string[]): Promise<{ id: string; version: number; created: boolean }[]> {
  return database.query(
    `select r.id, r.version, first.record_id = $1 as created from citizen_row r
       join citizen_version first on first.citizen_id = r.citizen_id and first.id = r.id and first.version = 1 where r.id = any ($2::uuid[])`, [recordId, ids]);
}
