/**
 * What rows ever said in codes, so that a code listed later is found; which listed codes have been looked for; and the rows
 * found that still wait for their labels.
 */
export const sensitiveCodesTables = `
alter table citizen_row add column codes bigint[] not null default '{}';
create index citizen_row_codes on citizen_row using gin (codes);
create table applied_code (token bigint not null, label text not null, primary key (token, label));
create table relabel_queue (citizen_id uuid not null, id uuid not null, primary key (citizen_id, id));
revoke all on applied_code, relabel_queue from public;
`;
