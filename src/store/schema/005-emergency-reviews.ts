/** Emergency access is reviewed by a second person in each organisation concerned, and how often somebody asks for it is counted. */
export const emergencyReviews = `
alter table emergency_access add column person_name text not null default '', add column role text not null default '';
update emergency_access set person_name = person;
create index emergency_access_opener on emergency_access (person, from_at);

create table emergency_review (
  citizen_id uuid not null, id uuid not null, organisation text not null, task_id uuid not null,
  outcome text, note text, reviewer text, reviewer_name text, reviewed_at timestamptz, primary key (citizen_id, id, organisation),
  check (num_nulls(outcome, note, reviewer, reviewer_name, reviewed_at) in (0, 5)));
create index emergency_review_open on emergency_review (citizen_id, id, organisation) where outcome is null;
revoke all on emergency_review from public;

-- what was asked before is read by its addressee alone from now on, who reviews it
update shared_row s set scope = 'addressed', owner = (v.body::jsonb #>> '{owner,identifier,system}') || '|' || (v.body::jsonb #>> '{owner,identifier,value}')
  from shared_version v where v.id = s.id and v.version = s.version and s.scope = 'governance' and s.type = 'Task';
insert into emergency_review (citizen_id, id, organisation, task_id) select a.citizen_id, a.id, s.owner, s.id
  from shared_row s join shared_version v on v.id = s.id and v.version = s.version join emergency_access a on a.reference = v.body::jsonb #>> '{identifier,0,value}' where s.scope = 'addressed';

-- asked for and not opened: one whose answer is not known yet counts as both, for as long as an answer can take
create table emergency_attempt (id uuid primary key, person text not null, at timestamptz not null, refused boolean not null default false);
create index emergency_attempt_person on emergency_attempt (person, at);
revoke all on emergency_attempt from public;

-- entries of looks under emergency access; see readLooks in src/store/sharing/emergency-reviews.ts
create index audit_entry_emergency on audit_entry (agent) where strpos(entry, '"emergency":["') > 0;
`;
