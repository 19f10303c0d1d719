/**
 * What systems ask to be given later. An export is a list of ids, never of content: what is sent is read when it is sent. `types`
 * are listed one after the other, `listed` of them so far. Of Patient the ids are citizens'.
 */
export const exportsAndSubscriptions = `
create table export_job (
  id uuid primary key, client text not null, organisation text not null, role text not null, purpose text not null, requester jsonb not null,
  level text not null check (level in ('system', 'patient', 'group')), types text[] not null, since timestamptz, elements text[] not null, ignored text[] not null, request text not null,
  asked_at timestamptz not null default statement_timestamp(), listed int not null default 0, failures int not null default 0, done_at timestamptz, expires_at timestamptz not null);
create index export_job_client on export_job (client, expires_at);
create index export_job_open on export_job (asked_at) where done_at is null;
create index export_job_expires on export_job (expires_at);
create table export_batch (
  job_id uuid not null references export_job on delete cascade, type text not null, n int not null, ids uuid[] not null, primary key (job_id, type, n));

-- the Subscription resource is a shared row of its client; here is what it is worked by. numbered: events that have a number; acknowledged: those the receiver took
create table subscription (
  id uuid primary key, client text not null, organisation text not null, requester jsonb not null, topic text not null, endpoint text not null, headers text not null,
  payload text not null, content text not null, heartbeat int, timeout int not null, most_events int not null, ends_at timestamptz,
  status text not null check (status in ('requested', 'active', 'error', 'off')), error text, numbered bigint not null default 0, acknowledged bigint not null default 0,
  failures int not null default 0, due_at timestamptz, leased_until timestamptz, sent_at timestamptz);
create index subscription_topic on subscription (topic, organisation);
create index subscription_client on subscription (client);
-- what happened to a row, until it was seen whom it concerns: written in the transaction of what happened. version: null where people were joined or taken apart
create table happened (seq bigint generated always as identity primary key, kind text not null, id uuid not null, version int, at timestamptz not null default clock_timestamp());
-- what a subscriber may be told of; a number is given when it is first sent, so that what may not be seen never had one
create table subscription_event (
  subscription_id uuid not null references subscription on delete cascade, seq bigint generated always as identity, n bigint, focus uuid not null, at timestamptz not null, primary key (subscription_id, seq));
create unique index subscription_event_n on subscription_event (subscription_id, n) where n is not null;
create index subscription_event_at on subscription_event (at);
revoke all on export_job, export_batch, subscription, happened, subscription_event from public;
`;
