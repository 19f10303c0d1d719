/**
 * Whom a case is about stands beside every entry of the log that tells of the case, so that they do not find it there; it follows
 * from the entry, so what was written before has none. Two people close a case that ends otherwise than well: the first proposes. A closed case is
 * erased when it was kept long enough, and what made it odd with the entries it rests on.
 */
export const casesClosedByTwo = `
alter table audit_entry add column about_person text;

alter table access_case add column proposed_by text, add column closed_at timestamptz, drop constraint access_case_state_check, drop constraint access_case_check,
  add constraint access_case_state_check check (state in ('new', 'asked', 'answered', 'proposed', 'closed')),
  add constraint access_case_outcome_check check ((state in ('proposed', 'closed')) = (outcome is not null)),
  add constraint access_case_proposed_check check ((state = 'proposed') = (proposed_by is not null));
update access_case c set closed_at = (select max(at) from access_case_event e where e.case_id = c.id and e.kind = 'close') where state = 'closed';
update access_case set closed_at = last_odd_at where state = 'closed' and closed_at is null;
alter table access_case add constraint access_case_closed_check check ((state = 'closed') = (closed_at is not null));
create index access_case_closed on access_case (closed_at, id) where state = 'closed';
alter table access_case_event drop constraint access_case_event_kind_check,
  add constraint access_case_event_kind_check check (kind in ('opened', 'joined', 'take', 'ask', 'answer', 'note', 'propose', 'close', 'reopen'));

-- the entry of the log that records the erasure of a case comes first, this row second, the erasure last
create table case_erasure (case_id uuid primary key, recorded_by uuid not null, rule text not null, erased_at timestamptz not null default clock_timestamp());
create trigger case_erasure_append_only before update or delete on case_erasure for each row execute function case_event_is_append_only();
create trigger case_erasure_never_emptied before truncate on case_erasure for each statement execute function case_event_is_append_only();
create or replace function case_event_is_append_only() returns trigger language plpgsql as $$ begin
  if tg_op = 'DELETE' and tg_table_name = 'access_case_event' then
    if exists (select from case_erasure e where e.case_id = old.case_id) then return old; end if;
  end if;
  raise exception 'what became of a case is append only';
end $$;
-- a mark of received files moves back when one before it is settled; those there are begin again
alter table retention_mark add column of_records boolean not null default false;
delete from retention_mark;
create index intake_row_kept_back on intake_row (record_id) where state in ('awaiting-merge', 'quarantined');
create index odd_look_entries on odd_look using gin (entries);
revoke all on case_erasure from public;
`;
