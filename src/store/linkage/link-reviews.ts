import type { FieldEvidence } from '../../linkage/grade-pair.ts';
import type { LinkOutcome } from '../../fhir/link-outcomes.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';
import { throughDoor, type stale } from '../door/door.ts';

/** A pair of which a rule could not say whether it is one person. */
export interface LinkReviewRow {
  reference: string;
  /** source Patient that was parked, and the citizen it is now */
  person: string;
  this: string;
  /** the citizen it may be */
  other: string;
  round: number;
  foundAt: Date;
  /** rule of decideLink, or another that parked it */
  rule: string;
  /** as found; null where a rule parked it that weighs nothing, or something of either is hidden */
  bits: number | null;
  evidence: { evidence: FieldEvidence[]; held: string[]; rule: string } | null;
  claimedBy: string | null;
  claimedName: string | null;
  claimed: boolean | null;
  claimedUntil: Date | null;
  outcome: 'same' | 'different' | null;
  decidedAt: Date | null;
  decisions: string[];
  /** organisations whose record of either the caller may see */
  custodians: OrganisationKey[];
  /** where either lives, or a record of either, is hidden from the caller */
  hidden: boolean;
  /** decided, or no question any more: the two are one, or were told apart, by somebody else */
  settled: boolean;
}

export interface LinkReviewPosition {
  foundAt: string;
  reference: string;
}

const columns = `v.reference as id, v.reference, v.person, v.this, v.other, v.round, v.found_at as "foundAt", v.rule, case when v.hidden then null else v.bits end as bits,
  case when v.hidden then null else v.evidence end as evidence, v.claimed_by as "claimedBy", v.claimed_name as "claimedName", v.claimed, v.claimed_until as "claimedUntil", v.outcome,
  v.decided_at as "decidedAt", v.decisions, v.custodians, v.hidden, v.settled`;
const order = `date_trunc('milliseconds', v.found_at at time zone 'UTC'), v.reference`;

/** Oldest first, as far as the grant may see both sides in whole; only what concerns this organisation, where one is named. */
export function listLinkReviews(
  database: Database, grantKey: string, { organisation, settled, after, limit }: { organisation: OrganisationKey | null; settled: boolean; after: LinkReviewPosition | null; limit: number },
): Promise<LinkReviewRow[] | typeof stale> {
  const position = after ? [after.foundAt.replace('Z', ''), after.reference] : [null, null];
  return throughDoor<LinkReviewRow & { id: string }>(database, grantKey, settled ? 'link-reviews-settled' : 'link-reviews-open',
    `select ${columns} from readable_link_review v where ${settled ? 'v.settled' : 'v.outcome is null and not v.settled'} and ($1::text is null or $1 = any (v.custodians))
       and ($2::timestamp is null or (${order}) > ($2, $3::text)) order by ${order} limit $4`, [organisation, ...position, limit], 'q."foundAt", q.id');
}

export function findLinkReview(database: Database, grantKey: string, reference: string, organisation: OrganisationKey | null): Promise<LinkReviewRow[] | typeof stale> {
  return throughDoor<LinkReviewRow & { id: string }>(database, grantKey, 'link-review',
    `select ${columns} from readable_link_review v where v.reference = $1 and ($2::text is null or $2 = any (v.custodians))`, [reference, organisation]);
}

export interface LinkOpinion {
  person: string;
  personName: string;
  organisation: OrganisationKey;
  outcome: LinkOutcome;
  reason: string;
  at: Date;
  round: number;
}

/** What people said of a pair, oldest first. */
export async function loadOpinions(connection: Pick<Connection, 'query'>, reference: string): Promise<LinkOpinion[]> {
  const { rows } = await connection.query<LinkOpinion>('select person, person_name as "personName", organisation, outcome, reason, at, round from link_opinion where reference = $1 order by at', [reference]);
  return rows;
}

/** Takes the pair for this person alone; false where somebody else has it. */
export async function claimReview(database: Database, reference: string, by: { id: string; name: string }, minutes: number): Promise<boolean> {
  const rows = await database.query(
    `update link_review set claimed_by = $2, claimed_name = $3, claimed_until = statement_timestamp() + make_interval(mins => $4)
     where reference = $1 and outcome is null and (claimed_by is null or claimed_by = $2 or claimed_until <= statement_timestamp()) returning 1`, [reference, by.id, by.name, minutes]);
  return rows.length > 0;
}

/** Gives it back; false where this person has not got it. */
export async function releaseReview(connection: Connection, reference: string, person: string): Promise<boolean> {
  const { rows } = await connection.query(
    'update link_review set claimed_by = null, claimed_name = null, claimed_until = null where reference = $1 and claimed_by = $2 and claimed_until > statement_timestamp() returning 1', [reference, person]);
  return rows.length > 0;
}

/** Whether this person has it still; holds it until the transaction ends. */
export async function holdReview(connection: Connection, reference: string, person: string): Promise<{ citizen: string; round: number } | null> {
  const { rows } = await connection.query<{ citizen: string; round: number }>(
    'select citizen_id as citizen, round from link_review where reference = $1 and outcome is null and claimed_by = $2 and claimed_until > statement_timestamp() for update', [reference, person]);
  return rows[0] ?? null;
}

/** False where this person said something of it in this round already. */
export async function saveOpinion(connection: Connection, citizen: string, reference: string, opinion: LinkOpinion): Promise<boolean> {
  const { rows } = await connection.query(
    `insert into link_opinion (citizen_id, reference, round, person, person_name, organisation, outcome, reason, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning 1`,
    [citizen, reference, opinion.round, opinion.person, opinion.personName, opinion.organisation, opinion.outcome, opinion.reason, opinion.at]);
  return rows.length > 0;
}

export async function settleReview(connection: Connection, reference: string, { outcome, decisions, at }: { outcome: 'same' | 'different'; decisions: readonly string[]; at: Date }): Promise<void> {
  await connection.query(
    'update link_review set outcome = $2, decisions = $3, decided_at = $4, claimed_by = null, claimed_name = null, claimed_until = null where reference = $1', [reference, outcome, decisions, at]);
}

/** Opens it for a new round; null where it was not decided. Returns what had been decided. */
export async function reopenReview(connection: Connection, reference: string): Promise<string[] | null> {
  const { rows } = await connection.query<{ decisions: string[] }>('select decisions from link_review where reference = $1 and outcome is not null for update', [reference]);
  if (rows[0]) await connection.query(`update link_review set outcome = null, decisions = '{}', decided_at = null, round = round + 1 where reference = $1`, [reference]);
  return rows[0]?.decisions ?? null;
}

/** A pair as it stands now, whatever was graded before. */
export interface PairNow {
  ones: { id: string; facts: PersonFacts }[];
  others: { id: string; facts: PersonFacts }[];
  locationHidden: boolean;
  /** of the two the one that has a number, or is older */
  into: 'this' | 'other';
}

export async function readPair(connection: Connection, { this: one, other }: Pick<LinkReviewRow, 'this' | 'other'>): Promise<PairNow> {
  const { rows: people } = await connection.query<{ citizen: string; id: string; facts: PersonFacts }>(
    'select citizen_id as citizen, id, facts from source_person where citizen_id = any ($1::uuid[]) order by id', [[one, other]]);
  const { rows: citizens } = await connection.query<{ citizen: string; hidden: boolean }>(
    'select citizen_id as citizen, location_hidden as hidden from citizen where citizen_id = any ($1::uuid[]) order by traced desc, created_at, citizen_id', [[one, other]]);
  return {
    ones: people.filter(({ citizen }) => citizen === one), others: people.filter(({ citizen }) => citizen === other),
    locationHidden: citizens.some(({ hidden }) => hidden), into: citizens[0]?.citizen === one ? 'this' : 'other',
  };
}

/** Whether these are still what they were, in the citizens they were. */
export async function areCurrent(connection: Connection, rows: readonly { citizen: string | null; id: string; version: number }[]): Promise<boolean> {
  const { rows: [found] } = await connection.query<{ n: number }>(
    `select count(*)::int as n from unnest($1::uuid[], $2::uuid[], $3::int[]) as s (citizen_id, id, version) join citizen_row r on r.citizen_id = s.citizen_id and r.id = s.id and r.version = s.version and not r.deleted`,
    [rows.map(({ citizen }) => citizen), rows.map(({ id }) => id), rows.map(({ version }) => version)]);
  return found?.n === rows.length;
}
