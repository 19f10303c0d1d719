/**
 * How many rows of which class a citizen has, one row per citizen, kept by triggers in the writer's own statement: so
 * what is kept back from a reader is counted without going through the record at every look. Parallel lists: a class,
 * the class of the row it is a part of (null for rows themselves), and how many. A class with no row that counts, of old
 * versions or deleted rows, is listed with 0.
 */
export const citizenTally = `
create table citizen_tally (citizen_id uuid primary key, class_id int[] not null, within int[] not null, n int[] not null);

-- holds the citizens first and counts in the statement after, which sees what others who wrote about them have committed
create function tally_citizens() returns trigger language plpgsql set search_path = public, pg_temp as $$ begin
  insert into citizen_tally (citizen_id, class_id, within, n) select distinct citizen_id, '{}'::int[], '{}'::int[], '{}'::int[] from touched order by 1
    on conflict do nothing;
  perform 1 from citizen_tally where citizen_id in (select citizen_id from touched) order by citizen_id for update;
  update citizen_tally t set class_id = c.class_id, within = c.within, n = c.n from (
    select d.citizen_id, coalesce(array_agg(k.class_id) filter (where k.n is not null), '{}') as class_id,
      coalesce(array_agg(k.within) filter (where k.n is not null), '{}') as within, coalesce(array_agg(k.n) filter (where k.n is not null), '{}') as n
    from (select distinct citizen_id from touched) d left join (
      select r.citizen_id, r.class_id, null::int as within, (count(*) filter (where not r.deleted))::int as n
      from citizen_row r where r.citizen_id in (select citizen_id from touched) group by r.citizen_id, r.class_id
      union all
      select f.citizen_id, f.class_id, r.class_id, (count(*) filter (where f.target is null and f.version = r.version and not r.deleted))::int
      from citizen_fragment f join citizen_row r on r.citizen_id = f.citizen_id and r.id = f.id
      where f.citizen_id in (select citizen_id from touched) group by f.citizen_id, f.class_id, r.class_id) k on k.citizen_id = d.citizen_id
    group by d.citizen_id) c
  where t.citizen_id = c.citizen_id and (t.class_id, t.within, t.n) is distinct from (c.class_id, c.within, c.n);
  return null;
end $$;
${['citizen_row', 'citizen_fragment'].map((table) => `
create trigger ${table}_tallied_new after insert on ${table} referencing new table as touched for each statement execute function tally_citizens();
create trigger ${table}_tallied_changed after update on ${table} referencing new table as touched for each statement execute function tally_citizens();
create trigger ${table}_tallied_gone after delete on ${table} referencing old table as touched for each statement execute function tally_citizens();
`).join('')}`;
