/**
 * Programs that ask for tokens, and what the issuer must remember between two requests. Nothing here is about a citizen.
 * A private key is never here: a client's keys are the public halves. Ids of what the issuer remembers are hashes, so that a
 * copy of the table is no refresh token.
 */
export const clients = `
create table oauth_client (
  id text primary key, kind text not null check (kind in ('system', 'app')), name text not null, organisation text not null, purpose text,
  scopes text[] not null, keys_url text, redirect_uris text[] not null, launch_url text, contact text not null, enabled boolean not null default true);
revoke all on oauth_client from public;

create table oauth_client_key (
  client_id text not null references oauth_client (id), kid text not null, jwk text not null, added_at timestamptz not null default statement_timestamp(), valid_until timestamptz,
  primary key (client_id, kid));
revoke all on oauth_client_key from public;

create table oauth_client_change (
  client_id text not null references oauth_client (id), seq bigint generated always as identity, at timestamptz not null default statement_timestamp(),
  change text not null check (change in ('added', 'rotated', 'disabled', 'enabled')), reason text not null, by_id text not null, by_name text not null, by_organisation text not null,
  primary key (client_id, seq));
revoke all on oauth_client_change from public;

create table oauth_state (
  model text not null, id bytea not null, payload text not null, client_id text, grant_id bytea, uid text, expires_at timestamptz not null, primary key (model, id));
create index oauth_state_grant on oauth_state (grant_id) where grant_id is not null;
create index oauth_state_uid on oauth_state (model, uid) where uid is not null;
create index oauth_state_client on oauth_state (client_id) where client_id is not null;
create index oauth_state_expires on oauth_state (expires_at);
revoke all on oauth_state from public;

-- tokens that no longer count before their time: all that are named so and were issued before an instant
create table token_stop (name text primary key, issued_before timestamptz not null, until timestamptz not null);
create index token_stop_until on token_stop (until);
revoke all on token_stop from public;
`;
