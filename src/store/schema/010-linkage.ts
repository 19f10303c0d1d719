/**
 * Why a source Patient is of its citizen, where weights decided, and whom else it may be: pairs that were graded `possible`
 * and wait for a person. Evidence is levels and bits, and says nothing of what either is called.
 */
export const linkage = `
alter table source_person add column evidence jsonb;
create table link_review (
  citizen_id uuid not null, id uuid not null, candidate uuid not null, rule text not null, bits real, evidence jsonb, found_at timestamptz not null,
  primary key (citizen_id, id, candidate));
revoke all on link_review from public;
`;
