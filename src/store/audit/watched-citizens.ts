import type { Database } from '../database.ts';

/** A citizen somebody keeps an eye on. */
export interface WatchedCitizen {
  citizen: string;
  id: string;
  kind: 'prominent' | 'staff';
  /** whose list it is on */
  organisation: string;
  /** of those who oversee sharing for everybody: it counts for every custodian */
  forAll: boolean;
  /** of staff: who they are at the issuer */
  person: string | null;
  reason: string;
  decidedBy: string;
  decidedName: string;
  decidedAt: Date;
  ended: { at: Date; by: string; name: string } | null;
}

export interface WatchedPosition {
  decidedAt: string;
  id: string;
}

type Row = Omit<WatchedCitizen, 'ended'> & { endedAt: Date | null; endedBy: string | null; endedName: string | null };

const columns = `citizen_id as citizen, id, kind, organisation, for_all as "forAll", person, reason, decided_by as "decidedBy", decided_name as "decidedName", decided_at as "decidedAt",
  ended_at as "endedAt", ended_by as "endedBy", ended_name as "endedName"`;

function watchedOf({ endedAt, endedBy, endedName, ...row }: Row): WatchedCitizen {
  return { ...row, ended: endedAt === null ? null : { at: endedAt, by: endedBy ?? '', name: endedName ?? '' } };
}

export async function saveWatched(database: Database, watched: Omit<WatchedCitizen, 'ended'>): Promise<void> {
  await database.query(
    'insert into watched_citizen (citizen_id, id, kind, organisation, for_all, person, reason, decided_by, decided_name, decided_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
    [watched.citizen, watched.id, watched.kind, watched.organisation, watched.forAll, watched.person, watched.reason, watched.decidedBy, watched.decidedName, watched.decidedAt]);
}

/** The list of one organisation, newest first; those that are ended stay in it. */
export async function listWatched(database: Database, organisation: string, { after, limit }: { after: WatchedPosition | null; limit: number }): Promise<WatchedCitizen[]> {
  return (await database.query<Row>(
    `select ${columns} from watched_citizen where organisation = $1 and ($2::timestamptz is null or (date_trunc('milliseconds', decided_at), id) < ($2, $3::uuid))
     order by date_trunc('milliseconds', decided_at) desc, id desc limit $4`, [organisation, after?.decidedAt ?? null, after?.id ?? null, limit])).map(watchedOf);
}

export async function findWatched(database: Database, organisation: string, id: string): Promise<WatchedCitizen | null> {
  const [row] = await database.query<Row>(`select ${columns} from watched_citizen where id = $1 and organisation = $2`, [id, organisation]);
  return row ? watchedOf(row) : null;
}

/** From now on it says nothing any more; false where it was ended before. */
export async function endWatched(database: Database, id: string, ended: NonNullable<WatchedCitizen['ended']>): Promise<boolean> {
  const rows = await database.query('update watched_citizen set ended_at = $2, ended_by = $3, ended_name = $4 where id = $1 and ended_at is null returning 1', [id, ended.at, ended.by, ended.name]);
  return rows.length > 0;
}
