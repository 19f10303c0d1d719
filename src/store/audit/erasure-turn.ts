import type { Connection } from '../database.ts';

/** What is erased and what is held take turns until the transaction ends: a hold that was placed is looked at by every erasure that is not done yet. */
export async function takeErasureTurn(connection: Connection): Promise<void> {
  await connection.query('select pg_advisory_xact_lock(20140034)');
}
