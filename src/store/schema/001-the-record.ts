import { citizenTally } from './citizen-tally.ts';

/** Everything the first release stores. Citizen-owned tables carry `citizen_id`, the distribution key, in their primary key. */
export const theRecord = `
create table setting (name text primary key, value bytea not null);

create table policy_generation (one boolean primary key default true check (one), generation bigint not null);
insert into policy_generation (generation) values (1);

create table sharing_class (
  class_id int generated always as identity primary key,
  custodian text not null, category text not null, labels text[] not null,
  unique (custodian, category, labels));

create table citizen (
  citizen_id uuid primary key, traced boolean not null, location_hidden boolean not null default false, created_at timestamptz not null);

-- one source Patient's facts for linking, and the keys it can be found by
create table source_person (
  citizen_id uuid not null, id uuid not null, feed text not null, person_key text not null, rule text not null, facts jsonb not null,
  primary key (citizen_id, id));
create table person_key (
  citizen_id uuid not null, id uuid not null, hash bytea not null,
  primary key (citizen_id, id, hash));
create index person_key_hash on person_key (hash);

-- the slim search row of a resource's current version; bodies live in citizen_version
create table citizen_row (
  citizen_id uuid not null, id uuid not null, type text not null, version int not null, class_id int not null,
  deleted boolean not null, updated_at timestamptz not null, from_at timestamptz, to_at timestamptz, sort_text text,
  tokens bigint[] not null, directory_ids uuid[] not null, content_hash bytea not null,
  primary key (citizen_id, id));
create index citizen_row_id on citizen_row (id);
create index citizen_row_tokens on citizen_row using gin (tokens) with (fastupdate = off);
create index citizen_row_newest on citizen_row (type, updated_at desc, id);
create table citizen_version (
  citizen_id uuid not null, id uuid not null, version int not null, body text not null, deleted boolean not null,
  updated_at timestamptz not null, record_id bigint not null, row_no int not null,
  primary key (citizen_id, id, version));

-- what a body must not say to everyone who may read it: references to other rows of the person, and contact details
create table citizen_fragment (
  citizen_id uuid not null, id uuid not null, version int not null, path text not null, body text not null,
  class_id int not null, target uuid, tokens bigint[] not null,
  primary key (citizen_id, id, version, path));
create index citizen_fragment_target on citizen_fragment (target) where target is not null;
create index citizen_fragment_tokens on citizen_fragment using gin (tokens) with (fastupdate = off) where tokens <> '{}';

-- rows without a citizen
create table shared_row (
  id uuid primary key, scope text not null, owner text, type text not null, version int not null,
  deleted boolean not null, updated_at timestamptz not null, from_at timestamptz, to_at timestamptz, sort_text text,
  tokens bigint[] not null, directory_ids uuid[] not null);
create index shared_row_tokens on shared_row using gin (tokens) with (fastupdate = off);
create index shared_row_newest on shared_row (type, updated_at desc, id);
create table shared_version (
  id uuid not null, version int not null, body text not null, deleted boolean not null, updated_at timestamptz not null,
  primary key (id, version));

create table relationship (
  citizen_id uuid not null, id uuid not null, organisation text not null, kind smallint not null, until timestamptz not null,
  primary key (citizen_id, id, organisation, kind));
create index relationship_organisation on relationship (citizen_id, organisation, until);
create table choice_rule (
  citizen_id uuid not null, id uuid not null, effect text not null check (effect in ('deny', 'permit')),
  valid_from timestamptz not null, valid_until timestamptz not null,
  primary key (citizen_id, id));

create table compiled_grant (
  grant_key text primary key, generation bigint not null, valid_until timestamptz,
  organisation text not null, role text not null, purpose text not null, person text, client text not null,
  exempt int[] not null, open int[] not null, related bigint[] not null, explicit int[] not null,
  directory boolean not null, governance boolean not null, compiled_at timestamptz not null default now());

create table agreement_register (
  agreement text not null, version text not null, sha256 text not null, content text not null, state text not null,
  activated_at timestamptz, terminated_at timestamptz, primary key (agreement, version));
create table agreement_signature (
  sha256 text not null, organisation text not null, signatory text not null, signed_at timestamptz not null,
  primary key (sha256, organisation));

-- intake
create table source_record (
  record_id bigint generated always as identity primary key, feed text not null, part text not null, sha256 bytea not null,
  content bytea not null, size int not null, received_at timestamptz not null, client text not null, task_id uuid not null unique,
  state text not null check (state in ('received', 'split', 'done', 'rejected')), received_rows int not null default 0,
  problems jsonb not null default '[]', unique (feed, part, sha256));
alter table source_record alter column content set storage external;
create index source_record_open on source_record (feed, record_id) where state in ('received', 'split');
create table intake_row (
  record_id bigint not null, row_no int not null, line int not null, feed text not null, part text not null,
  person_key text not null, content text, message_id text, state text not null
    check (state in ('pending', 'awaiting-merge', 'stored', 'unchanged', 'quarantined', 'rejected')),
  problems jsonb not null default '[]', primary key (record_id, row_no));
create index intake_row_person on intake_row (feed, person_key, record_id, row_no);
create index intake_row_open on intake_row (record_id) where state = 'pending';
create index intake_row_waiting on intake_row (feed, person_key) where state in ('pending', 'awaiting-merge', 'quarantined');
create table intake_person (
  feed text not null, person_key text not null, pending int not null, first_record bigint not null, attempts int not null default 0,
  not_before timestamptz not null, primary key (feed, person_key));
create index intake_person_due on intake_person (first_record) where pending > 0;
create table message_seen (
  feed text not null, message_id text not null, sha256 bytea not null, primary key (feed, message_id));
create table fold_state (
  feed text not null, person_key text not null, fold_key text not null, state jsonb not null,
  primary key (feed, person_key, fold_key));
create table ledger_count (
  feed text not null, part text not null, field text not null, state text not null, target text not null, seen bigint not null,
  example_record bigint not null, example_row int not null, primary key (feed, part, field, state, target));

-- audit: append only; order fixed by seq; see docs/audit.md
create table audit_entry (
  seq bigint primary key, id uuid not null, at timestamptz not null, citizen_ids uuid[] not null, organisation text, custodians text[] not null,
  agent text not null, entry text not null, salt bytea not null, commitment bytea not null, chain_hash bytea not null);
create index audit_entry_citizens on audit_entry using gin (citizen_ids) with (fastupdate = off);
create index audit_entry_organisation on audit_entry (organisation, seq desc);
create index audit_entry_agent on audit_entry (agent, seq desc);
create index audit_entry_custodians on audit_entry using gin (custodians);
create table audit_head (one boolean primary key default true check (one), seq bigint not null, chain_hash bytea not null);
create function audit_is_append_only() returns trigger language plpgsql as $$ begin raise exception 'audit entries are append only'; end $$;
create trigger audit_append_only before update or delete on audit_entry for each row execute function audit_is_append_only();
create trigger audit_never_emptied before truncate on audit_entry for each statement execute function audit_is_append_only();
${citizenTally}`;
