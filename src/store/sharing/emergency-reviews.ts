import type { AuditEntry } from '../../audit/types.ts';
import type { EmergencyReason } from '../../fhir/emergency-reasons.ts';
import type { ReviewOutcome } from '../../fhir/review-outcomes.ts';
import type { OrganisationKey, SharingRole } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';
import type { EmergencyAccess } from './emergency-access.ts';
import { seenBy } from '../audit/search-audit.ts';

/** What one organisation concerned found; all but the first two are null while its review is open. */
export interface ReviewRow {
  organisation: OrganisationKey;
  task: string;
  outcome: ReviewOutcome | null;
  note: string | null;
  reviewer: string | null;
  reviewerName: string | null;
  /** as the database writes it in JSON */
  reviewedAt: string | null;
}

/** Emergency access as those who review it see it. */
export interface AccessRow extends Omit<EmergencyAccess, 'reason'> {
  reason: EmergencyReason;
  role: SharingRole;
  openedAt: Date;
  until: Date;
  live: boolean;
  /** whole days since it was opened */
  days: number;
  reviews: ReviewRow[];
}

/** Where a page ended. */
export interface AccessPosition {
  openedAt: string;
  reference: string;
}

const reviewOf = 'from emergency_review v where v.citizen_id = a.citizen_id and v.id = a.id and ($1::text is null or v.organisation = $1)';
const columns = `a.citizen_id as citizen, a.id, a.organisation, a.person, a.person_name as "personName", a.role, a.reason, a.explanation, a.reference,
  a.from_at as "openedAt", a.until, a.until > statement_timestamp() as live, floor(extract(epoch from statement_timestamp() - a.from_at) / 86400)::int as days,
  (select json_agg(json_build_object('organisation', v.organisation, 'task', v.task_id, 'outcome', v.outcome, 'note', v.note, 'reviewer', v.reviewer,
    'reviewerName', v.reviewer_name, 'reviewedAt', v.reviewed_at) order by v.organisation) ${reviewOf}) as reviews`;

/** Asks each of these organisations to review it; their Tasks are saved beside it. */
export async function askForReviews(connection: Connection, access: Pick<EmergencyAccess, 'citizen' | 'id'>, asked: readonly { organisation: OrganisationKey; task: string }[]): Promise<void> {
  await connection.query(
    'insert into emergency_review (citizen_id, id, organisation, task_id) select $1, $2, r.organisation, r.task from unnest($3::text[], $4::uuid[]) as r(organisation, task)',
    [access.citizen, access.id, asked.map(({ organisation }) => organisation), asked.map(({ task }) => task)]);
}

/**
 * Emergency access this organisation was asked to review, or all (null), with nobody else's reviews. Open ones come longest
 * open first, reviewed ones newest first; of all, one is open as long as any review of it is.
 */
export async function listAccesses(
  database: Database, { organisation, state, after, limit }: { organisation: OrganisationKey | null; state: 'open' | 'reviewed'; after: AccessPosition | null; limit: number },
): Promise<AccessRow[]> {
  const waiting = `exists (select 1 ${reviewOf} and v.outcome is null)`;
  const [beyond, order] = state === 'open' ? ['>', 'asc'] : ['<', 'desc'];
  return database.query<Row>(
    `select ${columns} from emergency_access a where ${state === 'open' ? waiting : `exists (select 1 ${reviewOf}) and not ${waiting}`}
       and ($2::timestamptz is null or (date_trunc('milliseconds', a.from_at), a.reference) ${beyond} ($2, $3::text))
     order by date_trunc('milliseconds', a.from_at) ${order}, a.reference ${order} limit $4`, [organisation, after?.openedAt ?? null, after?.reference ?? null, limit]);
}

/** The same whatever their reviews came to, opened in a time, newest first; by one person or for one organisation, where they are named. */
export async function listAccessesOpened(
  database: Database,
  { organisation, from, to, person, opener, before, limit }: { organisation: OrganisationKey | null; from: Date | null; to: Date | null; person: string | null; opener: OrganisationKey | null; before: AccessPosition | null; limit: number },
): Promise<AccessRow[]> {
  return database.query<Row>(
    `select ${columns} from emergency_access a where exists (select 1 ${reviewOf}) and ($2::timestamptz is null or a.from_at >= $2) and ($3::timestamptz is null or a.from_at < $3)
       and ($4::text is null or a.person = $4) and ($5::text is null or a.organisation = $5)
       and ($6::timestamptz is null or (date_trunc('milliseconds', a.from_at), a.reference) < ($6, $7::text))
     order by date_trunc('milliseconds', a.from_at) desc, a.reference desc limit $8`,
    [organisation, from, to, person, opener, before?.openedAt ?? null, before?.reference ?? null, limit]);
}

/** The one of this reference, where this organisation (null: anybody) was asked to review it. */
export async function findAccess(database: Database, reference: string, organisation: OrganisationKey | null): Promise<AccessRow | null> {
  const [row] = await database.query<Row>(`select ${columns} from emergency_access a where a.reference = $2 and exists (select 1 ${reviewOf})`, [organisation, reference]);
  return row ?? null;
}

type Row = { [column in keyof AccessRow]: AccessRow[column] };

/** Records what this organisation found; false where it has reviewed it already. */
export async function saveReview(
  connection: Connection, { citizen, id }: Pick<EmergencyAccess, 'citizen' | 'id'>,
  found: { organisation: OrganisationKey; outcome: ReviewOutcome; note: string; reviewer: string; reviewerName: string },
): Promise<boolean> {
  const { rows } = await connection.query(
    `update emergency_review set outcome = $4, note = $5, reviewer = $6, reviewer_name = $7, reviewed_at = statement_timestamp()
     where citizen_id = $1 and id = $2 and organisation = $3 and outcome is null returning 1`,
    [citizen, id, found.organisation, found.outcome, found.note, found.reviewer, found.reviewerName]);
  return rows.length > 0;
}

/** Entries of what was done under it, oldest first, of which this organisation (null: anybody) may read. Written as text: an entry's own strings hold no bare quotes. */
export async function readLooks(
  database: Database, { person, organisation, reference }: Pick<EmergencyAccess, 'person' | 'organisation' | 'reference'>, reader: OrganisationKey | null, limit: number,
): Promise<AuditEntry[]> {
  const rows = await database.query<{ entry: string }>(
    `select entry from audit_entry where agent = $1 and strpos(entry, '"emergency":["') > 0 and strpos(entry, $2) > 0 and organisation = $3
       and ($4::text is null or ${seenBy('$4::text')}) order by seq limit $5`, [person, JSON.stringify(reference), organisation, reader, limit]);
  return rows.map(({ entry }) => JSON.parse(entry) as AuditEntry);
}

/** How many of these records of the citizen there are of each category; only this custodian's, where one is named. */
export async function countCategories(database: Database, citizen: string, ids: readonly string[], custodian: OrganisationKey | null): Promise<Record<string, number>> {
  const rows = await database.query<{ category: string; count: number }>(
    `select s.category, count(*)::int as count from citizen_row r join sharing_class s on s.class_id = r.class_id
     where r.citizen_id = $1 and r.id = any($2::uuid[]) and ($3::text is null or s.custodian = $3) group by s.category order by s.category`, [citizen, ids, custodian]);
  return Object.fromEntries(rows.map(({ category, count }) => [category, count]));
}

/** Emergency access some organisation has not reviewed for this many days, longest open first. */
export async function findOverdue(database: Database, days: number, limit: number): Promise<{ reference: string; days: number; missing: number }[]> {
  return database.query(
    `select a.reference, floor(extract(epoch from statement_timestamp() - min(a.from_at)) / 86400)::int as days, count(*)::int as missing
     from emergency_review v join emergency_access a on a.citizen_id = v.citizen_id and a.id = v.id
     where v.outcome is null and a.from_at <= statement_timestamp() - make_interval(days => $1) group by a.reference order by min(a.from_at), a.reference limit $2`, [days, limit]);
}
