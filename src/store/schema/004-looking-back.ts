/**
 * What was so before, for recomputing past decisions: a class, a choice or a relationship that is replaced is kept with the
 * instant it went. Written by triggers, so that no writer can forget it. Evidence that is only renewed while it is live
 * changes no past answer, and is not kept.
 */
export const lookingBack = `
create index audit_entry_id on audit_entry (id);

create table past_class (citizen_id uuid not null, id uuid not null, class_id int not null, gone_at timestamptz not null);
create index past_class_row on past_class (citizen_id, id);
create function keep_past_class() returns trigger language plpgsql as $$ begin
  insert into past_class values (old.citizen_id, old.id, old.class_id, statement_timestamp()); return null; end $$;
create trigger citizen_row_past after update on citizen_row for each row
  when (old.class_id is distinct from new.class_id) execute function keep_past_class();

alter table citizen_fragment add column since timestamptz not null default statement_timestamp();
create table past_part (citizen_id uuid not null, id uuid not null, version int not null, class_id int not null, since timestamptz not null, gone_at timestamptz not null);
create index past_part_row on past_part (citizen_id, id);
create function keep_past_part() returns trigger language plpgsql as $$ begin
  insert into past_part values (old.citizen_id, old.id, old.version, old.class_id, old.since, statement_timestamp()); return null; end $$;
create function part_since() returns trigger language plpgsql as $$ begin new.since := statement_timestamp(); return new; end $$;
create trigger citizen_fragment_since before update on citizen_fragment for each row
  when (old.class_id is distinct from new.class_id) execute function part_since();
create trigger citizen_fragment_past after update on citizen_fragment for each row
  when (old.target is null and old.class_id is distinct from new.class_id) execute function keep_past_part();
create trigger citizen_fragment_gone after delete on citizen_fragment for each row
  when (old.target is null) execute function keep_past_part();

alter table relationship add column since timestamptz not null default statement_timestamp();
create table past_relationship (like relationship, gone_at timestamptz not null);
create index past_relationship_citizen on past_relationship (citizen_id, gone_at);
create function keep_past_relationship() returns trigger language plpgsql as $$ begin
  insert into past_relationship select old.*, statement_timestamp(); return null; end $$;
create function relationship_since() returns trigger language plpgsql as $$ begin new.since := statement_timestamp(); return new; end $$;
create trigger relationship_since before update on relationship for each row
  when (old.until <= statement_timestamp()) execute function relationship_since();
create trigger relationship_past_update after update on relationship for each row
  when (old.until <= statement_timestamp() or new.until < old.until) execute function keep_past_relationship();
create trigger relationship_past_delete after delete on relationship for each row execute function keep_past_relationship();

alter table choice_rule add column since timestamptz not null default statement_timestamp();
create table past_choice_rule (like choice_rule, gone_at timestamptz not null);
create index past_choice_rule_citizen on past_choice_rule (citizen_id, gone_at);
create function keep_past_choice() returns trigger language plpgsql as $$ begin
  insert into past_choice_rule select (jsonb_populate_record(null::past_choice_rule, to_jsonb(old) || jsonb_build_object('gone_at', statement_timestamp()))).*;
  return null; end $$;
create function choice_since() returns trigger language plpgsql as $$ begin new.since := statement_timestamp(); return new; end $$;
create trigger choice_rule_since before update on choice_rule for each row when (old.live is distinct from new.live) execute function choice_since();
create trigger choice_rule_past after update on choice_rule for each row when (old.live is distinct from new.live) execute function keep_past_choice();
create trigger choice_rule_gone after delete on choice_rule for each row execute function keep_past_choice();
revoke all on past_class, past_part, past_relationship, past_choice_rule from public;
`;
