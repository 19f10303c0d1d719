import type { Connection, Database } from '../database.ts';
import { takeErasureTurn } from './erasure-turn.ts';

/** What must not be erased: what is about a citizen, what an organisation sent or asked for, or what it has to do with one citizen. */
export interface LegalHold {
  id: string;
  /** as the citizen was called then; null: everybody */
  citizen: string | null;
  organisation: string | null;
  /** the last London day, `2027-05-01`; null: until it is ended */
  until: string | null;
  reason: string;
  placedFor: string;
  placedBy: string;
  placedName: string;
  placedAt: Date;
  ended: { at: Date; by: string; name: string; reason: string } | null;
}

type Row = Omit<LegalHold, 'ended'> & { endedAt: Date | null; endedBy: string | null; endedName: string | null; endedReason: string | null };

/** Stands for everybody in a table that is spread by citizen. */
const nobody = '00000000-0000-0000-0000-000000000000';
const columns = `nullif(citizen_id, '${nobody}') as citizen, id, organisation, until::text, reason, placed_for as "placedFor", placed_by as "placedBy", placed_name as "placedName", placed_at as "placedAt",
  ended_at as "endedAt", ended_by as "endedBy", ended_name as "endedName", ended_reason as "endedReason"`;

/** Holds that are in force: neither ended nor past their last day, by the database's clock. */
export const liveHolds = `legal_hold h where h.ended_at is null and (h.until is null or h.until >= (now() at time zone 'Europe/London')::date)`;

function holdOf({ endedAt, endedBy, endedName, endedReason, ...row }: Row): LegalHold {
  return { ...row, ended: endedAt === null ? null : { at: endedAt, by: endedBy ?? '', name: endedName ?? '', reason: endedReason ?? '' } };
}

/** In force once this resolves: what is erased after that respects it. */
export async function saveLegalHold(database: Database, hold: Omit<LegalHold, 'ended'>): Promise<void> {
  await database.transaction(async (connection) => {
    await takeErasureTurn(connection);
    await connection.query(
      'insert into legal_hold (citizen_id, id, organisation, until, reason, placed_for, placed_by, placed_name, placed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      [hold.citizen ?? nobody, hold.id, hold.organisation, hold.until, hold.reason, hold.placedFor, hold.placedBy, hold.placedName, hold.placedAt]);
  });
}

/** Newest first, those that were ended included. */
export async function listLegalHolds(database: Database, { after, limit }: { after: { placedAt: string; id: string } | null; limit: number }): Promise<LegalHold[]> {
  return (await database.query<Row>(
    `select ${columns} from legal_hold where $1::timestamptz is null or (date_trunc('milliseconds', placed_at), id) < ($1, $2::uuid) order by placed_at desc, id desc limit $3`,
    [after?.placedAt ?? null, after?.id ?? null, limit])).map(holdOf);
}

export async function findLegalHold(database: Database, id: string): Promise<LegalHold | null> {
  const [row] = await database.query<Row>(`select ${columns} from legal_hold where id = $1`, [id]);
  return row ? holdOf(row) : null;
}

/** What it held may be due: every rule begins again from the first. False where it was ended already. */
export async function endLegalHold(database: Database, id: string, ended: NonNullable<LegalHold['ended']>): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rowCount } = await connection.query(
      'update legal_hold set ended_at = $2, ended_by = $3, ended_name = $4, ended_reason = $5 where id = $1 and ended_at is null', [id, ended.at, ended.by, ended.name, ended.reason]);
    if (rowCount === 0) return false;
    await connection.query('delete from retention_mark');
    return true;
  });
}

/** What must be kept of one citizen must be kept of another as well: of two people who were one it may be about either. Ended together. */
export async function copyLegalHolds(connection: Connection, { from, into }: { from: string; into: string }): Promise<void> {
  await connection.query(
    `insert into legal_hold select (jsonb_populate_record(null::legal_hold, to_jsonb(h) || jsonb_build_object('citizen_id', $2::uuid))).* from legal_hold h
     where (h.citizen_id = $1 or h.citizen_id in (select citizen_id from citizen_alias where now_id = $1)) and h.ended_at is null
     on conflict do nothing`, [from, into]);
}
