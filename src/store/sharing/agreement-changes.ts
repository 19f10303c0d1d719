import type { AgreementChange } from '../../consent/plan-agreement-change.ts';
import { listVersions, type RegisterRow } from './agreements.ts';
import type { Connection, Database } from '../database.ts';

/**
 * Changes the register as a plan says that is made under a lock on every version of the agreement, by the database's
 * clock, which is the one the door goes by. Whatever else happens at once waits or is seen. The policy generation is
 * bumped in the same transaction: the next request on every process compiles anew. A plan that refuses changes nothing.
 */
export async function changeAgreement<Refused extends object>(
  database: Database, agreement: string, plan: (versions: RegisterRow[], now: Date) => { change: AgreementChange } | Refused,
): Promise<Refused | { changed: Date }> {
  return database.transaction(async (connection) => {
    await connection.query('select version from agreement_register where agreement = $1 order by version for update', [agreement]);
    const { rows: [clock] } = await connection.query<{ now: Date }>('select clock_timestamp() as now');
    if (!clock) throw new Error('the database told no time');
    const planned = plan(await listVersions(connection, agreement), clock.now);
    if (!('change' in planned)) return planned;
    await apply(connection, agreement, planned.change, clock.now);
    await connection.query('update policy_generation set generation = generation + 1');
    return { changed: clock.now };
  });
}

async function apply(connection: Connection, agreement: string, { signature, activate, ends }: AgreementChange, now: Date): Promise<void> {
  if (signature) {
    await connection.query('insert into agreement_signature (sha256, organisation, signatory, signed_at) values ($1, $2, $3, $4)', [signature.sha256, signature.organisation, signature.signatory, now]);
  }
  if (activate) {
    await connection.query(`update agreement_register set state = 'active', activated_at = $3 where agreement = $1 and version = $2`, [agreement, activate.version, now]);
  }
  for (const { version, at } of ends) {
    await connection.query('update agreement_register set terminated_at = least(terminated_at, $3) where agreement = $1 and version = $2', [agreement, version, at]);
  }
}
