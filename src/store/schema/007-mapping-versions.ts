/**
 * Every version of the files a feed is mapped with, and which of them works: a changed map takes effect by a replay only.
 * A replay lays the feed's raw records out once more (`replay_row`), goes through its people one batch at a time and keeps
 * what would differ (`replay_finding`) until it is approved or given up.
 */
export const mappingVersions = `
create table mapping_version (
  feed text not null, sha256 text not null, files jsonb not null, first_seen timestamptz not null default now(), primary key (feed, sha256));
-- live: what works; candidate: what the folder says instead; shadow: nothing of the feed is in the record yet; frozen: a swap is under way
create table feed_state (
  feed text primary key, live text not null, candidate text, shadow boolean not null default false, frozen boolean not null default false);

create table replay (
  replay_id bigint generated always as identity primary key, feed text not null, base text not null, candidate text not null, onboarding boolean not null,
  state text not null check (state in ('shadow', 'ready', 'swapping', 'closing', 'done', 'given-up')),
  staged_to bigint not null default 0, swap_to bigint, records int not null default 0, rows int not null default 0, erased int not null default 0, failures int not null default 0,
  started_by text not null, started_at timestamptz not null, approved_by text, approved_at timestamptz, finished_at timestamptz);
create unique index replay_open on replay (feed) where state not in ('done', 'given-up');
create table replay_record (
  replay_id bigint not null, record_id bigint not null, rows int not null, problems jsonb not null, touched boolean not null default false, primary key (replay_id, record_id));
create table replay_person (
  replay_id bigint not null, person_key text not null, rows int not null, step smallint not null default 0, primary key (replay_id, person_key));
create index replay_person_step on replay_person (replay_id, step, person_key) include (rows);
create table replay_row (
  replay_id bigint not null, person_key text not null, record_id bigint not null, row_no int not null, line int not null, part text not null,
  content text not null, message_id text, problem jsonb, primary key (replay_id, person_key, record_id, row_no));
create table replay_finding (
  replay_id bigint not null, person_key text not null, kind text not null check (kind in ('resource', 'new-problem', 'solved-problem')),
  subject text not null, places text[] not null, id uuid, record_id bigint not null, row_no int not null);
create index replay_finding_person on replay_finding (replay_id, person_key);

create table unmapped_code (
  feed text not null, part text not null, table_name text not null, field text not null, source text not null, seen bigint not null,
  first_seen timestamptz not null, last_seen timestamptz not null, example_record bigint not null, example_row int not null,
  primary key (feed, table_name, source, field, part));
create index intake_row_quarantined on intake_row (feed, record_id) where state = 'quarantined';
revoke all on mapping_version, feed_state, replay, replay_record, replay_person, replay_row, replay_finding, unmapped_code from public;
`;
