import { newestCheckpointIn } from './audit-checkpoints.ts';
import type { Connection, Database } from '../database.ts';

/** A table as it was copied. */
export interface CopiedTable {
  table: string;
  rows: number;
}

/** What a record holds, so that two can be compared without one row being shown. */
export interface RecordTally {
  citizens: number;
  rows: number;
  /** the same for the same number of rows of every citizen: one number made of a hash for each */
  byCitizen: string;
}

/** So many rows of up to so many bytes are read at once: some hold a file, most a line. Together they are never more than a few MB, or one row. */
const shares: readonly { over: number; upto: number | null; together: number }[] = [{ over: -1, upto: 8 * 1024, together: 512 }, { over: 8 * 1024, upto: 256 * 1024, together: 16 }, { over: 256 * 1024, upto: null, together: 1 }];

/**
 * Every row of every table as JSON text, table by table, all as of one moment. `take` is given a few hundred rows at a time and
 * waited for. Nothing is left out that the gateway ever made: tables are found, not listed.
 */
export async function copyOut(database: Database, take: (table: string, rows: string[]) => Promise<void>): Promise<{ tables: CopiedTable[]; tally: RecordTally; auditSize: number; checkpoint: string | null }> {
  return database.transaction(async (connection) => {
    await connection.query('set transaction isolation level repeatable read, read only');
    const tables: CopiedTable[] = [];
    for (const table of await tablesOf(connection)) tables.push({ table, rows: await copyTable(connection, table, take) });
    const { rows: [head] } = await connection.query<{ seq: string }>('select seq from audit_head');
    return { tables, tally: await tally(connection), auditSize: Number(head?.seq ?? 0), checkpoint: (await newestCheckpointIn(connection))?.note ?? null };
  });
}

async function copyTable(connection: Connection, table: string, take: (table: string, rows: string[]) => Promise<void>): Promise<number> {
  const bytes = await bytesOf(connection, table);
  let copied = 0;
  for (const { over, upto, together } of shares) {
    await connection.query(`declare copied no scroll cursor for select to_jsonb(t)::text as row from ${table} t where ${bytes} > ${over}${upto === null ? '' : ` and ${bytes} <= ${upto}`}`);
    for (;;) {
      const { rows } = await connection.query<{ row: string }>(`fetch ${together} from copied`);
      if (rows.length === 0) break;
      await take(table, rows.map(({ row }) => row));
      copied += rows.length;
    }
    await connection.query('close copied');
  }
  return copied;
}

/** How many bytes a row's longest kinds of column have, as SQL; told without reading what is stored out of line. */
async function bytesOf(connection: Connection, table: string): Promise<string> {
  const { rows } = await connection.query<{ bytes: string }>(
    `select case when atttypid in ('text'::regtype, 'bytea'::regtype) then format('coalesce(octet_length(t.%I), 0)', attname) else format('coalesce(pg_column_size(t.%I), 0)', attname) end as bytes
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attlen = -1`, [table]);
  return `(${['0', ...rows.map(({ bytes }) => bytes)].join(' + ')})`;
}

/**
 * Writes copied rows into a database that this program has just made, in one transaction: whole or not at all. Triggers
 * stand still, because what they would write is among the rows. False where the database holds a record already.
 */
export async function copyIn(database: Database, tables: readonly string[], rowsOf: (table: string) => AsyncIterable<string[]>): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rows: [found] } = await connection.query<{ used: boolean }>('select exists (select 1 from audit_entry) or exists (select 1 from citizen) or exists (select 1 from source_record) as used');
    if (found?.used !== false) return false;
    const known = await tablesOf(connection);
    const strange = tables.find((table) => !known.includes(table));
    if (strange !== undefined) throw new Error('a copied table is none of this schema');
    for (const table of known) await connection.query(`alter table ${table} disable trigger user`);
    await connection.query(`truncate ${known.join(', ')}`);
    for (const table of tables) await fillTable(connection, table, rowsOf(table));
    for (const table of known) await connection.query(`alter table ${table} enable trigger user`);
    await connection.query(raiseSequences);
    return true;
  });
}

async function fillTable(connection: Connection, table: string, parts: AsyncIterable<string[]>): Promise<void> {
  const columns = (await connection.query<{ name: string }>(
    `select quote_ident(attname) as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`, [table])).rows.map(({ name }) => name).join(', ');
  for await (const rows of parts) {
    await connection.query(`insert into ${table} (${columns}) overriding system value select ${columns} from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [`[${rows.join(',')}]`]);
  }
}

/** In an order in which what is referred to comes first. `schema_version` is the program's own. */
async function tablesOf(connection: Connection): Promise<string[]> {
  const { rows } = await connection.query<{ name: string; needs: string[] }>(
    `select c.oid::regclass::text as name, array(select distinct f.confrelid::regclass::text from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid) as needs
     from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'schema_version' order by 1`);
  const ordered: string[] = [];
  for (let left = rows; left.length > 0;) {
    const ready = left.filter(({ needs }) => needs.every((need) => ordered.includes(need)));
    if (ready.length === 0) throw new Error('tables refer to each other in a circle');
    ordered.push(...ready.map(({ name }) => name));
    left = left.filter((each) => !ready.includes(each));
  }
  return ordered;
}

/** Numbers that are given out go on after the largest there is. */
const raiseSequences = `
do $$ declare c record; begin
  for c in select attrelid::regclass as t, attname, pg_get_serial_sequence(attrelid::regclass::text, attname) as s from pg_attribute a join pg_class r on r.oid = a.attrelid
    where r.relkind = 'r' and r.relnamespace = 'public'::regnamespace and attidentity <> '' loop
    execute format('select setval(%L, greatest(coalesce((select max(%I) from %s), 0), 1), exists (select 1 from %s))', c.s, c.attname, c.t, c.t);
  end loop;
end $$`;

/** How many rows each citizen has, as one number. */
export async function tally(connection: Pick<Connection, 'query'>): Promise<RecordTally> {
  const { rows: [found] } = await connection.query<{ citizens: string; rows: string; sum: string }>(
    `select count(*) as citizens, coalesce(sum(n), 0) as rows, coalesce(sum(hashtextextended(citizen_id || ' ' || n, 0)::numeric), 0) as sum
     from (select citizen_id, count(*) as n from citizen_row group by citizen_id) c`);
  return { citizens: Number(found?.citizens ?? 0), rows: Number(found?.rows ?? 0), byCitizen: found?.sum ?? '' };
}

/** The same of a whole database. */
export async function tallyOf(database: Database): Promise<RecordTally> {
  return database.transaction(tally);
}
