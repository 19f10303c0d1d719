import type { OrganisationKey, Purpose } from '../../fhir/sharing.ts';
import type { Connection, Database } from '../database.ts';
import { resumeClientTokens, stopClientTokens } from './token-stops.ts';

/** A public key as a JWK; `jwk` is its canonical text. */
export interface ClientKey {
  kid: string;
  jwk: string;
  addedAt: Date;
  /** null: as long as the client stands */
  validUntil: Date | null;
}

/** A program that may ask for tokens. `system` acts by itself (SMART Backend Services), `app` for whoever signs in to it. */
export interface RegisteredClient {
  id: string;
  kind: 'system' | 'app';
  name: string;
  organisation: OrganisationKey;
  /** why a system asks; null for an app, whose purpose is that of the person */
  purpose: Purpose | null;
  scopes: readonly string[];
  /** where it publishes its keys; null: by value, or none */
  keysUrl: string | null;
  redirectUris: readonly string[];
  launchUrl: string | null;
  /** whom to ask about it */
  contact: string;
  enabled: boolean;
  /** how often its keys were changed */
  rotations: number;
  /** keys that count now or will be told of: those past their time are not among them */
  keys: readonly ClientKey[];
}

export interface ClientChange {
  change: 'added' | 'rotated' | 'disabled' | 'enabled';
  at: Date;
  reason: string;
  byId: string;
  byName: string;
  byOrganisation: OrganisationKey;
}

export type NewClient = Omit<RegisteredClient, 'enabled' | 'keys' | 'rotations'> & { keys: readonly Pick<ClientKey, 'kid' | 'jwk'>[] };
export type ChangeBy = Omit<ClientChange, 'change' | 'at'>;

type Row = Omit<RegisteredClient, 'keys'> & { keys: (Omit<ClientKey, 'addedAt' | 'validUntil'> & { addedAt: string; validUntil: string | null })[]; changes: (Omit<ClientChange, 'at'> & { at: string })[] };

const columns = `c.id, c.kind, c.name, c.organisation, c.purpose, c.scopes, c.keys_url as "keysUrl", c.redirect_uris as "redirectUris", c.launch_url as "launchUrl", c.contact, c.enabled, (select count(*)::int from oauth_client_change h where h.client_id = c.id and h.change = 'rotated') as rotations,
  (select coalesce(json_agg(json_build_object('kid', k.kid, 'jwk', k.jwk, 'addedAt', k.added_at, 'validUntil', k.valid_until) order by k.added_at, k.kid), '[]')
     from oauth_client_key k where k.client_id = c.id and (k.valid_until is null or k.valid_until > statement_timestamp())) as keys`;
const changes = `(select coalesce(json_agg(json_build_object('change', h.change, 'at', h.at, 'reason', h.reason, 'byId', h.by_id, 'byName', h.by_name, 'byOrganisation', h.by_organisation) order by h.seq), '[]')
     from (select * from oauth_client_change where client_id = c.id order by seq desc limit 20) h) as changes`;

/** The client with the keys that count at this moment; null where nobody goes by this name. */
export async function findClient(database: Database, id: string): Promise<RegisteredClient | null> {
  const [row] = await database.query<Row>(`select ${columns} from oauth_client c where c.id = $1`, [id], 'find-oauth-client');
  return row ? clientOf(row) : null;
}

/** Where browsers come back to apps that have no keys, as those have none that live in a browser alone. */
export async function listBrowserAppAddresses(database: Database): Promise<string[]> {
  const rows = await database.query<{ address: string }>(
    `select distinct unnest(c.redirect_uris) as address from oauth_client c where c.kind = 'app' and c.enabled and c.keys_url is null
       and not exists (select from oauth_client_key k where k.client_id = c.id and (k.valid_until is null or k.valid_until > statement_timestamp()))`);
  return rows.map(({ address }) => address);
}

/** In the order of their ids, with the newest twenty changes of each. */
export async function listClients(database: Database, { id, after, limit }: { id: string | null; after: string; limit: number }): Promise<(RegisteredClient & { changes: ClientChange[] })[]> {
  const rows = await database.query<Row>(`select ${columns}, ${changes} from oauth_client c where ($1::text is null or c.id = $1) and c.id > $2 order by c.id limit $3`, [id, after, limit]);
  return rows.map((row) => ({ ...clientOf(row), changes: row.changes.map(({ at, ...change }) => ({ ...change, at: new Date(at) })) }));
}

/** False where somebody goes by this name already. */
export async function saveClient(database: Database, client: NewClient, by: ChangeBy): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rowCount } = await connection.query(
      `insert into oauth_client (id, kind, name, organisation, purpose, scopes, keys_url, redirect_uris, launch_url, contact) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
      [client.id, client.kind, client.name, client.organisation, client.purpose, client.scopes, client.keysUrl, client.redirectUris, client.launchUrl, client.contact]);
    if (rowCount === 0) return false;
    await addKeys(connection, client.id, client.keys);
    await note(connection, client.id, 'added', by);
    return true;
  });
}

/** New keys beside the old ones, which count until `oldUntil`; or an address in the place of both, from this moment. False where a new key goes by a name the client has used. */
export async function rotateClientKeys(
  database: Database, id: string, { keys, keysUrl, oldUntil }: { keys: NewClient['keys']; keysUrl: string | null; oldUntil: Date }, by: ChangeBy,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    await connection.query('select from oauth_client where id = $1 for update', [id]);
    const { rows } = await connection.query('select 1 from oauth_client_key where client_id = $1 and kid = any ($2::text[])', [id, keys.map(({ kid }) => kid)]);
    if (rows.length > 0) return false;
    await connection.query('update oauth_client_key set valid_until = least(coalesce(valid_until, $2), $2) where client_id = $1', [id, oldUntil]);
    await connection.query('update oauth_client set keys_url = $2 where id = $1', [id, keysUrl]);
    await addKeys(connection, id, keys);
    await note(connection, id, 'rotated', by);
    return true;
  });
}

/** Disables the client and stops its tokens, or enables it again for tokens to come. False where it is so already. `longestSeconds`: how long a token lives at most. */
export async function setClientEnabled(database: Database, id: string, enabled: boolean, longestSeconds: number, by: ChangeBy): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rowCount } = await connection.query('update oauth_client set enabled = $2 where id = $1 and enabled <> $2', [id, enabled]);
    if (rowCount === 0) return false;
    await (enabled ? resumeClientTokens(connection, id, longestSeconds) : stopClientTokens(connection, id));
    await note(connection, id, enabled ? 'enabled' : 'disabled', by);
    return true;
  });
}

async function addKeys(connection: Connection, id: string, keys: NewClient['keys']): Promise<void> {
  await connection.query('insert into oauth_client_key (client_id, kid, jwk) select $1, kid, jwk from unnest($2::text[], $3::text[]) given (kid, jwk)', [id, keys.map(({ kid }) => kid), keys.map(({ jwk }) => jwk)]);
}

async function note(connection: Connection, id: string, change: ClientChange['change'], { reason, byId, byName, byOrganisation }: ChangeBy): Promise<void> {
  await connection.query('insert into oauth_client_change (client_id, change, reason, by_id, by_name, by_organisation) values ($1, $2, $3, $4, $5, $6)', [id, change, reason, byId, byName, byOrganisation]);
}

function clientOf({ keys, changes: _changes, ...row }: Row & { changes?: unknown }): RegisteredClient {
  return { ...row, keys: keys.map(({ addedAt, validUntil, ...key }) => ({ ...key, addedAt: new Date(addedAt), validUntil: validUntil === null ? null : new Date(validUntil) })) };
}
