import type { AuditEntry } from '../../audit/types.ts';
import type { ChoiceRule, RecordFacts, Relationship } from '../../consent/types.ts';
import { relationshipKinds, type OrganisationKey } from '../../fhir/sharing.ts';
import type { Database } from '../database.ts';
import { mayRead, type LogReader } from '../audit/search-audit.ts';
import { choiceColumns, choiceRuleOf, type ChoiceRow } from './sharing-facts.ts';

/** What decisions about one citizen depend on, with from when until when each of it was so; null = still. */
export interface PastFacts {
  citizen: string;
  /** every row, with the instants of its versions, oldest first */
  rows: PastRow[];
  choices: (Lasting & { rule: ChoiceRule; /** when it counts, half-open */ live: { from: Date | null; until: Date | null }[] })[];
  relationships: (Lasting & Relationship)[];
  emergencies: { organisation: OrganisationKey; person: string; reference: string; from: Date; until: Date }[];
}

interface Lasting {
  since: Date;
  gone: Date | null;
}

export interface PastRow {
  id: string;
  type: string;
  /** whose it is, and whose it was until when, in the order of time */
  citizens: PastCitizen[];
  versions: Date[];
  /** of its last version */
  record: RecordFacts;
  classes: PastClass[];
  /** parts kept apart, each with the version it belongs to */
  parts: (Lasting & { version: number; classId: number })[];
}

/** A citizen whose a row was, and until when; the last has no end. */
interface PastCitizen {
  citizen: string;
  until: Date | null;
}

/** A class and until when it was that; the last has no end. In the order of time. */
interface PastClass {
  classId: number;
  until: Date | null;
}

/** An entry of the audit trail, where this reader may read it. */
export async function readEntry(database: Database, id: string, reader: LogReader): Promise<AuditEntry | null> {
  const [row] = await database.query<{ entry: string }>(
    `select entry from audit_entry where id = $1 and ${mayRead('$2::text', '$3::text')} order by seq limit 1`, [id, reader.organisation, reader.person]);
  return row ? (JSON.parse(row.entry) as AuditEntry) : null;
}

/** The facts about a citizen that held at some moment from `from` on, of rows that have become somebody else's as well. */
export async function readPastFacts(database: Database, citizen: string, from: Date): Promise<PastFacts> {
  const [rows, choices, relationships, emergencies] = [
    await readRows(database, citizen), await readChoices(database, citizen, from), await readRelationships(database, citizen, from),
    await database.query<PastFacts['emergencies'][number]>(`select organisation, person, reference, from_at as "from", until from emergency_access where (citizen_id = $1 or home = $1) and until > $2 order by until desc`, [citizen, from]),
  ];
  return { citizen, rows, choices, relationships, emergencies };
}

interface RowColumns {
  id: string;
  type: string;
  versions: Date[];
  tokens: string[];
  from: Date | null;
  until: Date | null;
  classId: number;
  pastClasses: number[] | null;
  pastUntil: Date[] | null;
  citizen: string;
  were: string[] | null;
  wereUntil: Date[] | null;
}

async function readRows(database: Database, citizen: string): Promise<PastRow[]> {
  const rows = await database.query<RowColumns>(
    `select r.id, r.type, r.tokens::text[], r.from_at as from, r.to_at as until, r.class_id as "classId", (select array_agg(v.updated_at order by v.version) from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id) as versions,
       p.classes as "pastClasses", p.gone as "pastUntil", r.citizen_id as citizen, w.were, w.gone as "wereUntil"
     from citizen_row r left join lateral (select array_agg(c.was order by c.gone_at) as were, array_agg(c.gone_at order by c.gone_at) as gone
       from past_citizen c where c.citizen_id = r.citizen_id and c.id = r.id) w on true left join lateral (select array_agg(c.class_id order by c.gone_at) as classes, array_agg(c.gone_at order by c.gone_at) as gone
       from past_class c where c.citizen_id = r.citizen_id and c.id = r.id) p on true
     where (r.citizen_id = $1 or (r.citizen_id, r.id) in (select c.citizen_id, c.id from past_citizen c where c.was = $1)) and not r.deleted order by r.id`, [citizen]);
  const names = [rows.map((row) => row.citizen), rows.map((row) => row.id)];
  const parts = await database.query<Lasting & { id: string; version: number; classId: number }>(
    `with n as (select * from unnest($1::uuid[], $2::uuid[]) as n(citizen_id, id))
     select f.id, f.version, f.class_id as "classId", f.since, null::timestamptz as gone from n join citizen_fragment f using (citizen_id, id) where f.target is null
     union all select p.id, p.version, p.class_id, p.since, p.gone_at from n join past_part p using (citizen_id, id)`, names);
  const byRow = Map.groupBy(parts, ({ id }) => id);
  return rows.map(({ id, type, versions, tokens, from, until, citizen: now, were, wereUntil, ...classes }) => ({
    id, type, versions, citizens: [...(were ?? []).map((was, i) => ({ citizen: was, until: wereUntil?.[i] ?? null })), { citizen: now, until: null }], record: { id, type, tokens: tokens.map(BigInt), from, until }, classes: classesOf(classes), parts: byRow.get(id) ?? [],
  }));
}

function classesOf({ classId, pastClasses, pastUntil }: Pick<RowColumns, 'classId' | 'pastClasses' | 'pastUntil'>): PastClass[] {
  return [...(pastClasses ?? []).map((past, i) => ({ classId: past, until: pastUntil?.[i] ?? null })), { classId, until: null }];
}

async function readChoices(database: Database, citizen: string, from: Date): Promise<PastFacts['choices']> {
  const columns = `${choiceColumns}, since, array(select nullif(lower(l), '-infinity') from unnest(live) l) as "liveFrom", array(select nullif(upper(l), 'infinity') from unnest(live) l) as "liveUntil"`;
  const rows = await database.query<ChoiceRow & Lasting & { liveFrom: (Date | null)[]; liveUntil: (Date | null)[] }>(
    `select ${columns}, null::timestamptz as gone from choice_rule where citizen_id = $1
     union all select ${columns}, gone_at from past_choice_rule where citizen_id = $1 and gone_at > $2`, [citizen, from]);
  return rows.map(({ since, gone, liveFrom, liveUntil, ...rule }) => ({ since, gone, live: liveFrom.map((begin, i) => ({ from: begin, until: liveUntil[i] ?? null })), rule: choiceRuleOf(rule) }));
}

async function readRelationships(database: Database, citizen: string, from: Date): Promise<PastFacts['relationships']> {
  const columns = `organisation, kind, nullif(until, 'infinity') as until, since`;
  const rows = await database.query<Lasting & { organisation: string; kind: number; until: Date | null }>(
    `select ${columns}, null::timestamptz as gone from relationship where citizen_id = $1
     union all select ${columns}, gone_at from past_relationship where citizen_id = $1 and gone_at > $2`, [citizen, from]);
  return rows.flatMap(({ kind, ...row }) => {
    const name = relationshipKinds[kind - 1];
    return name ? [{ ...row, kind: name }] : [];
  });
}
