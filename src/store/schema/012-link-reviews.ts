/**
 * Possible links as a queue: who has taken a pair, what people said of it, and what came of it. A round begins when a pair is
 * found, and again when what was decided is undone or the pair has changed. `second_look` are people just made known, who
 * are looked at once more when what others wrote at the same time can be seen. `linkage_run` compares what was linked with the
 * rule of now, and `linkage_change` is what that would link and unlink; one run at a time.
 */
export const linkReviews = `
alter table link_review add column reference text not null unique generated always as
    ('LR-' || upper(substr(encode(sha256(uuid_send(citizen_id) || uuid_send(id) || uuid_send(candidate)), 'hex'), 1, 16))) stored,
  add column round int not null default 1, add column claimed_by text, add column claimed_name text,
  add column claimed_until timestamptz, add column outcome text check (outcome in ('same', 'different')), add column decided_at timestamptz, add column decisions uuid[] not null default '{}';
create index link_review_open on link_review (date_trunc('milliseconds', found_at at time zone 'UTC'), reference) where outcome is null;
create index link_review_decided on link_review (decided_at) where outcome is not null;
create index link_review_candidate on link_review (candidate);
create table link_opinion (
  citizen_id uuid not null, reference text not null, round int not null, person text not null, person_name text not null, organisation text not null,
  outcome text not null check (outcome in ('same', 'different', 'unsure')), reason text not null, at timestamptz not null, primary key (citizen_id, reference, round, person));
create table second_look (citizen_id uuid not null, id uuid not null, at timestamptz not null, primary key (citizen_id, id));
create index second_look_at on second_look (at);
create table linkage_run (
  id uuid primary key, rule text not null, state text not null check (state in ('comparing', 'compared', 'applying', 'applied', 'given-up')), after_citizen uuid, after_id uuid, looked int not null default 0,
  started_at timestamptz not null, started_by text not null, approved_by text);
create unique index linkage_run_open on linkage_run ((true)) where state in ('comparing', 'compared', 'applying');
create table linkage_change (
  citizen_id uuid not null, run uuid not null, id uuid not null, kind text not null check (kind in ('link', 'unlink')), other uuid, evidence jsonb,
  outcome text check (outcome in ('applied', 'doubtful', 'outdated')), primary key (citizen_id, run, id));
create index linkage_change_run on linkage_change (run, id);
revoke all on link_opinion, second_look, linkage_run, linkage_change from public;
`;
