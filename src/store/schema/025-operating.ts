/**
 * The words of an entry (see 020-answers.ts) are made without a query for each entry, which cost a third of writing it down; they
 * are the same words.
 *
 * What operating and keeping for a time need: how much each feed usually sends, what must not be erased, and how far
 * erasing has come. A hold on everything of an organisation stands under the nil UUID, which is no citizen's.
 */
export const operating = `
create index source_record_newest on source_record (feed, received_at desc);
create table feed_hour (feed text not null, hour timestamptz not null, records bigint not null, rows bigint not null, primary key (feed, hour));
create table feed_counted (one boolean primary key default true check (one), upto bigint not null);
insert into feed_counted (upto) values (0);

create table legal_hold (
  citizen_id uuid not null, id uuid not null, organisation text, until date, reason text not null, placed_for text not null,
  placed_by text not null, placed_name text not null, placed_at timestamptz not null,
  ended_at timestamptz, ended_by text, ended_name text, ended_reason text, primary key (citizen_id, id),
  check (num_nulls(ended_at, ended_by, ended_name, ended_reason) in (0, 4)),
  check (organisation is not null or citizen_id <> '00000000-0000-0000-0000-000000000000'));
create index legal_hold_newest on legal_hold (placed_at desc, id desc);
create index legal_hold_id on legal_hold (id);

-- entries up to here were looked at under this rule, and none is left to be erased but for a hold that ended since
create table retention_mark (rule text primary key, at timestamptz not null, seq bigint not null);
create or replace function audit_words(entry text) returns bigint[] language plpgsql immutable strict parallel safe as $$
declare words bigint[]; item text; agreement text; version text; clause text;
begin
  words := array[
    hashtextextended('interaction ' || nullif(split_part(split_part(entry, '"interaction":"', 2), '"', 1), ''), 0),
    hashtextextended('outcome ' || case when strpos(entry, '"outcome":"permitted"') > 0 then '0'
      when strpos(entry, '"outcome":"denied"') > 0 or strpos(entry, '"status":5') > 0 then '8' when strpos(entry, '"outcome":"failed"') > 0 then '4' end, 0),
    hashtextextended('purpose ' || nullif(split_part(split_part(entry, '"purpose":"', 2), '"', 1), ''), 0),
    hashtextextended(case when strpos(entry, '"emergency":["') > 0 then 'purpose BTG' end, 0),
    hashtextextended('role ' || nullif(split_part(split_part(entry, '"role":"', 2), '"', 1), ''), 0),
    hashtextextended('policy urn:ietf:params:oauth:jti:' || nullif(split_part(split_part(entry, '"token":"', 2), '"', 1), ''), 0),
    hashtextextended('entity Patient/' || nullif(split_part(split_part(entry, '"citizen":"', 2), '"', 1), ''), 0)];
  foreach item in array string_to_array(split_part(split_part(entry, '"listed":[', 2), ']', 1), ',') loop
    words := words || hashtextextended('entity Patient/' || trim('"' from item), 0);
  end loop;
  foreach item in array string_to_array(split_part(split_part(entry, '"disclosed":[', 2), ']', 1), ',') loop
    words := words || hashtextextended('entity ' || ltrim(split_part(item, '/_history/', 1), '"'), 0);
  end loop;
  foreach item in array (string_to_array(entry, '{"agreement":"'))[2:] loop
    agreement := 'urn:onestory:agreement:' || split_part(item, '"', 1);
    version := agreement || ':' || split_part(split_part(item, '","version":"', 2), '"', 1);
    clause := version || ':' || split_part(split_part(item, '","clause":"', 2), '"', 1);
    words := words || hashtextextended('below ' || agreement, 0) || hashtextextended('below ' || version, 0) || hashtextextended('below ' || clause, 0) || hashtextextended('policy ' || clause, 0);
  end loop;
  return array_remove(words, null);
end $$;
revoke all on feed_hour, feed_counted, legal_hold, retention_mark from public;
`;
