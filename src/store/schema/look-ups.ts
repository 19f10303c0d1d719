import { citizenColumns, citizenRows, columnsWith, countOf, formerly, inEmergency, keptBack, listed, listedColumns, lookUp, noRow, olderThan, pageOf, partSeen, rowSeen, seenAs, sharedColumns, sharedRows, takeCitizen, takeGrant, taken, walkedList } from './look-up-pieces.ts';
import { moreWasSent } from './more-was-sent.ts';
import { atHand, byCall, emergencyReference, held, ofPart, rareByCall, ofVersion, sharedWith, visible } from './visible.ts';

/** What the reader may call. */
export const readerLookUps = [
  'look_at_rows(text[], text[], uuid[])', 'look_at_listed(text, uuid[])', 'look_at_everything(text, uuid, text, uuid, int, text[], timestamptz, timestamptz, timestamptz)', 'look_at_story(text, uuid, int)', 'look_at_story_at(text, uuid, int, timestamptz)', 'look_at_decisions(text, uuid)', 'look_at_page(text, text, bigint[], bigint, timestamptz, uuid, int)', 'look_at_history(text, text, timestamptz, timestamptz, uuid, int, int)',
  'count_bearing(text, text, bigint[], bigint, int)', 'find_parts(text, text, bigint[])', 'look_at_matches(text, bytea[], int, int)', 'citizens_now(uuid[])',
];

/** Records whose date is that of a beginning (when it was recorded or asked for): they may still count long after it. */
const goesOn = ['AllergyIntolerance', 'Condition', 'ServiceRequest'];

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
      where not v.deleted and (shown is null or ${visible('r', undefined, ofVersion, atHand)})),
    page as materialized (select * from told where type = 'Patient' or place <= at_most),
    places as (select distinct unnest(directory_ids) as id from page)
    select 1, true, named, case when q.citizen_id is not null then ${inEmergency} end, null::json, null::int[], q.* from (
      select ${versionColumns(`f.class_id = any (seen) and (shown is null or ${visible('f', undefined, ofPart('f'), atHand)})`)}, ${held('r', undefined, ofVersion, atHand)}
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
    select ${listedColumns} from ${citizenRows} where r.id = any (ids) and not r.deleted and ${rowSeen('r')}
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
         where ${olderThan('v')} and (asked_type is null or r.type = asked_type) and ${visible('r', undefined, ofVersion, rareByCall)} order by v.updated_at desc, v.id, v.version desc limit at_most)
      union all
      (select null::uuid, v.id, v.version, v.updated_at from shared_version v join shared_row s on s.id = v.id
         where ${olderThan('v')} and (asked_type is null or s.type = asked_type) and ${sharedWith('s')} order by v.updated_at desc, v.id, v.version desc limit at_most)
      order by updated_at desc, id, version desc limit at_most)
    select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
      select ${versionColumns(partSeen('f')).replace(formerly, 'null::uuid[]')}, ${held('r', undefined, ofVersion, byCall)}
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
          where p.hash = h.hash and r.type = 'Patient' and not r.deleted and ${rowSeen('r')} limit per_key) k)
      select 1, true, null::uuid, ${emergencyReference('q.citizen_id')}, null::json, null::int[], q.* from (
        select ${listedColumns} from found f join ${citizenRows.replace(' join', ' on r.citizen_id = f.citizen_id join')}
        where r.type = 'Patient' and not r.deleted and ${rowSeen('r')}) q;
    if found then return; end if;
  end if;
  return query select 1, exists (select from live_grant l where l.grant_key = asked_grant), null::uuid, null::text, null::json, null::int[], ${noRow};
end $$;

-- how many there are of them, up to a number above which nobody counts; in a list that is kept, it is walked so far; null without a grant that holds
create function count_bearing(asked_grant text, asked_type text, asked_tokens bigint[], asked_list bigint, at_most int) returns int
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return null; end if;
  if asked_list is not null then ${countOf(listed)} end if;
  ${countOf('citizen_row r where true')}
end $$;

-- rows of a type that bear one of these tokens in a part kept apart; row by row from the parts: as sets, every row of the type would be read
create function find_parts(asked_grant text, asked_type text, asked_tokens bigint[]) returns table (fresh boolean, id uuid, tokens bigint[])
  ${lookUp}
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return query select false, null::uuid, null::bigint[]; return; end if;
  return query with parts as materialized (
      select f.* from citizen_fragment f where f.tokens <> '{}' and f.tokens && asked_tokens and ${partSeen('f')})
    select true, r.id, p.tokens from parts p join lateral (select r.id from citizen_row r
      where r.citizen_id = p.citizen_id and r.id = p.id and r.version = p.version and r.type = asked_type and ${rowSeen('r')} limit 1) r on true
    union all select true, null, null;
end $$;

-- a citizen: what is incomplete, then rows after (type, id) of these types, stored since an instant, of what was then (each null: of any; what only its beginning is dated of goes on), the source Patients, and the directory rows they name
create function look_at_everything(asked_grant text, asked uuid, after_type text, after_id uuid, at_most int, asked_types text[], stored_since timestamptz, care_from timestamptz, care_to timestamptz) returns setof looked
  ${wholeCitizen(`(type, id) > (after_type, after_id) and (asked_types is null or type = any (asked_types)) and (stored_since is null or updated_at >= stored_since)
         and (care_from is null or to_at is null or to_at > care_from or type in (${goesOn.map((type) => `'${type}'`).join(', ')})) and (care_to is null or from_at is null or from_at < care_to) order by type, id`)}

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
    where d.citizen_id = asked and d.undone_at is null and ${rowSeen('a')} and ${rowSeen('b')};
end $$;
`;
