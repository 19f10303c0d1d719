/**
 * Choices limited by who asks, for what, and what about; and emergency access. A choice without limits on the record
 * itself (`whole`) needs no look at the class of a row.
 */
export const choicesAndEmergencies = `
alter table choice_rule drop constraint choice_rule_pkey;
alter table choice_rule add column n int not null default 0, add column specificity int not null default 0,
  add column organisations text[], add column roles text[], add column purposes text[],
  add column categories text[], add column labels text[], add column custodians text[],
  add column whole boolean generated always as (categories is null and labels is null and custodians is null) stored,
  add primary key (citizen_id, id, n);

delete from compiled_grant;
alter table compiled_grant add column related_classes int[] not null, add column explicit_related bigint[] not null;

create table emergency_access (
  citizen_id uuid not null, id uuid not null, organisation text not null, person text not null, from_at timestamptz not null, until timestamptz not null,
  reason text not null, explanation text not null, reference text not null unique, primary key (citizen_id, id));
create index emergency_access_person on emergency_access (citizen_id, person, organisation, until);
revoke all on emergency_access from public;
`;
