import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { PersonFacts } from '../../linkage/types.ts';
import type { LinkEvidence } from '../record/citizens.ts';
import type { Connection, Database } from '../database.ts';

export interface LinkageRun {
  id: string;
  /** version of the linkage rule that links are compared with */
  rule: string;
  state: 'comparing' | 'compared' | 'applying' | 'applied' | 'given-up';
  /** source Patients looked at */
  looked: number;
  startedAt: Date;
  startedBy: string;
  approvedBy: string | null;
  link: number;
  unlink: number;
  /** of both, when they were approved: done, left because something speaks against it, and left because the record had changed */
  applied: number;
  doubtful: number;
  outdated: number;
}

export interface LinkageChange {
  /** source Patient, and the citizen it was when it was compared */
  id: string;
  citizen: string;
  kind: 'link' | 'unlink';
  /** the citizen it would be */
  other: string | null;
  /** how alike they are by the rule of now; null where an exact rule decided, or weights say no more than that they are not one */
  bits: number | null;
  outcome: 'applied' | 'doubtful' | 'outdated' | null;
}

/** A change as it is found and applied. Its levels are shown to nobody: they may rest on what is hidden. */
export type FoundChange = Omit<LinkageChange, 'bits' | 'outcome'> & { evidence: LinkEvidence | null };

const columns = `r.id, r.rule, r.state, r.looked, r.started_at as "startedAt", r.started_by as "startedBy", r.approved_by as "approvedBy",
  count(c.id) filter (where c.kind = 'link')::int as link, count(c.id) filter (where c.kind = 'unlink')::int as unlink, count(c.id) filter (where c.outcome = 'applied')::int as applied,
  count(c.id) filter (where c.outcome = 'doubtful')::int as doubtful, count(c.id) filter (where c.outcome = 'outdated')::int as outdated`;

/** False where another run is open. */
export async function startRun(database: Database, run: { id: string; rule: string; startedAt: Date; startedBy: string }): Promise<boolean> {
  const rows = await database.query(
    `insert into linkage_run (id, rule, state, started_at, started_by) values ($1, $2, 'comparing', $3, $4) on conflict do nothing returning 1`, [run.id, run.rule, run.startedAt, run.startedBy]);
  return rows.length > 0;
}

/** The newest run with its counts. */
export async function findRun(database: Database): Promise<LinkageRun | null> {
  const [row] = await database.query<LinkageRun & Record<string, unknown>>(
    `select ${columns} from (select * from linkage_run order by started_at desc limit 1) r left join linkage_change c on c.run = r.id group by r.id, r.rule, r.state, r.looked, r.started_at, r.started_by, r.approved_by`);
  return row ?? null;
}

/** Who let a run be applied: their name, their id at the issuer where it is a person, and for whom. */
export interface Approver {
  name: string;
  person: string | null;
  organisation: OrganisationKey;
}

/** Moves a run on, where it is in one of these states. */
export async function setRunState(database: Database, run: string, from: readonly LinkageRun['state'][], to: LinkageRun['state'], approver: Approver | null = null): Promise<boolean> {
  const rows = await database.query(
    `update linkage_run set state = $3, approved_by = coalesce($4, approved_by), approved_person = coalesce($5, approved_person), approved_for = coalesce($6, approved_for)
     where id = $1 and state = any ($2) returning 1`, [run, from, to, approver?.name ?? null, approver?.person ?? null, approver?.organisation ?? null]);
  return rows.length > 0;
}

/** What a run would change, in order, after this source Patient. */
export async function listChanges(database: Pick<Database, 'query'>, run: string, after: string | null, limit: number): Promise<LinkageChange[]> {
  return database.query<LinkageChange & Record<string, unknown>>(
    `select id, citizen_id as citizen, kind, other, (evidence ->> 'bits')::float8 as bits, outcome from linkage_change where run = $1 and ($2::uuid is null or id > $2) order by id limit $3`, [run, after, limit]);
}

export interface RunStep {
  id: string;
  rule: string;
  state: 'comparing' | 'applying';
  afterCitizen: string | null;
  afterId: string | null;
  /** null: it was approved before this was kept */
  approver: Approver | null;
}

/** The run that is under way, held until the transaction ends; null: none, or another process works on it. */
export async function takeRun(connection: Connection): Promise<RunStep | null> {
  const { rows } = await connection.query<RunStep>(
    `select id, rule, state, after_citizen as "afterCitizen", after_id as "afterId", case when approved_for is not null then json_build_object('name', approved_by, 'person', approved_person, 'organisation', approved_for) end as approver from linkage_run where state in ('comparing', 'applying') for update skip locked`);
  return rows[0] ?? null;
}

export interface ComparedPerson {
  citizen: string;
  id: string;
  facts: PersonFacts;
  /** it was linked by weights or by five equal fields: what the rule of now may find wrong */
  byRule: boolean;
  /** the source Patients of now that such a rule joined to the rest of the citizen, this one among them, by a decision that stands; null: none did */
  joined: string[] | null;
  /** a person decided about it or about the citizen it is */
  decided: boolean;
}

/** Rules that link without a number or an identifier in common, when somebody is met, at a second look, and by a run. */
const reversibleRules = ['link-likelihood-01', 'link-demographics-01', 'link-re-run'];

/** Those of a source Patient's citizen that one of these rules brought to it together: of several times the last. */
const joinedWith = (person: string, rules: string): string => `(select array(select q.id from source_person q where q.citizen_id = ${person}.citizen_id and q.id = any (d.persons) order by q.id)
         from link_decision d where d.persons @> array[${person}.id] and d.kind = 'merge' and d.undone_by is null and d.rule = any (${rules}) order by d.n desc limit 1)`;

/** The next source Patients of everybody. */
export async function nextCompared(connection: Connection, { afterCitizen, afterId }: RunStep, limit: number): Promise<ComparedPerson[]> {
  const { rows } = await connection.query<ComparedPerson>(
    `select p.citizen_id as citizen, p.id, p.facts, p.rule = any ($4) as "byRule", ${joinedWith('p', '$4')} as joined,
       exists (select from link_decision d where d.rule is null and (d.persons @> array[p.id] or d.into_id = p.citizen_id or d.from_id = p.citizen_id)) as decided
     from source_person p where $1::uuid is null or (p.citizen_id, p.id) > ($1, $2::uuid) order by p.citizen_id, p.id limit $3`, [afterCitizen, afterId, limit, reversibleRules]);
  return rows;
}

/** Keeps what was found, each pair once, and how far the run came; without a last one it is compared. */
export async function saveCompared(connection: Connection, run: string, changes: readonly FoundChange[], looked: number, last: { citizen: string; id: string } | undefined): Promise<void> {
  if (changes.length > 0) {
    await connection.query(
      `insert into linkage_change (run, citizen_id, id, kind, other, evidence) select $1, c.* from unnest($2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::jsonb[]) as c (citizen_id, id, kind, other, evidence)
       where c.kind = 'unlink' or not exists (select from linkage_change e where e.run = $1 and e.kind = 'link' and e.citizen_id = c.other and e.other = c.citizen_id) on conflict do nothing`,
      [run, changes.map((c) => c.citizen), changes.map((c) => c.id), changes.map((c) => c.kind), changes.map((c) => c.other), changes.map((c) => c.evidence && JSON.stringify(c.evidence))]);
  }
  await connection.query(
    `update linkage_run set looked = looked + $2, after_citizen = coalesce($3, after_citizen), after_id = coalesce($4, after_id), state = case when $3::uuid is null then 'compared' else state end where id = $1`,
    [run, looked, last?.citizen ?? null, last?.id ?? null]);
}

/** A change, and what has become of those it is about. */
type ChangeNow = FoundChange & { now: string; otherNow: string | null; joined: string[] | null; decided: boolean };

/** The next change of an approved run that is not done, with the citizens of now; null: none is left, and the run is applied. */
export async function nextChange(connection: Connection, run: string): Promise<ChangeNow | null> {
  const { rows } = await connection.query<ChangeNow>(
    `select c.id, c.citizen_id as citizen, c.kind, c.other, c.evidence, p.citizen_id as now, ${joinedWith('p', '$2')} as joined, coalesce(a.now_id, c.other) as "otherNow",
       exists (select from link_decision d where d.rule is null and (d.persons @> array[c.id] or d.into_id = p.citizen_id or d.from_id = p.citizen_id)) as decided
     from linkage_change c join source_person p on p.id = c.id left join citizen_alias a on a.citizen_id = c.other where c.run = $1 and c.outcome is null order by c.id limit 1`, [run, reversibleRules]);
  if (!rows[0]) await connection.query(`update linkage_run set state = 'applied' where id = $1`, [run]);
  return rows[0] ?? null;
}

export async function settleChange(connection: Connection, run: string, { citizen, id }: Pick<LinkageChange, 'citizen' | 'id'>, outcome: NonNullable<LinkageChange['outcome']>): Promise<void> {
  await connection.query('update linkage_change set outcome = $4 where run = $1 and citizen_id = $2 and id = $3', [run, citizen, id, outcome]);
}
