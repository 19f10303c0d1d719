import { atHand, byCall, choseByRecord, emergencyReference, held, itself, kindsOf, ofPart, rareByCall, refusedBy, sharedWith, visible, within, withoutChoice, type Facts } from './visible.ts';

/** The door's predicate as look-ups ask it: of a row, of a part of one. */
export const rowSeen = (row: string): string => visible(row, undefined, itself(row), rareByCall);
export const partSeen = (part: string): string => visible(part, undefined, ofPart(part), byCall);

export const citizenRows = 'citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version';
export const sharedRows = 'shared_row s join shared_version v on v.id = s.id and v.version = s.version';
/** Ids that a source Patient's citizen had before it became part of another: who sees the one may know the others. */
export const formerly = `case when r.type = 'Patient' then (select array_agg(distinct a.citizen_id) from past_citizen p join citizen_alias a on a.citizen_id = p.was and a.now_id = r.citizen_id
       where p.citizen_id = r.citizen_id and p.id = r.id) end`;
export const columnsWith = (fragmentMayBeSeen: string): string => `'citizen'::text, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body,
      (select json_agg(json_build_array(f.path, f.body, f.class_id)) from citizen_fragment f
       where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version and ${fragmentMayBeSeen}), ${formerly}`;
export const citizenColumns = `${columnsWith(`f.class_id = any (seen) and (parts is null or f.id || f.path = any (parts))`)}, ${held('r', undefined, itself('r'), atHand)}`;
export const listedColumns = `${columnsWith(partSeen('f'))}, ${held('r', undefined, itself('r'), byCall)}`;
/** Where an answer has no row. */
export const noRow = 'null::text, null::uuid, null::uuid, null::text, null::int, null::int, null::boolean, null::timestamptz, null::text, null::json, null::uuid[], null::json';
export const sharedColumns = 's.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, v.body, null::json, null::uuid[], null::json';

/** The grant, into `g`; without one that holds there is nothing to see. */
export const takeGrant = (key: string): string => `select * into g from live_grant l where l.grant_key = ${key};`;
const partsOfRows = 'citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version';
const takeRecords = `
      seen := array(select unnest(t.class_id) from citizen_tally t where t.citizen_id = named);
      shown := array(select r.id from citizen_row r where r.citizen_id = named and ${visible('r', undefined, itself('r'), atHand)});
      parts := array(select f.id || f.path from ${partsOfRows} where f.citizen_id = named and r.id = any (shown) and ${visible('f', undefined, ofPart('f'), atHand)});
      kept := (select coalesce(json_agg(json_build_array(q.class_id, q.n, q.refused)), '[]') from (select k.class_id, count(*) as n, k.refused from (
        select r.class_id, ${refusedBy('r', undefined, itself('r'), atHand)} as refused from citizen_row r where r.citizen_id = named and not r.deleted and r.id <> all (shown)
        union all
        select f.class_id, ${refusedBy('f', undefined, ofPart('f'), atHand)} from ${partsOfRows}
        where f.citizen_id = named and f.target is null and not r.deleted and r.id = any (shown) and f.id || f.path <> all (parts)) k group by k.class_id, k.refused) q);`;
/** [class, number, how a choice denied it] of what the other classes keep back; of parts of rows, only where the row itself may be seen. */
const keptBy = (refused: string): string => `(select json_agg(json_build_array(k.class_id, k.n, k.refused)) from (
        select u.class_id, u.n, ${refused} as refused
        from (select t.citizen_id, k.* from citizen_tally t, unnest(t.class_id, t.within, t.n) k (class_id, within, n) where t.citizen_id = named) u
        where u.n > 0 and u.class_id <> all (seen) and (u.within is null or u.within = any (seen))) k)`;
const takeSeen = (facts: Facts): string => `seen := array(select k.class_id from (select t.citizen_id, unnest(t.class_id) as class_id from citizen_tally t where t.citizen_id = named) k where ${visible('k', undefined, undefined, facts)});`;
/**
 * Whom the id `asked` names, into `named`; an old id of a citizen becomes the one it stands for. And the classes of that citizen's which the grant may see, into `seen`. Of somebody who
 * chose about single records classes say too little: then every class is looked at, and `shown` and `parts` say which rows,
 * and which parts of them, may be seen, and `kept` what is kept back. Of everybody else these are null.
 */
export const takeCitizen = `
    named := (select r.citizen_id from citizen_row r where r.id = asked);
    if named is null then
      asked := coalesce((select a.now_id from citizen_alias a where a.citizen_id = asked), asked);
      named := (select c.citizen_id from citizen_tally c where c.citizen_id = asked union all select c.citizen_id from citizen c where c.citizen_id = asked limit 1);
    end if;
    if not (${within('named')}) then named := null; end if;
    select exists (select from choice_rule c where c.citizen_id = named), ${kindsOf('one')}, ${emergencyReference('one.citizen_id')} into chose, kinds, access from (values (named)) one (citizen_id);
    shown := null; parts := null; kept := null;
    if not chose then
      ${takeSeen(withoutChoice)}
    elsif ${choseByRecord('named')} then ${takeRecords}
    else
      ${takeSeen(atHand)}
      kept := ${keptBy(refusedBy('u', undefined, undefined, atHand))};
    end if;`;
export const taken = 'named uuid; chose boolean; kinds smallint[]; access text; seen int[]; shown uuid[]; parts text[]; kept json;';
export const seenAs = (row: string): string => `${row}class_id = any (seen) and (shown is null or ${row}id = any (shown))`;
/** This person's live emergency access to the citizen that is named, if any. */
export const inEmergency = 'access';
/** Of who chose something it has been worked out. */
export const keptBack = `case when chose then kept else ${keptBy('null::text')} end`;

/** Versions stored since an instant and before a place in the order; either may be null. */
export const olderThan = (version: string): string => `${version}.updated_at >= coalesce(since, '-infinity') and ${version}.updated_at <= coalesce(before, 'infinity')
        and (before is null or ${version}.updated_at < before or ${version}.id > before_id or (${version}.id = before_id and ${version}.version < before_version))`;

/** The type is in every token; compared plainly as well, PostgreSQL would add a bitmap of the whole type. */
const bearing = (row: string): string => `not ${row}.deleted and (${row}.type || '') = asked_type and ${row}.tokens @> asked_tokens`;

/** After a place in the order of a page; no place is before everything. In one condition, so that nobody thinks of an index of all there is by time. */
const afterPlace = (row: string): string => `(before is null or ${row}.updated_at < before or (${row}.updated_at = before and ${row}.id > before_id))`;
/** The rows of a list in its order, one by one: each is looked up and asked by itself, so that nothing is read beyond what is asked for. */
export const listed = 'list_place l cross join lateral (select w.* from citizen_row w where w.citizen_id = l.citizen_id and w.id = l.id offset 0) r where l.list = asked_list';
export const walkedList = `${listed} and l.at <= coalesce(before, 'infinity')`;

/** How many rows `r` of this source bear the tokens and may be seen, up to `at_most`. */
export const countOf = (source: string): string => `return (select count(*) from (
      select r.id from ${source} and ${bearing('r')} and ${rowSeen('r')}
      union all
      select s.id from shared_row s where ${bearing('s')} and ${sharedWith('s')} limit at_most) m);`;

/** A page, newest first, of rows `r` of this source that bear the tokens: all that are found are put in order, or `walked` in an order they have. */
export function pageOf(source: string, walked = ''): string {
  return `return query with page as materialized (
        (select r.id, r.updated_at from ${source} and ${afterPlace('r')} and ${bearing('r')} and ${rowSeen('r')}${walked})
        union all
        select s.id, s.updated_at from shared_row s where ${afterPlace('s')} and ${bearing('s')} and ${sharedWith('s')}
        order by updated_at desc, id limit at_most)
      select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
        select ${listedColumns} from page p join ${citizenRows.replace(' join', ' on r.id = p.id join')}
        union all
        select ${sharedColumns} from page p join ${sharedRows.replace(' join', ' on s.id = p.id join')}) q;`;
}

/** Planned once for each connection: a plan made anew for every requester's lists of classes costs more than what it finds. */
export const lookUp = 'language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$';
