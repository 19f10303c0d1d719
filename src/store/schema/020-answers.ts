import { auditWords } from './audit-words.ts';

/**
 * What the log is searched by. `words` are made by the database from an entry's own text when it is written, so nobody can
 * write an entry that is not found. An entry whose content is erased has only the words of its tombstone. The words asked for
 * are in src/flow/audit/asked-words.ts.
 *
 * Answers come newest first by the entry's own time, so every order of entries has that time in it.
 */
export const answers = `
${auditWords.trim()}
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
