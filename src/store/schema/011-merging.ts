/**
 * One person under several ids, and back again. Every row keeps where it came from (`origin`: the source Patient it belongs
 * to, or the citizen an API wrote it about), every source Patient, choice and emergency access the citizen it was first put
 * at (`home`): so what was joined can be taken apart, with what came later. Null: the citizen it is at, and never left.
 * What was whose before is kept, like classes.
 */
export const merging = `
create table citizen_alias (citizen_id uuid primary key, now_id uuid not null, check (citizen_id <> now_id));
create index citizen_alias_now on citizen_alias (now_id);

alter table source_person add column home uuid;
create index source_person_id on source_person (id);

alter table citizen_row add column origin uuid;
alter table citizen_row disable trigger user;
update citizen_row r set origin = coalesce(
  (select p.id from source_person p where p.citizen_id = r.citizen_id and p.id = r.id),
  (select p.id from citizen_version v join intake_row i on i.record_id = v.record_id and i.row_no = v.row_no
     join source_person p on p.citizen_id = r.citizen_id and p.person_key = i.person_key and split_part(p.feed, '-', 1) = split_part(i.feed, '-', 1)
     where v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by p.feed <> i.feed limit 1));
alter table citizen_row enable trigger user;
create table past_citizen (citizen_id uuid not null, id uuid not null, was uuid not null, gone_at timestamptz not null);
create index past_citizen_row on past_citizen (citizen_id, id);
create index past_citizen_was on past_citizen (was);

-- homes: whose earlier words this one may replace; what was decided for two people apart stands until something is decided for both
alter table choice add column home uuid, add column homes uuid[];
update choice set home = citizen_id, homes = array[citizen_id];
alter table choice alter column home set not null, alter column homes set not null;
alter table emergency_access add column home uuid;

-- joined: the citizen from_id became part of into_id; split: source Patients left from_id for into_id
create table link_decision (
  id uuid primary key, n bigint generated always as identity, kind text not null check (kind in ('merge', 'split', 'keep-apart', 'same')), from_id uuid, into_id uuid, persons uuid[] not null,
  aliases uuid[] not null default '{}', rule text, organisation text, person text, person_name text, role text, reason text, evidence jsonb,
  at timestamptz not null, undone_by uuid references link_decision, told boolean not null default false,
  check (rule is not null or num_nulls(organisation, person, person_name, role, reason) = 0));
create index link_decision_from on link_decision (from_id);
create index link_decision_into on link_decision (into_id);
create index link_decision_persons on link_decision using gin (persons);
create index link_decision_undone on link_decision (undone_by) where undone_by is not null;
create index link_decision_untold on link_decision (n) where not told;

-- source Patients no rule may join, both ways round; and where one goes that a decision named before it was described
create table person_apart (id uuid not null, other uuid not null, decision uuid not null references link_decision, primary key (id, other));
create index person_apart_decision on person_apart (decision);
create table person_place (id uuid primary key, citizen_id uuid not null, decision uuid not null references link_decision);
create index person_place_decision on person_place (decision);
-- messages that join people of whom nobody is known yet
create table joining_wait (id uuid not null, record_id bigint not null, row_no int not null, primary key (id, record_id, row_no));
revoke all on citizen_alias, past_citizen, link_decision, person_apart, person_place, joining_wait from public;
`;
