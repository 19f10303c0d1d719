import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import type { Json, JsonObject } from '../../src/fhir/json.ts';
import type { Database } from '../../src/store/database.ts';

/**
 * The CURRENT content of everything a database holds about people, by a key that two runs with the same secrets share:
 * every resource (its body, class and fragments, the care and the choice it is evidence of), every citizen by the
 * source Patients that make it up, every fold. Left out is what says when or in which order it came: lastUpdated,
 * version, source record numbers, how long open care counts. A citizen's random id is replaced by its people.
 */
export async function readFinalRecord(database: Database): Promise<Map<string, string>> {
  const citizens = await citizenNames(database);
  const record = new Map<string, string>();
  const inOurNames = (text: string): string => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => citizens.get(id) ?? id);
  for (const row of await database.query<CurrentRow>(currentRows)) {
    record.set(`${row.type}/${row.id}`, inOurNames(canonicalJson({
      citizen: row.citizen, class: row.class, evidence: row.evidence, choice: row.choice, body: timeless(JSON.parse(row.body) as JsonObject),
      fragments: row.fragments.map(([path, body, shared]) => [path, JSON.parse(body) as Json, shared]),
    })));
  }
  for (const { citizen, people, hidden } of await database.query<{ citizen: string; people: string; hidden: boolean }>(citizenRows)) {
    record.set(`citizen/${citizens.get(citizen) ?? 'unnamed'}`, `${people} ${hidden}`);
  }
  for (const { key, state } of await database.query<{ key: string; state: Json }>(
    `select feed || '/' || person_key || '/' || fold_key as key, state from fold_state`)) record.set(`fold/${key}`, canonicalJson(state));
  return record;
}

/** Differences between two records, as keys with what differs: at most a few are worth reading. */
export function compareRecords(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key))
    .map((key) => (!a.has(key) ? `${key} is missing` : !b.has(key) ? `${key} is too much` : `${key} differs: ${firstDifference(a.get(key) ?? '', b.get(key) ?? '')}`));
}

interface CurrentRow {
  citizen: string;
  id: string;
  type: string;
  body: string;
  class: string;
  evidence: string;
  choice: string | null;
  fragments: [path: string, body: string, shared: string][];
}

const className = (alias: string): string => `${alias}.custodian || ' ' || ${alias}.category || ' ' || array_to_string(${alias}.labels, ',')`;

const currentRows = `
  select r.citizen_id as citizen, r.id, r.type, v.body, ${className('k')} as class,
    coalesce((select string_agg(e.organisation || ' ' || e.kind, ',' order by e.organisation, e.kind) from relationship e
      where e.citizen_id = r.citizen_id and e.id = r.id), '') as evidence,
    (select effect from choice_rule c where c.citizen_id = r.citizen_id and c.id = r.id) as choice,
    coalesce((select json_agg(json_build_array(f.path, f.body, ${className('fk')}) order by f.path) from citizen_fragment f
      join sharing_class fk on fk.class_id = f.class_id where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version), '[]') as fragments
  from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
    join sharing_class k on k.class_id = r.class_id`;

const citizenRows = `
  select c.citizen_id as citizen, c.location_hidden as hidden,
    (select string_agg(p.id::text || ' ' || p.facts::text, ',' order by p.id) from source_person p where p.citizen_id = c.citizen_id) as people
  from citizen c`;

/** A citizen is called by the first of its source Patients, whose ids come from the partners' own keys. */
async function citizenNames(database: Database): Promise<Map<string, string>> {
  const rows = await database.query<{ citizen: string; first: string }>('select citizen_id as citizen, min(id::text) as first from source_person group by citizen_id');
  return new Map(rows.map(({ citizen, first }) => [citizen, `citizen-of-${first}`]));
}

function timeless(body: JsonObject): JsonObject {
  const { lastUpdated: _at, versionId: _version, source, ...meta } = (body['meta'] ?? {}) as JsonObject;
  return { ...body, meta: { ...meta, source: typeof source === 'string' ? source.split('#')[0] ?? '' : null } };
}

function firstDifference(a: string, b: string): string {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  const from = Math.max(0, at - 40);
  return `…${a.slice(from, at + 60)}… and …${b.slice(from, at + 60)}…`;
}
