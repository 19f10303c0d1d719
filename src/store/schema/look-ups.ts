import { sharedWith, visible } from './visible.ts';

/** The grant as a variable of the function. */
const ofGrant = (column: string): string => `g.${column}`;

const citizenColumns = `'citizen', r.citizen_id, r.id, r.type, r.version, r.class_id, r.deleted, r.updated_at, v.body,
        (select json_agg(json_build_array(f.path, f.body)) from citizen_fragment f
         where f.citizen_id = r.citizen_id and f.id = r.id and f.version = r.version and f.class_id = any (seen))`;
const sharedColumns = 's.scope, null::uuid, s.id, s.type, s.version, null::int, s.deleted, s.updated_at, v.body, null::json';
const citizenRows = 'citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version';
const sharedRows = 'shared_row s join shared_version v on v.id = s.id and v.version = s.version';

/**
 * The hot reads, each one statement: what was asked for by id, and beside it what was kept back. They decide by the
 * door's one predicate, like the views: because nothing but its citizen and its class decides whether a row may be seen,
 * they ask it once for each class the citizen has, and every row sent is of a class that passed.
 *
 * Definer functions: the reader may call them and gains no right to a table. The grant is a parameter, so that one
 * statement serves any requester and leaves nothing behind on the connection; it is looked up in the statement's own
 * snapshot, and without one that holds there are no rows.
 */
export const lookUps = `
create type looked as (
  ask int, fresh boolean, named uuid, objected boolean, kept json, incomplete int[],
  scope text, citizen uuid, id uuid, type text, version int, "classId" int, deleted boolean, "updatedAt" timestamptz, body text, fragments json);

-- classes of the citizen's that this grant may see
create function classes_seen(g live_grant, t citizen_tally) returns int[] language plpgsql stable as $$ begin
  return (select coalesce(array_agg(k.class_id), '{}') from (select t.citizen_id as citizen_id, c as class_id from unnest(t.class_id) c) k where ${visible('k', ofGrant)});
end $$;

-- [class, number] of what the other classes keep back; of parts of rows, only where the row itself may be seen
create function kept_back(t citizen_tally, seen int[]) returns json language plpgsql stable as $$ begin
  return (select json_agg(json_build_array(k.class_id, k.n)) from unnest(t.class_id, t.within, t.n) k (class_id, within, n)
    where k.n > 0 and k.class_id <> all (seen) and (k.within is null or k.within = any (seen)));
end $$;

-- what these resources are now; of a citizen's id with type Patient, the source Patients
create function look_at_rows(grants text[], types text[], ids uuid[]) returns setof looked
  language plpgsql stable security definer set search_path = public, pg_temp as $$
declare g live_grant; t citizen_tally; one looked; named uuid; seen int[];
begin
  for i in 1 .. cardinality(ids) loop
    one := null; one.ask := i;
    select * into g from live_grant l where l.grant_key = grants[i];
    one.fresh := found;
    if not one.fresh then return next one; continue; end if;
    named := citizen_of(ids[i]);
    if named is null then
      return query select i, true, null::uuid, false, null::json, null::int[], a.* from (values (1)) x left join lateral (
        select ${sharedColumns} from ${sharedRows} where s.id = ids[i] and s.type = types[i] and not s.deleted and ${sharedWith('s')}) a on true;
      continue;
    end if;
    select * into t from citizen_tally c where c.citizen_id = named;
    seen := classes_seen(g, t);
    return query select i, true, named, citizen_objects(named), kept_back(t, seen), null::int[], a.* from (values (1)) x left join lateral (
      select ${citizenColumns} from ${citizenRows}
      where r.citizen_id = named and (r.id = ids[i] or named = ids[i]) and r.type = types[i] and (named <> ids[i] or r.type = 'Patient') and not r.deleted and r.class_id = any (seen)) a on true;
  end loop;
end $$;
`;
