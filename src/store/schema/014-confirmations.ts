/**
 * What is said about records and stands beside them. That somebody asked a person again and a version of a row was still
 * right: it has no class of its own, and is seen exactly where the row is seen (view readable_confirmation), whatever becomes
 * of the row's class. Corrections that were asked for and are open, and which
 * organisations were asked to look at what others say of a person: both are read through their Tasks alone.
 */
export const confirmations = `
create table confirmation (
  citizen_id uuid not null, id uuid not null, version int not null, confirmed_at timestamptz not null, organisation text not null, person text not null, person_name text not null,
  primary key (citizen_id, id, confirmed_at, organisation, person));
create table correction (
  citizen_id uuid not null, id uuid not null, type text not null, version int not null, element text not null, owner text not null, asker text not null,
  owner_task uuid not null, asker_task uuid not null, primary key (citizen_id, id, element, asker));
create table disagreement (
  citizen_id uuid not null, owner text not null, about text not null, id uuid not null, task_id uuid not null, primary key (citizen_id, task_id));
revoke all on confirmation, correction, disagreement from public;
`;
