/**
 * What the log is searched by. `words` are made by the database from an entry's own text when it is written, so nobody can
 * write an entry that is not found: canonical JSON sorts its members and escapes the quotes inside strings, so what is matched
 * here is only ever a member. An entry whose content is erased has only the words of its tombstone. The words asked for are in src/flow/asked-words.ts.
 *
 * Answers come newest first by the entry's own time, so every order of entries has that time in it.
 */
/** The words of an entry, by its text `entry`. Also what they are checked by: the function in the database is whoever's who has the database. */
export const wordsOfEntry = `array_remove(array[
    hashtextextended('interaction ' || nullif(split_part(split_part(entry, '"interaction":"', 2), '"', 1), ''), 0),
    hashtextextended('outcome ' || case when strpos(entry, '"outcome":"permitted"') > 0 then '0'
      when strpos(entry, '"outcome":"denied"') > 0 or strpos(entry, '"status":5') > 0 then '8' when strpos(entry, '"outcome":"failed"') > 0 then '4' end, 0),
    hashtextextended('purpose ' || nullif(split_part(split_part(entry, '"purpose":"', 2), '"', 1), ''), 0),
    hashtextextended(case when strpos(entry, '"emergency":["') > 0 then 'purpose BTG' end, 0),
    hashtextextended('role ' || nullif(split_part(split_part(entry, '"role":"', 2), '"', 1), ''), 0),
    hashtextextended('policy urn:ietf:params:oauth:jti:' || nullif(split_part(split_part(entry, '"token":"', 2), '"', 1), ''), 0),
    hashtextextended('entity Patient/' || nullif(split_part(split_part(entry, '"citizen":"', 2), '"', 1), ''), 0)]
  || array(select hashtextextended('entity Patient/' || trim('"' from listed), 0) from unnest(string_to_array(nullif(split_part(split_part(entry, '"listed":[', 2), ']', 1), ''), ',')) listed)
  || array(select hashtextextended('entity ' || ltrim(split_part(sent, '/_history/', 1), '"'), 0) from unnest(string_to_array(nullif(split_part(split_part(entry, '"disclosed":[', 2), ']', 1), ''), ',')) sent)
  || array(select hashtextextended(word, 0) from unnest((string_to_array(entry, '{"agreement":"'))[2:]) cited
      cross join lateral (select 'urn:onestory:agreement:' || split_part(cited, '"', 1) as agreement, split_part(split_part(cited, '","version":"', 2), '"', 1) as version, split_part(split_part(cited, '","clause":"', 2), '"', 1) as clause) c
      cross join lateral unnest(array['below ' || agreement, 'below ' || agreement || ':' || version, 'below ' || agreement || ':' || version || ':' || clause, 'policy ' || agreement || ':' || version || ':' || clause]) word), null)`;

export const answers = `
create function audit_words(entry text) returns bigint[] language sql immutable strict parallel safe as $$
  select ${wordsOfEntry} $$;
revoke all on function audit_words(text) from public;

alter table audit_entry add column words bigint[] generated always as (audit_words(entry)) stored;
create index audit_entry_words on audit_entry using gin (words) with (gin_pending_list_limit = 512);
create index audit_entry_at on audit_entry (at desc, seq desc);
drop index audit_entry_organisation;
create index audit_entry_organisation on audit_entry (organisation, at desc, seq desc);
drop index audit_entry_agent;
create index audit_entry_agent on audit_entry (agent, at desc, seq desc);

-- looks a citizen is not told of for a time, and by whose decision
create table held_look (
  citizen_id uuid not null, id uuid not null, organisation text not null, person text, from_at timestamptz not null, until timestamptz,
  rule text not null, reason text not null, decided_for text not null, decided_by text not null, decided_name text not null, decided_at timestamptz not null,
  review_by date not null, ended_at timestamptz, ended_by text, ended_name text, ended_reason text, primary key (citizen_id, id),
  check (num_nulls(ended_at, ended_by, ended_name, ended_reason) in (0, 4)));
create index held_look_newest on held_look (decided_at desc, id desc);
create index held_look_id on held_look (id);
revoke all on held_look from public;
`;
