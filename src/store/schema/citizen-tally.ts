/**
 * How many rows of which class a citizen has, one row per citizen, kept by triggers in the writer's own statement: so
 * what is kept back from a reader is counted without going through the record at every look. Parallel lists: a class,
 * the class of the row it is a part of (null for rows themselves), and how many. A class with no row that counts, of old
 * versions or deleted rows, is listed with 0.
 */
export const citizenTally = `
create table citizen_tally (citizen_id uuid primary key, class_id int[] not null, within int[] not null, n int[] not null);

create function tally_citizens() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  insert into citizen_tally as t (citizen_id, class_id, within, n)
  select c.citizen_id, array_agg(c.class_id), array_agg(c.within), array_agg(c.n) from (
    select r.citizen_id, r.class_id, null::int as within, (count(*) filter (where not r.deleted))::int as n
    from citizen_row r where r.citizen_id in (select citizen_id from touched) group by r.citizen_id, r.class_id
    union all
    select f.citizen_id, f.class_id, r.class_id, (count(*) filter (where f.target is null and f.version = r.version and not r.deleted))::int
    from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id
    where f.citizen_id in (select citizen_id from touched) group by f.citizen_id, f.class_id, r.class_id) c
  group by c.citizen_id order by c.citizen_id
  on conflict (citizen_id) do update set class_id = excluded.class_id, within = excluded.within, n = excluded.n
    where (t.class_id, t.within, t.n) is distinct from (excluded.class_id, excluded.within, excluded.n);
  return null;
end $$;
${['citizen_row', 'citizen_fragment'].map((table) => `
create trigger ${table}_tallied_new after insert on ${table} referencing new table as touched for each statement execute function tally_citizens();
create trigger ${table}_tallied_changed after update on ${table} referencing new table as touched for each statement execute function tally_citizens();
create trigger ${table}_tallied_gone after delete on ${table} referencing old table as touched for each statement execute function tally_citizens();
`).join('')}`;
