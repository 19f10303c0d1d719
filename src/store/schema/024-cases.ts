/**
 * Odd looks and the cases they come to. What is counted (`look_tally`, `looker_day`) and what is odd (`odd_look`) is worked out of
 * the log, in its order, by `case_cursor`. A citizen is named as the log names them: by the id of that time, so a merge
 * moves nothing; `citizen_id` is the nil UUID where a whole day was odd. A case is about one person of one organisation,
 * and is put to one custodian (`keeper`), who is told of looks at what they hold. What became of it are its events; the columns say
 * what the last ones came to.
 */
export const cases = `
create table case_cursor (pass text primary key, seq bigint not null);
insert into case_cursor values ('at-once', 0), ('late', 0);

create table look_tally (organisation text not null, day date not null, what text not null, n bigint not null, primary key (organisation, day, what));
create index look_tally_day on look_tally (day);
create table looker_day (
  organisation text not null, person text not null, day date not null, citizens uuid[] not null, missed int not null, signals text[] not null, primary key (organisation, person, day));
create index looker_day_day on looker_day (day);

create table access_case (
  id uuid primary key, reference text not null unique, keeper text not null, organisation text not null, person text not null, person_name text not null, role text not null,
  opened_at timestamptz not null, last_odd_at timestamptz not null, rule text not null, score real not null, signals text[] not null,
  state text not null check (state in ('new', 'asked', 'answered', 'closed')), outcome text, taken_by text, taken_name text, due date, asked boolean not null default false, events int not null default 0,
  check ((state = 'closed') = (outcome is not null)));
create unique index access_case_open on access_case (keeper, organisation, person) where state <> 'closed';
create index access_case_keeper on access_case (keeper, opened_at desc, id desc);
create index access_case_organisation on access_case (organisation, opened_at desc, id desc) where asked;
create index access_case_newest on access_case (opened_at desc, id desc);

create table access_case_event (
  case_id uuid not null, n int not null, at timestamptz not null, kind text not null check (kind in ('opened', 'joined', 'take', 'ask', 'answer', 'note', 'close', 'reopen')),
  organisation text, person text, person_name text, text text, outcome text, due date, primary key (case_id, n));
create function case_event_is_append_only() returns trigger language plpgsql as $$ begin raise exception 'what became of a case is append only'; end $$;
create trigger case_event_append_only before update or delete on access_case_event for each row execute function case_event_is_append_only();
create trigger case_event_never_emptied before truncate on access_case_event for each statement execute function case_event_is_append_only();

create table odd_look (
  citizen_id uuid not null, id uuid not null default gen_random_uuid(), keeper text not null, organisation text not null, person text not null, person_name text not null, role text not null,
  signal text not null, about text not null, facts jsonb not null, points real not null, one_in int, days int not null default 1, looks int not null default 1,
  first_at timestamptz not null, last_at timestamptz not null, last_day date not null, entries uuid[] not null, case_id uuid, settled boolean not null default false, primary key (citizen_id, id));
create unique index odd_look_once on odd_look (citizen_id, keeper, organisation, person, signal, about) where not settled;
create index odd_look_person on odd_look (keeper, organisation, person) where not settled;
create index odd_look_case on odd_look (case_id) where case_id is not null;
create index odd_look_forgotten on odd_look (last_at) where case_id is null;
create index odd_look_about on odd_look (about) where signal = 'unreviewed-emergency';

-- whom privacy officers keep an eye on: people others are curious about, and citizens who are staff of theirs
create table watched_citizen (
  citizen_id uuid not null, id uuid not null, kind text not null check (kind in ('prominent', 'staff')), organisation text not null, for_all boolean not null, person text, reason text not null,
  decided_by text not null, decided_name text not null, decided_at timestamptz not null, ended_at timestamptz, ended_by text, ended_name text, primary key (citizen_id, id),
  check ((kind = 'staff') = (person is not null)), check (num_nulls(ended_at, ended_by, ended_name) in (0, 3)));
create index watched_citizen_person on watched_citizen (person, organisation) where ended_at is null and kind = 'staff';
create index watched_citizen_newest on watched_citizen (decided_at desc, id desc);
create index watched_citizen_id on watched_citizen (id);
revoke all on case_cursor, look_tally, looker_day, access_case, access_case_event, odd_look, watched_citizen from public;
`;
