import { moreWasSent } from './more-was-sent.ts';
import { choseByRecord, emergencyReference, held, itself, ofPart, ofVersion, refusedBy, sharedWith, visible, within } from './visible.ts';

const citizenRows = 'citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version';
const sharedRows = 'shared_row s join shared_version v on v.id = s.id and v.version = s.version';
/** Ids that a source Patient's citizen had before it became part of another: who sees the one may know the others. */
export const formerly = `case when r.type = 'Patient' then (select array_agg(distinct a.citizen_id) from past_citizen p join citizen_alias a on a.citizen_id = p.was and a.now_id = r.citizen_id
       where p.citizen_id = r.citizen_id and p.id = r.id) end`;
const columnsWith = (fragmentMayBeSeen: string): string => `'citizen'::text, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body,
      (select json_agg(json_build_array(f.path, f.body, f.class_id)) from citizen_fragment f
       where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version and ${fragmentMayBeSeen}), ${formerly}`;
const heldNow = held('r', undefined, itself('r'));
const citizenColumns = `${columnsWith(`f.class_id = any (seen) and (parts is null or f.id || f.path = any (parts))`)}, ${heldNow}`;
const listedColumns = `${columnsWith(visible('f', undefined, ofPart('f')))}, ${heldNow}`;
/** Where an answer has no row. */
const noRow = 'null::text, null::uuid, null::uuid, null::text, null::int, null::int, null::boolean, null::timestamptz, null::text, null::json, null::uuid[], null::json';
const sharedColumns = 's.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, v.body, null::json, null::uuid[], null::json';

/** The grant, into `g`; without one that holds there is nothing to see. */
const takeGrant = (key: string): string => `select * into g from live_grant l where l.grant_key = ${key};`;
const partsOfRows = 'citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id and r.version = f.version';
const takeRecords = `
      seen := array(select unnest(t.class_id) from citizen_tally t where t.citizen_id = named);
      shown := array(select r.id from citizen_row r where r.citizen_id = named and ${visible('r', undefined, itself('r'))});
      parts := array(select f.id || f.path from ${partsOfRows} where f.citizen_id = named and r.id = any (shown) and ${visible('f', undefined, ofPart('f'))});
      kept := (select coalesce(json_agg(json_build_array(q.class_id, q.n, q.refused)), '[]') from (select k.class_id, count(*) as n, k.refused from (
        select r.class_id, ${refusedBy('r', undefined, itself('r'))} as refused from citizen_row r where r.citizen_id = named and not r.deleted and r.id <> all (shown)
        union all
        select f.class_id, ${refusedBy('f', undefined, ofPart('f'))} from ${partsOfRows}
        where f.citizen_id = named and f.target is null and not r.deleted and r.id = any (shown) and f.id || f.path <> all (parts)) k group by k.class_id, k.refused) q);`;
/**
 * Whom the id `asked` names, into `named`; an old id of a citizen becomes the one it stands for. And the classes of that citizen's which the grant may see, into `seen`. Of somebody who
 * chose about single records classes say too little: then every class is looked at, and `shown` and `parts` say which rows,
 * and which parts of them, may be seen, and `kept` what is kept back. Of everybody else these are null.
 */
const takeCitizen = `
    named := (select r.citizen_id from citizen_row r where r.id = asked);
    if named is null then
      asked := coalesce((select a.now_id from citizen_alias a where a.citizen_id = asked), asked);
      named := (select c.citizen_id from citizen_tally c where c.citizen_id = asked union all select c.citizen_id from citizen c where c.citizen_id = asked limit 1);
    end if;
    if not (${within('named')}) then named := null; end if;
    select (select coalesce(array_agg(k.class_id), '{}') from (select t.citizen_id, unnest(t.class_id) as class_id from citizen_tally t where t.citizen_id = named) k
      where ${visible('k')}), ${choseByRecord('named')} into seen, by_record;
    shown := null; parts := null; kept := null;
    if by_record then ${takeRecords} end if;`;
const taken = 'named uuid; seen int[]; by_record boolean; shown uuid[]; parts text[]; kept json;';
const seenAs = (row: string): string => `${row}class_id = any (seen) and (shown is null or ${row}id = any (shown))`;
/** This person's live emergency access to the citizen that is named, if any. */
const inEmergency = emergencyReference('named');
/** [class, number, how a choice denied it] of what the other classes keep back; of parts of rows, only where the row itself may be seen. */
const keptBack = `coalesce(kept, (select json_agg(json_build_array(k.class_id, k.n, k.refused)) from (
        select u.class_id, u.n, ${refusedBy('u')} as refused
        from (select t.citizen_id, k.* from citizen_tally t, unnest(t.class_id, t.within, t.n) k (class_id, within, n) where t.citizen_id = named) u
        where u.n > 0 and u.class_id <> all (seen) and (u.within is null or u.within = any (seen))) k))`;

/** Versions stored since an instant and before a place in the order; either may be null. */
const olderThan = (version: string): string => `${version}.updated_at >= coalesce(since, '-infinity') and ${version}.updated_at <= coalesce(before, 'infinity')
        and (before is null or ${version}.updated_at < before or ${version}.id > before_id or (${version}.id = before_id and ${version}.version < before_version))`;

/** The type is in every token; compared plainly as well, PostgreSQL would add a bitmap of the whole type. */
const bearing = (row: string): string => `not ${row}.deleted and (${row}.type || '') = asked_type and ${row}.tokens @> asked_tokens`;

/** After a place in the order of a page; no place is before everything. In one condition, so that nobody thinks of an index of all there is by time. */
const afterPlace = (row: string): string => `(before is null or ${row}.updated_at < before or (${row}.updated_at = before and ${row}.id > before_id))`;
/** The rows of a list in its order, one by one: each is looked up and asked by itself, so that nothing is read beyond the page. */
const walkedList = 'list_place l cross join lateral (select w.* from citizen_row w where w.citizen_id = l.citizen_id and w.id = l.id offset 0) r where l.list = asked_list and l.at <= coalesce(before, \'infinity\')';

/** A page, newest first, of rows `r` of this source that bear the tokens: all that are found are put in order, or `walked` in an order they have. */
function pageOf(source: string, walked = ''): string {
  return `return query with page as materialized (
        (select r.id, r.updated_at from ${source} and ${afterPlace('r')} and ${bearing('r')} and ${visible('r', undefined, itself('r'))}${walked})
        union all
        select s.id, s.updated_at from shared_row s where ${afterPlace('s')} and ${bearing('s')} and ${sharedWith('s')}
        order by updated_at desc, id limit at_most)
      select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
        select ${listedColumns} from page p join ${citizenRows.replace(' join', ' on r.id = p.id join')}
        union all
        select ${sharedColumns} from page p join ${sharedRows.replace(' join', ' on s.id = p.id join')}) q;`;
}

/** Planned once for each connection: a plan made anew for every requester's lists of classes costs more than what it finds. */
const lookUp = 'language plpgsql stable security definer set search_path = public, pg_temp set plan_cache_mode = force_generic_plan as $$';

/** What the reader may call. */
export const readerLookUps = [
  'look_at_rows(text[], text[], uuid[])', 'look_at_listed(text, uuid[])', 'look_at_everything(text, uuid, text, uuid, int)', 'look_at_story(text, uuid, int)', 'look_at_story_at(text, uuid, int, timestamptz)', 'look_at_decisions(text, uuid)', 'look_at_page(text, text, bigint[], bigint, timestamptz, uuid, int)', 'look_at_history(text, text, timestamptz, timestamptz, uuid, int, int)',
  'count_bearing(text, text, bigint[], int)', 'find_parts(text, text, bigint[])', 'look_at_matches(text, bytea[], int, int)', 'citizens_now(uuid[])',
];

/** Who the citizen is that is asked for, what of them is kept back and what is incomplete; ends there where `asked` is nobody. */
const citizenFirst = `${lookUp}
declare g live_grant; ${taken}
begin
  ${takeGrant('asked_grant')}
  if not found then
    return query select 1, false, null::uuid, null::text, null::json, null::int[], ${noRow};
    return;
  end if;
  ${takeCitizen}
  return query select 1, true, named, ${inEmergency}, ${keptBack},
    array(select r.class_id from citizen_row r join source_person p on p.citizen_id = r.citizen_id and p.id = r.id
      where r.citizen_id = asked and ${seenAs('r.')} and ${moreWasSent('p')}),
    ${noRow};
  if named is distinct from asked then return; end if;`;

/** A citizen's rows that fulfil a condition, in its order, up to `at_most`; the source Patients; the directory rows all of them name. */
const wholeCitizen = (condition: string): string => `${citizenFirst}
  return query with page as materialized (
      (select * from citizen_row where citizen_id = asked and not deleted and type <> 'Patient' and ${seenAs('')}
         and ${condition} limit at_most)
      union all
      select * from citizen_row where citizen_id = asked and not deleted and type = 'Patient' and ${seenAs('')}),
    places as (select distinct unnest(directory_ids) as id from page)
    select 1, true, named, case when q.citizen_id is not null then ${inEmergency} end, null::json, null::int[], q.* from (
      select ${citizenColumns} from page r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
      union all
      select ${sharedColumns} from places p join ${sharedRows.replace(' join', ' on s.id = p.id join')} where s.scope = 'directory' and ${sharedWith('s')}) q;
end $$;`;

/** Columns of a version `v` of a row `r`, which need not be the current one. */
const versionColumns = (fragmentMayBeSeen: string): string => columnsWith(fragmentMayBeSeen).replaceAll('r.version', 'v.version').replaceAll('r.deleted', 'v.deleted').replaceAll('r.updated_at', 'v.updated_at');

/** The same of the versions that were current before the instant `told_at`. */
const versionsOf = (order: string): string => `${citizenFirst}
  return query with past as materialized (
      select r.citizen_id, r.id, (select max(v.version) from citizen_version v where v.citizen_id = r.citizen_id and v.id = r.id and v.updated_at < told_at) as version
      from citizen_row r where r.citizen_id = asked and not r.deleted and ${seenAs('r.')}),
    told as materialized (
      select r.citizen_id, r.id, r.type, v.version, r.directory_ids, row_number() over (partition by r.type = 'Patient' order by ${order}) as place
      from past t join citizen_row r on r.citizen_id = t.citizen_id and r.id = t.id join citizen_version v on v.citizen_id = t.citizen_id and v.id = t.id and v.version = t.version
      where not v.deleted and (not by_record or ${visible('r', undefined, ofVersion)})),
    page as materialized (select * from told where type = 'Patient' or place <= at_most),
    places as (select distinct unnest(directory_ids) as id from page)
    select 1, true, named, case when q.citizen_id is not null then ${inEmergency} end, null::json, null::int[], q.* from (
      select ${versionColumns(`f.class_id = any (seen) and (not by_record or ${visible('f', undefined, ofPart('f'))})`)}, ${held('r', undefined, ofVersion)}
      from page p join citizen_row r on r.citizen_id = p.citizen_id and r.id = p.id join citizen_version v on v.citizen_id = p.citizen_id and v.id = p.id and v.version = p.version
      union all
      select ${sharedColumns} from places p join ${sharedRows.replace(' join', ' on s.id = p.id join')} where s.scope = 'directory' and ${sharedWith('s')}) q;
end $$;`;

/**
 * The hot reads, each one statement: what was asked for by id, and beside it what was kept back. They decide by the
 * door's one predicate, like the views: because for most people nothing but citizen and class decides whether a row may be
 * seen, they ask it once for each class the citizen has, and every row sent is of a class that passed; of somebody who chose
 * about single records they ask it for each row.
 *
 * Definer functions: the reader may call them and gains no right to a table. The grant is a parameter, so that one
 * statement serves any requesters and leaves nothing behind on the connection; it is looked up in the statement's own
 * snapshot, and without one that holds there are no rows. Every ask has at least one row, which says whether it held.
 */
export const lookUps = `
create type looked as (
  ask int, fresh boolean, named uuid, emergency text, kept json, incomplete int[],
  scope text, citizen uuid, id uuid, type text, version int, "classId" int, deleted boolean, "updatedAt" timestamptz, body text, fragments json, formerly uuid[], held json);

-- what these resources are now; of a citizen's id with type Patient, the source Patients
create function look_at_rows(grants text[], types text[], ids uuid[]) returns setof looked
  ${lookUp}
declare g live_grant; ${taken} asked uuid; asked_type text;
begin
  for i in 1 .. cardinality(ids) loop
    asked := ids[i]; asked_type := types[i];
    ${takeGrant('grants[i]')}
    if not found then
      return query select i, false, null::uuid, null::text, null::json, null::int[], ${noRow};
      continue;
    end if;
    ${takeCitizen}
    if named is null then
      return query select i, true, null::uuid, null::text, null::json, null::int[], a.* from (values (1)) one left join lateral (
        select ${sharedColumns} from ${sharedRows} where s.id = asked and s.type = asked_type and not s.deleted and ${sharedWith('s')}) a on true;
    elsif named = asked then
      return query select i, true, named, ${inEmergency}, ${keptBack}, null::int[], a.* from (values (1)) one left join lateral (
        select ${citizenColumns} from ${citizenRows}
        where r.citizen_id = named and r.type = 'Patient' and asked_type = 'Patient' and not r.deleted and ${seenAs('r.')} order by r.id) a on true;
    else
      return query select i, true, named, ${inEmergency}, ${keptBack}, null::int[], a.* from (values (1)) one left join lateral (
        select ${citizenColumns} from ${citizenRows}
        where r.citizen_id = named and r.id = asked and r.type = asked_type and not r.deleted and ${seenAs('r.')}) a on true;
    end if;
  end loop;
end $$;

-- what rows found by a search are now, whosever they are
create function look_at_listed(asked_grant text, ids uuid[]) returns setof looked
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return; end if;
  return query select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
    select ${listedColumns} from ${citizenRows} where r.id = any (ids) and not r.deleted and ${visible('r', undefined, itself('r'))}
    union all
    select ${sharedColumns} from ${sharedRows} where s.id = any (ids) and not s.deleted and ${sharedWith('s')}) q;
end $$;

-- the newest rows of a type that bear all these tokens, whosever they are, after a place in the order; in a list that is kept, it is walked until the page is full
create function look_at_page(asked_grant text, asked_type text, asked_tokens bigint[], asked_list bigint, before timestamptz, before_id uuid, at_most int) returns setof looked
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if found then
    if asked_list is null then
      ${pageOf('citizen_row r where true')}
    else
      ${pageOf(walkedList, ' order by l.at desc, l.id limit at_most')}
    end if;
    if found then return; end if;
  end if;
  return query select 1, exists (select from live_grant l where l.grant_key = asked_grant), null::uuid, null::text, null::json, null::int[], ${noRow};
end $$;

-- versions of a type, or of everything, newest first: walked along the index of when they were stored, up to at_most that may be seen
create function look_at_history(asked_grant text, asked_type text, since timestamptz, before timestamptz, before_id uuid, before_version int, at_most int) returns setof looked
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then
    return query select 1, false, null::uuid, null::text, null::json, null::int[], ${noRow};
    return;
  end if;
  return query select 1, true, null::uuid, null::text, null::json, null::int[], ${noRow};
  return query with page as materialized (
      (select v.citizen_id, v.id, v.version, v.updated_at from citizen_version v join citizen_row r on r.citizen_id = v.citizen_id and r.id = v.id
         where ${olderThan('v')} and (asked_type is null or r.type = asked_type) and ${visible('r', undefined, ofVersion)} order by v.updated_at desc, v.id, v.version desc limit at_most)
      union all
      (select null::uuid, v.id, v.version, v.updated_at from shared_version v join shared_row s on s.id = v.id
         where ${olderThan('v')} and (asked_type is null or s.type = asked_type) and ${sharedWith('s')} order by v.updated_at desc, v.id, v.version desc limit at_most)
      order by updated_at desc, id, version desc limit at_most)
    select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
      select ${versionColumns(visible('f', undefined, ofPart('f'))).replace(formerly, 'null::uuid[]')}, ${held('r', undefined, ofVersion)}
      from page p join citizen_row r on r.citizen_id = p.citizen_id and r.id = p.id join citizen_version v on v.citizen_id = p.citizen_id and v.id = p.id and v.version = p.version
      union all
      select s.scope, null::uuid, s.id, s.type, v.version, null::int, v.deleted, v.updated_at, v.body, null::json, null::uuid[], null::json
      from page p join shared_row s on s.id = p.id join shared_version v on v.id = p.id and v.version = p.version where p.citizen_id is null) q;
end $$;

-- the source Patients of citizens that share a blocking key with what is asked, by a row that may be seen
create function look_at_matches(asked_grant text, hashes bytea[], per_key int, junk int) returns setof looked
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if found then
    return query with found as materialized (
        select distinct k.citizen_id from (select distinct h.hash from unnest(hashes) h (hash)
          where (select count(*) from (select from person_key n where n.hash = h.hash limit junk + 1) n) <= junk) h cross join lateral (
          select distinct r.citizen_id from person_key p join citizen_row r on r.citizen_id = p.citizen_id and r.id = p.id
          where p.hash = h.hash and r.type = 'Patient' and not r.deleted and ${visible('r', undefined, itself('r'))} limit per_key) k)
      select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
        select ${listedColumns} from found f join ${citizenRows.replace(' join', ' on r.citizen_id = f.citizen_id join')}
        where r.type = 'Patient' and not r.deleted and ${visible('r', undefined, itself('r'))}) q;
    if found then return; end if;
  end if;
  return query select 1, exists (select from live_grant l where l.grant_key = asked_grant), null::uuid, null::text, null::json, null::int[], ${noRow};
end $$;

-- how many there are of them, up to a number above which nobody counts; null without a grant that holds
create function count_bearing(asked_grant text, asked_type text, asked_tokens bigint[], at_most int) returns int
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return null; end if;
  return (select count(*) from (
    select r.id from citizen_row r where ${bearing('r')} and ${visible('r', undefined, itself('r'))}
    union all
    select s.id from shared_row s where ${bearing('s')} and ${sharedWith('s')} limit at_most) m);
end $$;

-- rows of a type that bear one of these tokens in a part kept apart; row by row from the parts: as sets, every row of the type would be read
create function find_parts(asked_grant text, asked_type text, asked_tokens bigint[]) returns table (fresh boolean, id uuid, tokens bigint[])
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return query select false, null::uuid, null::bigint[]; return; end if;
  return query with parts as materialized (
      select f.* from citizen_fragment f where f.tokens <> '{}' and f.tokens && asked_tokens and ${visible('f', undefined, ofPart('f'))})
    select true, r.id, p.tokens from parts p join lateral (select r.id from citizen_row r
      where r.citizen_id = p.citizen_id and r.id = p.id and r.version = p.version and r.type = asked_type and ${visible('r', undefined, itself('r'))} limit 1) r on true
    union all select true, null, null;
end $$;

-- a citizen: what is incomplete, then rows after (type, id), the source Patients, and the directory rows they name
create function look_at_everything(asked_grant text, asked uuid, after_type text, after_id uuid, at_most int) returns setof looked
  ${wholeCitizen('(type, id) > (after_type, after_id) order by type, id')}

-- the same of all rows at once, of what happened last first
create function look_at_story(asked_grant text, asked uuid, at_most int) returns setof looked
  ${wholeCitizen('true order by coalesce(from_at, updated_at) desc, id')}

-- the same of each row's version that was current before an instant, under the rights of now: what has been deleted since is not told, and what a choice on single records cannot compare it reaches
create function look_at_story_at(asked_grant text, asked uuid, at_most int, told_at timestamptz) returns setof looked
  ${versionsOf('coalesce(r.from_at, v.updated_at) desc, r.id')}

-- what people decided about two records, where both may be seen: who hides either hides that anything was decided
create function look_at_decisions(asked_grant text, asked uuid) returns table (fresh boolean, id uuid, first uuid, second uuid, verdict text)
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  fresh := found;
  return next;
  asked := coalesce((select a.now_id from citizen_alias a where a.citizen_id = asked), asked);
  if not fresh or not exists (select from event_decision d where d.citizen_id = asked) then return; end if;
  return query select true, d.id, d.first_id, d.second_id, d.verdict
    from event_decision d join citizen_row a on a.citizen_id = d.citizen_id and a.id = d.first_id and not a.deleted
      join citizen_row b on b.citizen_id = d.citizen_id and b.id = d.second_id and not b.deleted
    where d.citizen_id = asked and d.undone_at is null and ${visible('a', undefined, itself('a'))} and ${visible('b', undefined, itself('b'))};
end $$;
`;
