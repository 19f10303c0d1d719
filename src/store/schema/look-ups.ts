import { moreWasSent } from './more-was-sent.ts';
import { choiceEffect, sharedWith, visible } from './visible.ts';

const citizenRows = 'citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version';
const sharedRows = 'shared_row s join shared_version v on v.id = s.id and v.version = s.version';
const ofGrant = (column: string): string => `g.${column}`;
const columnsWith = (fragmentMayBeSeen: string): string => `'citizen'::text, r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body,
      (select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f
       where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version and ${fragmentMayBeSeen})`;
const citizenColumns = columnsWith('f.class_id = any (seen)');
const listedColumns = columnsWith(visible('f', ofGrant));
const sharedColumns = 's.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, v.body, null::json';

/** The grant, into `g`; without one that holds there is nothing to see. */
const takeGrant = (key: string): string => `select * into g from live_grant l where l.grant_key = ${key};`;
/** Whom an id names, into `named`, and the classes of that citizen's which the grant may see, into `seen`. */
const takeCitizen = (id: string): string => `
    named := (select r.citizen_id from citizen_row r where r.id = ${id});
    if named is null then named := (select c.citizen_id from citizen_tally c where c.citizen_id = ${id} union all select c.citizen_id from citizen c where c.citizen_id = ${id} limit 1); end if;
    seen := (select coalesce(array_agg(k.class_id), '{}') from (select t.citizen_id, unnest(t.class_id) as class_id from citizen_tally t where t.citizen_id = named) k
      where ${visible('k', ofGrant)});`;
/** This person's live emergency access to the citizen, if any. */
const inEmergency = `(select e.id from emergency_access e where e.citizen_id = named and e.organisation = g.organisation and e.person = g.person
        and e.from_at <= statement_timestamp() and e.until > statement_timestamp() limit 1)`;
/** [class, number, how a choice denied it] of what the other classes keep back; of parts of rows, only where the row itself may be seen. */
const keptBack = `(select json_agg(json_build_array(k.class_id, k.n, k.refused)) from (
        select u.class_id, u.n, nullif(${choiceEffect('u', ofGrant)}, 'permits') as refused
        from (select t.citizen_id, k.* from citizen_tally t, unnest(t.class_id, t.within, t.n) k (class_id, within, n) where t.citizen_id = named) u
        where u.n > 0 and u.class_id <> all (seen) and (u.within is null or u.within = any (seen))) k)`;

/**
 * The hot reads, each one statement: what was asked for by id, and beside it what was kept back. They decide by the
 * door's one predicate, like the views: because nothing but its citizen and its class decides whether a row may be seen,
 * they ask it once for each class the citizen has, and every row sent is of a class that passed.
 *
 * Definer functions: the reader may call them and gains no right to a table. The grant is a parameter, so that one
 * statement serves any requesters and leaves nothing behind on the connection; it is looked up in the statement's own
 * snapshot, and without one that holds there are no rows. Every ask has at least one row, which says whether it held.
 */
export const lookUps = `
create type looked as (
  ask int, fresh boolean, named uuid, emergency uuid, kept json, incomplete int[],
  scope text, citizen uuid, id uuid, type text, version int, "classId" int, deleted boolean, "updatedAt" timestamptz, body text, fragments json);

-- what these resources are now; of a citizen's id with type Patient, the source Patients
create function look_at_rows(grants text[], types text[], ids uuid[]) returns setof looked
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare g live_grant; named uuid; seen int[]; asked uuid; asked_type text;
begin
  for i in 1 .. cardinality(ids) loop
    asked := ids[i]; asked_type := types[i];
    ${takeGrant('grants[i]')}
    if not found then
      return query select i, false, null::uuid, null::uuid, null::json, null::int[], null::text, null::uuid, null::uuid, null::text, null::int, null::int, null::boolean, null::timestamptz, null::text, null::json;
      continue;
    end if;
    ${takeCitizen('asked')}
    if named is null then
      return query select i, true, null::uuid, null::uuid, null::json, null::int[], a.* from (values (1)) one left join lateral (
        select ${sharedColumns} from ${sharedRows} where s.id = asked and s.type = asked_type and not s.deleted and ${sharedWith('s')}) a on true;
    elsif named = asked then
      return query select i, true, named, ${inEmergency}, ${keptBack}, null::int[], a.* from (values (1)) one left join lateral (
        select ${citizenColumns} from ${citizenRows}
        where r.citizen_id = named and r.type = 'Patient' and asked_type = 'Patient' and not r.deleted and r.class_id = any (seen) order by r.id) a on true;
    else
      return query select i, true, named, ${inEmergency}, ${keptBack}, null::int[], a.* from (values (1)) one left join lateral (
        select ${citizenColumns} from ${citizenRows}
        where r.citizen_id = named and r.id = asked and r.type = asked_type and not r.deleted and r.class_id = any (seen)) a on true;
    end if;
  end loop;
end $$;

-- what rows found by a search are now, whosever they are
create function look_at_listed(asked_grant text, ids uuid[]) returns setof looked
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare g live_grant;
begin
  ${takeGrant('asked_grant')}
  if not found then return; end if;
  return query select 1, true, null::uuid, null::uuid, null::json, null::int[], q.* from (
    select ${listedColumns} from ${citizenRows} where r.id = any (ids) and not r.deleted and ${visible('r', ofGrant)}
    union all
    select ${sharedColumns} from ${sharedRows} where s.id = any (ids) and not s.deleted and ${sharedWith('s')}) q;
end $$;

-- a citizen: what is incomplete, then rows after (type, id), the source Patients, and the directory rows they name
create function look_at_everything(asked_grant text, asked uuid, after_type text, after_id uuid, at_most int) returns setof looked
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare g live_grant; named uuid; seen int[];
begin
  ${takeGrant('asked_grant')}
  if not found then
    return query select 1, false, null::uuid, null::uuid, null::json, null::int[], null::text, null::uuid, null::uuid, null::text, null::int, null::int, null::boolean, null::timestamptz, null::text, null::json;
    return;
  end if;
  ${takeCitizen('asked')}
  return query select 1, true, named, ${inEmergency}, ${keptBack},
    array(select r.class_id from citizen_row r join source_person p on p.citizen_id = r.citizen_id and p.id = r.id
      where r.citizen_id = asked and r.class_id = any (seen) and ${moreWasSent('p')}),
    null::text, null::uuid, null::uuid, null::text, null::int, null::int, null::boolean, null::timestamptz, null::text, null::json;
  if named is distinct from asked then return; end if;
  return query with page as materialized (
      (select * from citizen_row where citizen_id = asked and not deleted and type <> 'Patient' and class_id = any (seen)
         and (type, id) > (after_type, after_id) order by type, id limit at_most)
      union all
      select * from citizen_row where citizen_id = asked and not deleted and type = 'Patient' and class_id = any (seen)),
    places as (select distinct unnest(directory_ids) as id from page)
    select 1, true, named, null::uuid, null::json, null::int[], q.* from (
      select ${citizenColumns} from page r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
      union all
      select ${sharedColumns} from places p join ${sharedRows.replace(' join', ' on s.id = p.id join')} where s.scope = 'directory' and ${sharedWith('s')}) q;
end $$;
`;
