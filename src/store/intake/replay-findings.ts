import type { Connection, Database } from '../database.ts';

/** What a replay would change: a resource and where in it, or a row's problem. Places, never values. */
export interface Finding {
  group: string;
  kind: 'resource' | 'new-problem' | 'solved-problem';
  /** type of the resource, or code of the problem */
  subject: string;
  /** `changed name.given`; of a problem the field */
  places: readonly string[];
  id: string | null;
  recordId: number;
  row: number;
}

/** Puts what was found of these people in the place of what was found of them before. */
export async function replaceFindings(connection: Connection, replayId: number, groups: readonly string[], findings: readonly Finding[]): Promise<void> {
  await connection.query('delete from replay_finding where replay_id = $1 and person_key = any($2::text[])', [replayId, groups]);
  if (findings.length === 0) return;
  await connection.query(
    `insert into replay_finding (replay_id, person_key, kind, subject, places, id, record_id, row_no)
     select $1, g, k, s, string_to_array(p, E'\\n'), i, r, n from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::bigint[], $8::int[]) as f(g, k, s, p, i, r, n)`,
    [replayId, findings.map((f) => f.group), findings.map((f) => f.kind), findings.map((f) => f.subject), findings.map((f) => f.places.join('\n')),
      findings.map((f) => f.id), findings.map((f) => f.recordId), findings.map((f) => f.row)]);
}

export interface FindingGroup {
  kind: Finding['kind'];
  subject: string;
  place: string;
  count: number;
  examples: { record: string; id: string | null }[];
}

const mostGroups = 1_000;

/** Findings by what and where, most frequent first, each with up to five examples. */
export async function groupFindings(database: Database, replayId: number): Promise<FindingGroup[]> {
  return database.query<FindingGroup>(
    `select kind, subject, place, max(n)::int as count, json_agg(json_build_object('record', record_id || '/' || row_no, 'id', id) order by record_id, row_no, id) filter (where n <= 5) as examples
     from (select kind, subject, place, record_id, row_no, id, row_number() over (partition by kind, subject, place order by record_id, row_no, id) as n
           from replay_finding, unnest(places) as place where replay_id = $1) f
     group by kind, subject, place order by kind, count desc, subject, place limit $2`, [replayId, mostGroups]);
}

export async function countDifferences(database: Database, replayId: number): Promise<Record<Finding['kind'], number>> {
  const rows = await database.query<{ kind: Finding['kind']; n: number }>('select kind, count(*)::int as n from replay_finding where replay_id = $1 group by kind', [replayId]);
  return { resource: 0, 'new-problem': 0, 'solved-problem': 0, ...Object.fromEntries(rows.map(({ kind, n }) => [kind, n])) };
}
