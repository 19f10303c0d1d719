/**
 * Choices limited by who asks, for what, and what about; and emergency access.
 *
 * `choice` is one row for each Consent that counts, or that ended what was said before it; `choice_rule` are its provisions.
 * `live` is when a rule counts: its own time without the times in which a later word of the same source counts, worked out
 * as choices are written. A choice without limits on the record itself (`whole`) needs no look at the class of a row; one
 * without limits on single records (`by_record`) none at the row.
 */
export const choicesAndEmergencies = `
create table choice (
  citizen_id uuid not null, id uuid not null, kind text not null, custodian text not null, signal text not null, ends_all boolean not null,
  decided_at timestamptz not null, recorded_at timestamptz not null, valid_from timestamptz not null, valid_until timestamptz not null,
  primary key (citizen_id, id));
revoke all on choice from public;
insert into choice (citizen_id, id, kind, custodian, signal, ends_all, decided_at, recorded_at, valid_from, valid_until)
  select c.citizen_id, c.id, 'sharing', s.custodian, c.id::text, false, r.updated_at, r.updated_at, c.valid_from, c.valid_until
  from choice_rule c join citizen_row r on r.citizen_id = c.citizen_id and r.id = c.id join sharing_class s on s.class_id = r.class_id;

alter table choice_rule drop constraint choice_rule_pkey;
alter table choice_rule add column n int not null default 0, add column live tstzmultirange,
  add column overrides int[] not null default '{}', add column opt_out boolean not null default false,
  add column organisations text[], add column roles text[], add column purposes text[],
  add column categories text[], add column labels text[], add column custodians text[],
  add column types text[], add column tokens bigint[], add column ids uuid[], add column dates_from timestamptz, add column dates_until timestamptz;
update choice_rule set live = tstzmultirange(tstzrange(valid_from, valid_until));
alter table choice_rule alter column live set not null, add primary key (citizen_id, id, n),
  add column whole boolean generated always as (categories is null and labels is null and custodians is null) stored,
  add column by_record boolean generated always as (types is not null or tokens is not null or ids is not null or dates_from is not null) stored,
  add column general boolean generated always as (num_nonnulls(organisations, roles, purposes, categories, labels, custodians, types, tokens, ids, dates_from) = 0) stored;

delete from compiled_grant;
alter table compiled_grant add column related_classes int[] not null, add column explicit_related bigint[] not null;

create table emergency_access (
  citizen_id uuid not null, id uuid not null, organisation text not null, person text not null, from_at timestamptz not null, until timestamptz not null,
  reason text not null, explanation text not null, reference text not null unique, primary key (citizen_id, id));
create index emergency_access_person on emergency_access (citizen_id, person, organisation, until);
revoke all on emergency_access from public;
`;
