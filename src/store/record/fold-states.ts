import type { FoldState } from '../../intake/types.ts';
import type { Connection } from '../database.ts';

export interface FoldAddress {
  feed: string;
  personKey: string;
  foldKey: string;
}

export interface StoredFold extends FoldAddress {
  state: FoldState;
}

/** What messages of a person or visit have said so far. */
export async function loadFolds(connection: Connection, addresses: readonly FoldAddress[]): Promise<StoredFold[]> {
  if (addresses.length === 0) return [];
  const { rows } = await connection.query<StoredFold>(
    `select f.feed, f.person_key as "personKey", f.fold_key as "foldKey", f.state from fold_state f
     join (select distinct * from unnest($1::text[], $2::text[], $3::text[]) as a(feed, person_key, fold_key)) a using (feed, person_key, fold_key)`,
    [addresses.map((a) => a.feed), addresses.map((a) => a.personKey), addresses.map((a) => a.foldKey)],
  );
  return rows;
}

/** What messages of these people filed under an account: visits, by their fold keys. */
export async function findFoldsOfAccount(connection: Connection, feed: string, people: readonly string[], account: string): Promise<string[]> {
  const { rows } = await connection.query<{ foldKey: string }>(
    `select fold_key as "foldKey" from fold_state where feed = $1 and person_key = any ($2::text[]) and state -> 'account' ->> 'v' = $3 order by fold_key`, [feed, people, account]);
  return rows.map(({ foldKey }) => foldKey);
}

/** Everything that is kept of these people. */
export async function loadFoldsOfPeople(connection: Connection, feed: string, people: readonly string[]): Promise<StoredFold[]> {
  const { rows } = await connection.query<StoredFold>('select feed, person_key as "personKey", fold_key as "foldKey", state from fold_state where feed = $1 and person_key = any ($2::text[]) order by fold_key', [feed, people]);
  return rows;
}

/** Everything that is kept of those of these people of whom bytes are no longer kept. */
export async function loadFoldsOfErased(connection: Connection, feed: string, people: readonly string[]): Promise<StoredFold[]> {
  const { rows } = await connection.query<StoredFold>(
    `select feed, person_key as "personKey", fold_key as "foldKey", state from fold_state where feed = $1 and person_key = any ($2::text[]) and person_key in (
       select i.person_key from intake_row i join source_record s using (record_id) where i.feed = $1 and i.person_key = any ($2::text[]) and s.size > 0 and octet_length(s.content) = 0)`, [feed, people]);
  return rows;
}

/** What these people's folds are now, of a feed: those that are the same are left alone, and those not among them go. */
export async function replaceFolds(connection: Connection, feed: string, people: readonly string[], folds: readonly StoredFold[]): Promise<void> {
  await saveFolds(connection, folds);
  await connection.query(
    `delete from fold_state where feed = $1 and person_key = any ($2::text[]) and (person_key, fold_key) not in (select * from unnest($3::text[], $4::text[]))`,
    [feed, people, folds.map((f) => f.personKey), folds.map((f) => f.foldKey)]);
}

export async function saveFolds(connection: Connection, folds: readonly StoredFold[]): Promise<void> {
  if (folds.length === 0) return;
  await connection.query(
    `insert into fold_state (feed, person_key, fold_key, state) select * from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[])
     on conflict (feed, person_key, fold_key) do update set state = excluded.state where fold_state.state is distinct from excluded.state`,
    [folds.map((f) => f.feed), folds.map((f) => f.personKey), folds.map((f) => f.foldKey), folds.map((f) => JSON.stringify(f.state))],
  );
}
