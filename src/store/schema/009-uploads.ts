/** Files that arrive in pieces, until they are whole: then their bytes move to source_record and only the Task's id stays here. */
export const uploads = `
create table upload (
  id uuid primary key, feed text not null, part text not null, client text not null, length bigint not null, sha256 bytea not null,
  ends_at timestamptz not null, task_id uuid);
create unique index upload_once on upload (feed, part, client, sha256);
create index upload_ends on upload (ends_at);
create table upload_piece (
  upload_id uuid not null references upload on delete cascade, starts_at bigint not null, content bytea not null, primary key (upload_id, starts_at));
revoke all on upload, upload_piece from public;
`;
