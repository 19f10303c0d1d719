/**
 * What the log is searched by. `words` are made by the database from an entry's own text when it is written, so nobody can
 * write an entry that is not found: canonical JSON sorts its members and escapes the quotes inside strings, so what is matched
 * here is only ever a member. An entry whose content is erased has no words. See wordsOf in src/store/audit-words.ts.
 *
 * Answers come newest first by the entry's own time, so every order of entries has that time in it.
 */
export const answers = `
create function audit_words(entry text) returns bigint[] language sql immutable strict parallel safe as $$
  select array(select distinct hashtextextended(word, 0) from (
    select 'interaction ' || substring(entry from '"interaction":"([a-z-]+)"') as word
    union all select 'outcome ' || case when entry ~ '"outcome":"permitted"' then '0' when entry ~ '"outcome":"denied"|"status":5[0-9][0-9]' then '8' when entry ~ '"outcome":"failed"' then '4' end
    union all select 'purpose ' || substring(entry from '"purpose":"([A-Z]+)"')
    union all select 'purpose BTG' where entry ~ '"emergency":\\["'
    union all select 'role ' || substring(entry from '"role":"([a-z-]+)"')
    union all select 'policy urn:ietf:params:oauth:jti:' || substring(entry from '"token":"([^"\\\\]+)"')
    union all select 'entity Patient/' || substring(entry from '"citizen":"([0-9a-f-]+)"')
    union all select 'entity Patient/' || listed[1] from regexp_matches(substring(entry from '"listed":\\[([^]]*)\\]'), '[0-9a-f-]{36}', 'g') listed
    union all select 'entity ' || sent[1] from regexp_matches(entry, '[[,]"([A-Z][A-Za-z]+/[A-Za-z0-9.-]+)/_history/', 'g') sent
    union all select unnest(array['policy urn:onestory:agreement:' || p[1] || ':' || p[3] || ':' || p[2],
        'below urn:onestory:agreement:' || p[1], 'below urn:onestory:agreement:' || p[1] || ':' || p[3], 'below urn:onestory:agreement:' || p[1] || ':' || p[3] || ':' || p[2]])
      from regexp_matches(entry, '"agreement":"([^"\\\\]+)","clause":"([^"\\\\]+)","count":[0-9]+,"effect":"[a-z]+","rule":"[^"]*","sentence":"(?:[^"\\\\]|\\\\.)*","version":"([^"\\\\]+)"', 'g') p
  ) w where word is not null) $$;
revoke all on function audit_words(text) from public;

alter table audit_entry add column words bigint[] generated always as (audit_words(entry)) stored;
create index audit_entry_words on audit_entry using gin (words) with (fastupdate = off);
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
