import type { AuditEntry } from '../audit/types.ts';
import type { Relationship, ChoiceRule } from '../consent/types.ts';
import { relationshipKinds, type OrganisationKey } from '../fhir/sharing.ts';
import type { Database } from './database.ts';
import { seenBy } from './search-audit.ts';
import { choiceColumns, choiceRuleOf, type ChoiceRow } from './sharing-facts.ts';

/** What decisions about one citizen depend on, with from when until when each of it was so; null = still. */
export interface PastFacts {
  /** every row, with the instants of its versions, oldest first */
  rows: PastRow[];
  choices: (Lasting & { rule: ChoiceRule; validFrom: Date | null; validUntil: Date | null })[];
  relationships: (Lasting & Relationship)[];
  emergencies: { organisation: OrganisationKey; person: string; from: Date; until: Date }[];
}

interface Lasting {
  since: Date;
  gone: Date | null;
}

export interface PastRow {
  id: string;
  type: string;
  versions: Date[];
  classes: PastClass[];
  /** parts kept apart, each with the version it belongs to */
  parts: { version: number; classes: PastClass[] }[];
}

/** A class and until when it was that; the last has no end. In the order of time. */
interface PastClass {
  classId: number;
  until: Date | null;
}

/** An entry of the audit trail, where this organisation may read it; null = every entry. */
export async function readEntry(database: Database, id: string, reader: OrganisationKey | null): Promise<AuditEntry | null> {
  const [row] = await database.query<{ entry: string }>(
    `select entry from audit_entry where id = $1 and ($2::text is null or ${seenBy('$2::text')}) order by seq limit 1`, [id, reader]);
  return row ? (JSON.parse(row.entry) as AuditEntry) : null;
}

/** The facts about a citizen that held at some moment from `from` on. */
export async function readPastFacts(database: Database, citizen: string, from: Date): Promise<PastFacts> {
  const [rows, choices, relationships, emergencies] = [
    await readRows(database, citizen), await readChoices(database, citizen, from), await readRelationships(database, citizen, from),
    await database.query<PastFacts['emergencies'][number]>(`select organisation, person, from_at as "from", until from emergency_access where citizen_id = $1 and until > $2`, [citizen, from]),
  ];
  return { rows, choices, relationships, emergencies };
}

interface RowColumns {
  id: string;
  type: string;
  versions: Date[];
  classId: number;
  pastClasses: number[] | null;
  pastUntil: Date[] | null;
}

async function readRows(database: Database, citizen: string): Promise<PastRow[]> {
  const rows = await database.query<RowColumns>(
    `select r.id, r.type, r.class_id as "classId", (select array_agg(v.updated_at order by v.version) from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id) as versions,
       p.classes as "pastClasses", p.until as "pastUntil"
     from citizen_row r left join lateral (select array_agg(c.class_id order by c.gone_at) as classes, array_agg(c.gone_at order by c.gone_at) as until
       from past_class c where c.citizen_id = r.citizen_id and c.id = r.id and c.version is null) p on true
     where r.citizen_id = $1 and not r.deleted order by r.id`, [citizen]);
  const parts = await database.query<Omit<RowColumns, 'type' | 'versions'> & { version: number }>(
    `select f.id, f.version, f.class_id as "classId", p.classes as "pastClasses", p.until as "pastUntil"
     from citizen_fragment f left join lateral (select array_agg(c.class_id order by c.gone_at) as classes, array_agg(c.gone_at order by c.gone_at) as until
       from past_class c where c.citizen_id = f.citizen_id and c.id = f.id and c.version = f.version and c.path = f.path) p on true
     where f.citizen_id = $1 and f.target is null`, [citizen]);
  const byRow = Map.groupBy(parts, ({ id }) => id);
  return rows.map(({ id, type, versions, ...classes }) => ({
    id, type, versions, classes: classesOf(classes), parts: (byRow.get(id) ?? []).map(({ version, ...of }) => ({ version, classes: classesOf(of) })),
  }));
}

function classesOf({ classId, pastClasses, pastUntil }: Pick<RowColumns, 'classId' | 'pastClasses' | 'pastUntil'>): PastClass[] {
  return [...(pastClasses ?? []).map((past, i) => ({ classId: past, until: pastUntil?.[i] ?? null })), { classId, until: null }];
}

async function readChoices(database: Database, citizen: string, from: Date): Promise<PastFacts['choices']> {
  const columns = `${choiceColumns}, since, nullif(valid_from, '-infinity') as "validFrom", nullif(valid_until, 'infinity') as "validUntil"`;
  const rows = await database.query<ChoiceRow & Lasting & { validFrom: Date | null; validUntil: Date | null }>(
    `select ${columns}, null::timestamptz as gone from choice_rule where citizen_id = $1
     union all select ${columns}, gone_at from past_choice_rule where citizen_id = $1 and gone_at > $2`, [citizen, from]);
  return rows.map(({ since, gone, validFrom, validUntil, ...rule }) => ({ since, gone, validFrom, validUntil, rule: choiceRuleOf(rule) }));
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
