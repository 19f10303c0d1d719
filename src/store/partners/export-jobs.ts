import type { Purpose, Requester } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';
import { stale } from '../door/door.ts';
import { itself, sharedWith, visible } from '../schema/visible.ts';

/** Whose rows: all the caller may see, those about people, those about people its organisation has a relationship with. */
export type ExportLevel = 'system' | 'patient' | 'group';

export interface ExportAsk {
  level: ExportLevel;
  types: readonly string[];
  /** instant; rows stored at or after it */
  since: string | null;
  /** instant; rows stored at or before it */
  until: string | null;
  /** elements each resource is cut down to, as `name` or `Type.name`; none: whole */
  elements: readonly string[];
  /** names of parameters that were left out, leniently */
  ignored: readonly string[];
  /** the address it was asked at */
  request: string;
}

export interface ExportJob extends ExportAsk {
  id: string;
  requester: Requester;
  askedAt: Date;
  /** how many of the types are listed */
  listed: number;
  /** how often a list could not be made */
  failures: number;
  doneAt: Date | null;
  expiresAt: Date;
}

/** Resources read, audited and sent together, and batches in one file. */
export const exportSizes = { batch: 200, file: 250 };

const columns = 'id, requester, level, types, since, until, elements, ignored, request, asked_at as "askedAt", listed, failures, done_at as "doneAt", expires_at as "expiresAt"';

/** Keeps a job; false where this client has as many already. */
export async function saveExportJob(database: Database, job: Pick<ExportJob, keyof ExportAsk | 'id' | 'requester'>, limits: { jobs: number; hours: number }): Promise<boolean> {
  const { id, requester: { token: _token, ...requester }, level, types, since, until, elements, ignored, request } = job;
  return database.transaction(async (connection) => {
    await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 22))', [requester.client]);
    const { rowCount } = await connection.query(
      `insert into export_job (id, client, organisation, role, purpose, requester, level, types, since, until, elements, ignored, request, expires_at)
       select $1, $2, $3, $4, $5, $6, $7, $8, $9, $15::timestamptz, $10, $11, $12, statement_timestamp() + make_interval(hours => $13)
       where (select count(*) from export_job where client = $2 and expires_at > statement_timestamp()) < $14`,
      [id, requester.client, requester.organisation, requester.role, requester.purpose, JSON.stringify(requester), level, types, since, elements, ignored, request, limits.hours, limits.jobs, until]);
    return rowCount === 1;
  });
}

/** The job, to who asked for it: the same client of the same organisation, in the same role and for the same purpose. */
export async function findExportJob(database: Database, id: string, { client, organisation, role, purpose }: Requester): Promise<ExportJob | undefined> {
  const [job] = await database.query<ExportJob & { [column: string]: unknown }>(
    `select ${columns} from export_job where id = $1 and client = $2 and organisation = $3 and role = $4 and purpose = $5 and expires_at > statement_timestamp()`, [id, client, organisation, role, purpose satisfies Purpose]);
  return job;
}

/** Ends a job. Its lists go later: one of them may be under way, and nobody waits for it. */
export async function endExportJob(database: Database, id: string): Promise<void> {
  await database.query('update export_job set expires_at = statement_timestamp() where id = $1 and expires_at > statement_timestamp()', [id]);
}

/** Forgets jobs whose time is over, with their lists; one that is listed at the moment waits for the next time. */
export async function deleteExpiredExports(database: Database): Promise<void> {
  await database.query('delete from export_job where id in (select id from export_job where expires_at <= statement_timestamp() for update skip locked)');
}

/** A list that could not be made so often is not tried again. */
export const mostListFailures = 5;

const lookedAt = 10;

/** Jobs that wait for their lists, the longest first; those that failed come last. */
export async function findOpenExports(database: Database): Promise<ExportJob[]> {
  const jobs = await database.query<ExportJob & { [column: string]: unknown }>(
    `select ${columns} from export_job where done_at is null and failures < $1 and expires_at > statement_timestamp() order by failures, asked_at, id limit ${lookedAt}`, [mostListFailures]);
  return jobs.map((job) => ({ ...job, requester: { ...job.requester, token: 'export' } }));
}

/**
 * Lists the next type of a job: the ids of all rows the grant opens at this moment, in one statement and so in one
 * snapshot; and, where it asks for what is newer, of rows that ended since. A citizen does not end. Only ids are kept, and every row is asked for again when it is sent. `busy`: another process is at it, or has done
 * it. What keeps others off is no lock of the job's row, so that the job can be ended meanwhile.
 */
export async function listNextType(database: Database, grantKey: string, { id, level, types, since, until, listed }: ExportJob): Promise<'listed' | 'busy' | typeof stale> {
  const type = types[listed] ?? '';
  return database.transaction(async (connection) => {
    const { rows: [lock] } = await connection.query<{ mine: boolean }>('select pg_try_advisory_xact_lock(hashtextextended($1, 24)) as mine', [id]);
    if (!lock?.mine) return 'busy';
    const { rows: [open] } = await connection.query<{ id: string }>('select id from export_job where id = $1 and listed = $2 and done_at is null and expires_at > statement_timestamp()', [id, listed]);
    if (!open) return 'busy';
    const { rows: [held] } = await connection.query<{ fresh: boolean }>(listing(level, type, false), [grantKey, id, type, type, since, exportSizes.batch, until]);
    if (!held?.fresh) return stale;
    if (since !== null && type !== 'Patient') await connection.query(listing(level, type, true), [grantKey, id, type, endedOf(type), since, exportSizes.batch, until]);
    await connection.query('update export_job set listed = listed + 1, done_at = case when listed + 1 >= cardinality(types) then statement_timestamp() end where id = $1', [id]);
    return 'listed';
  });
}

/** Under which type the rows of a type that ended are listed. */
export function endedOf(type: string): string {
  return `ended ${type}`;
}

/** In the order of people, so that what is read together lies together. */
function listing(level: ExportLevel, type: string, ended: boolean): string {
  const member = `(select true from relationship x where x.citizen_id = r.citizen_id and x.organisation = g.organisation and x.until > statement_timestamp() limit 1) is true`;
  const rows = (row: string): string => `${row}.type = $3 and ${ended ? '' : 'not '}${row}.deleted and ($5::timestamptz is null or ${row}.updated_at >= $5) and ($7::timestamptz is null or ${row}.updated_at <= $7)`;
  const found = `select ${type === 'Patient' ? 'distinct r.citizen_id, r.citizen_id as id' : 'r.citizen_id, r.id'} from g, citizen_row r
      where ${rows('r')} and ${visible('r', undefined, itself('r'))} ${level === 'group' ? `and ${member}` : ''}`;
  const shared = `select null::uuid, s.id from g, shared_row s where ${rows('s')} and s.scope <> 'job' and ${sharedWith('s')}`;
  return `with g as materialized (select * from live_grant where grant_key = $1),
    found as (${found}${level === 'system' && type !== 'Patient' ? ` union all ${shared}` : ''}),
    saved as (insert into export_batch (job_id, type, n, ids) select $2, $4, n, array_agg(id order by citizen_id, id)
      from (select citizen_id, id, (row_number() over (order by citizen_id, id) - 1) / $6::int as n from found) numbered group by n)
    select exists (select from g) as fresh`;
}

/** A list of this job could not be made. */
export async function noteListFailure(database: Database, id: string): Promise<void> {
  await database.query('update export_job set failures = failures + 1 where id = $1', [id]);
}

/** How many files of each type a job has: types of which nothing was found have none. */
export async function countExportFiles(database: Database, id: string): Promise<{ type: string; files: number }[]> {
  return database.query('select type, max(n)::int / $2 + 1 as files from export_batch where job_id = $1 group by type order by type <> \'Patient\', type', [id, exportSizes.file]);
}

/** How many batches of a type a job has. */
export async function countExportBatches(database: Database, id: string, type: string): Promise<number> {
  const [row] = await database.query<{ count: number }>('select coalesce(max(n) + 1, 0)::int as count from export_batch where job_id = $1 and type = $2', [id, type]);
  return row?.count ?? 0;
}

/** The ids of one batch; undefined: there is none, or the export has ended. */
export async function readExportBatch(database: Database, id: string, type: string, n: number): Promise<string[] | undefined> {
  const [batch] = await database.query<{ ids: string[] }>(
    'select b.ids from export_batch b join export_job j on j.id = b.job_id where b.job_id = $1 and b.type = $2 and b.n = $3 and j.expires_at > statement_timestamp()', [id, type, n], 'export-batch');
  return batch?.ids;
}
