/**
 * That somebody asked a person again and a version of a row was still right. It has no class of its own: it is seen exactly
 * where the row is seen (view readable_confirmation), whatever becomes of the row's class.
 */
export const confirmations = `
create table confirmation (
  citizen_id uuid not null, id uuid not null, version int not null, confirmed_at timestamptz not null, organisation text not null, person text not null, person_name text not null,
  primary key (citizen_id, id, confirmed_at, organisation, person));
revoke all on confirmation from public;
`;
