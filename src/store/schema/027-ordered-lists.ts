import { listMark } from '../../fhir/search-token.ts';

const isList = (token: string): string => `${token} & ${listMark.bits} = ${listMark.value}`;

/**
 * Lists that people work from, newest first (src/fhir/kept-lists.ts): where a row stands in each of them. Derived from the row's
 * tokens by triggers in the writer's own statement, whoever writes, moves or ends it; what was stored before gets its places
 * when the record is indexed anew. A place says nothing about who may see it: the row itself is asked, as everywhere.
 *
 * And the classes of a grant become bits: a list of a thousand numbers was gone through for every row that was looked at.
 */
export const orderedLists = `
create table list_place (
  citizen_id uuid not null, id uuid not null, list bigint not null, at timestamptz not null, primary key (citizen_id, id, list));
create index list_place_newest on list_place (list, at desc, id, citizen_id);
revoke all on list_place from public;

create function place_in_lists() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  insert into list_place (citizen_id, id, list, at) select n.citizen_id, n.id, t, n.updated_at from written n, unnest(n.tokens) t where ${isList('t')} and not n.deleted
    on conflict (citizen_id, id, list) do update set at = excluded.at;
  return null;
end $$;
create function take_from_lists() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  delete from list_place p using gone g where p.citizen_id = g.citizen_id and p.id = g.id;
  return null;
end $$;
create function move_in_lists() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  delete from list_place p using written n join gone g on g.citizen_id = n.citizen_id and g.id = n.id
    where p.citizen_id = n.citizen_id and p.id = n.id and (n.tokens, n.updated_at, n.deleted) is distinct from (g.tokens, g.updated_at, g.deleted);
  insert into list_place (citizen_id, id, list, at)
    select n.citizen_id, n.id, t, n.updated_at from written n join gone g on g.citizen_id = n.citizen_id and g.id = n.id, unnest(n.tokens) t
    where (n.tokens, n.updated_at, n.deleted) is distinct from (g.tokens, g.updated_at, g.deleted) and ${isList('t')} and not n.deleted;
  return null;
end $$;
revoke all on function place_in_lists(), take_from_lists(), move_in_lists() from public;
create trigger citizen_row_listed_new after insert on citizen_row referencing new table as written for each statement execute function place_in_lists();
create trigger citizen_row_listed_changed after update on citizen_row referencing old table as gone new table as written for each statement execute function move_in_lists();
create trigger citizen_row_listed_gone after delete on citizen_row referencing old table as gone for each statement execute function take_from_lists();

drop view if exists live_grant cascade;
delete from compiled_grant;
alter table compiled_grant drop column exempt, drop column open, drop column related, drop column explicit, drop column related_classes, drop column explicit_related,
  add column exempt bytea not null, add column open bytea not null, add column related bytea not null, add column explicit bytea not null,
  add column related_classes bytea not null, add column explicit_related bytea not null;
`;
