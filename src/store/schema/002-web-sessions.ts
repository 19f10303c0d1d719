/**
 * Who is signed in with a browser. The id is the hash of a secret that only the browser's cookie holds, and the tokens are
 * encrypted under a key made from that secret: a copy of this table opens nothing.
 */
export const webSessions = `
create table web_session (
  id bytea primary key, issuer text not null, subject text not null, sealed text not null,
  created_at timestamptz not null default statement_timestamp(), seen_at timestamptz not null default statement_timestamp(),
  ends_at timestamptz not null, renewing_until timestamptz);
create index web_session_subject on web_session (issuer, subject);
create index web_session_ends on web_session (ends_at);
revoke all on web_session from public;
`;
