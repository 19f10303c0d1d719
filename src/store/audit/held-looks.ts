import type { HeldLooks } from '../../audit/hold-back.ts';
import type { Connection, Database } from '../database.ts';

/** A decision that looks are not told to the citizen they were at. */
export interface HeldLook extends HeldLooks {
  id: string;
  /** as the citizen was called then */
  citizen: string;
  reason: string;
  /** the organisation it was decided for, and by whom */
  decidedFor: string;
  decidedBy: string;
  decidedName: string;
  decidedAt: Date;
  /** day by which it is to be looked at again, `2027-05-01` */
  reviewBy: string;
  ended: { at: Date; by: string; name: string; reason: string } | null;
}

export interface HeldPosition {
  decidedAt: string;
  id: string;
}

type Row = Omit<HeldLook, 'ended'> & { endedAt: Date | null; endedBy: string | null; endedName: string | null; endedReason: string | null };

const columns = `citizen_id as citizen, id, organisation, person, from_at as "from", until, rule, reason, decided_for as "decidedFor", decided_by as "decidedBy", decided_name as "decidedName",
  decided_at as "decidedAt", review_by::text as "reviewBy", ended_at as "endedAt", ended_by as "endedBy", ended_name as "endedName", ended_reason as "endedReason"`;

function heldLook({ endedAt, endedBy, endedName, endedReason, ...row }: Row): HeldLook {
  return { ...row, ended: endedAt === null ? null : { at: endedAt, by: endedBy ?? '', name: endedName ?? '', reason: endedReason ?? '' } };
}

export async function saveHeldLook(database: Database, held: Omit<HeldLook, 'ended'>): Promise<void> {
  await database.query(
    `insert into held_look (citizen_id, id, organisation, person, from_at, until, rule, reason, decided_for, decided_by, decided_name, decided_at, review_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [held.citizen, held.id, held.organisation, held.person, held.from, held.until, held.rule, held.reason, held.decidedFor, held.decidedBy, held.decidedName, held.decidedAt, held.reviewBy]);
}

/** What is held back of these citizens now. */
export async function heldNow(database: Database, citizens: readonly string[]): Promise<HeldLook[]> {
  return (await database.query<Row>(`select ${columns} from held_look where citizen_id = any ($1::uuid[]) and ended_at is null order by decided_at, id`, [citizens])).map(heldLook);
}

/** Decisions newest first; of looks of one organisation, or of all (null). Ended ones stay in the list. */
export async function listHeldLooks(
  database: Database, { organisation, citizens, after, limit }: { organisation: string | null; citizens: readonly string[] | null; after: HeldPosition | null; limit: number },
): Promise<HeldLook[]> {
  return (await database.query<Row>(
    `select ${columns} from held_look where ($1::text is null or organisation = $1) and ($2::uuid[] is null or citizen_id = any ($2))
       and ($3::timestamptz is null or (date_trunc('milliseconds', decided_at), id) < ($3, $4::uuid)) order by decided_at desc, id desc limit $5`,
    [organisation, citizens, after?.decidedAt ?? null, after?.id ?? null, limit])).map(heldLook);
}

/** The decision, where it is about looks of this organisation, or whoever's (null). */
export async function findHeldLook(database: Database, id: string, organisation: string | null): Promise<HeldLook | null> {
  const [row] = await database.query<Row>(`select ${columns} from held_look where id = $1 and ($2::text is null or organisation = $2)`, [id, organisation]);
  return row ? heldLook(row) : null;
}

/** From now on they are told; false where it was ended already. */
export async function endHeldLook(database: Database, id: string, ended: NonNullable<HeldLook['ended']>): Promise<boolean> {
  const rows = await database.query(
    'update held_look set ended_at = $2, ended_by = $3, ended_name = $4, ended_reason = $5 where id = $1 and ended_at is null returning 1', [id, ended.at, ended.by, ended.name, ended.reason]);
  return rows.length > 0;
}

/** What is held back of one citizen is held back of another as well: of two people who were one it may have been meant for either. Ended together. */
export async function copyHeldLooks(connection: Connection, { from, into }: { from: string; into: string }): Promise<void> {
  await connection.query(
    `insert into held_look select (jsonb_populate_record(null::held_look, to_jsonb(h) || jsonb_build_object('citizen_id', $2::uuid))).* from held_look h where h.citizen_id = $1 and h.ended_at is null
     on conflict do nothing`, [from, into]);
}
