import type { Connection, Database } from '../database.ts';

export interface RegisterRow {
  agreement: string;
  version: string;
  sha256: string;
  /** the YAML text as registered */
  content: string;
  activatedAt: Date | null;
  terminatedAt: Date | null;
  signedBy: string[];
  signatures: { organisation: string; at: Date }[];
}

/**
 * The register of agreements: content by version with its hash, signatures bound to the hash, activation. Every change
 * bumps the policy generation in the same transaction, so the next request anywhere compiles anew.
 */
export async function listAgreements(database: Database): Promise<RegisterRow[]> {
  return (await database.query<RegisterColumns>(register, [null])).map(registerRow);
}

/** The same as a transaction sees it: every version of one agreement, or with null the whole register. */
export async function listVersions(connection: Connection, agreement: string | null): Promise<RegisterRow[]> {
  return (await connection.query<RegisterColumns>(register, [agreement])).rows.map(registerRow);
}

/** One process at a time publishes what the register says, until this transaction ends. */
export async function lockPublishing(connection: Connection): Promise<void> {
  await connection.query("select pg_advisory_xact_lock(hashtext('onestory-publish-contracts'))");
}

type RegisterColumns = Omit<RegisterRow, 'signatures'> & { signedAt: Date[] };

const register = `select r.agreement, r.version, r.sha256, r.content, r.activated_at as "activatedAt", r.terminated_at as "terminatedAt",
    coalesce(array_agg(s.organisation order by s.organisation) filter (where s.organisation is not null), '{}') as "signedBy",
    coalesce(array_agg(s.signed_at order by s.organisation) filter (where s.organisation is not null), '{}') as "signedAt"
  from agreement_register r left join agreement_signature s on s.sha256 = r.sha256
  where $1::text is null or r.agreement = $1
  group by r.agreement, r.version order by r.agreement, r.version`;

function registerRow({ signedAt, ...row }: RegisterColumns): RegisterRow {
  return { ...row, signatures: row.signedBy.flatMap((organisation, i) => (signedAt[i] ? [{ organisation, at: signedAt[i] }] : [])) };
}

/** Registers content that is new; a version once registered keeps its content: another hash under it is refused by `false`. */
export async function registerAgreement(database: Database, row: { agreement: string; version: string; sha256: string; content: string }): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rowCount } = await connection.query(
      `insert into agreement_register (agreement, version, sha256, content, state) values ($1, $2, $3, $4, 'draft') on conflict do nothing`,
      [row.agreement, row.version, row.sha256, row.content],
    );
    if (rowCount) await connection.query('update policy_generation set generation = generation + 1');
    const { rows } = await connection.query<{ sha256: string }>(
      'select sha256 from agreement_register where agreement = $1 and version = $2', [row.agreement, row.version]);
    return rows[0]?.sha256 === row.sha256;
  });
}

/** Signs for every party named and activates, from the instant given; versions of the same agreement activated before end now. */
export async function signAndActivate(
  database: Database, sha256: string, signatures: readonly { organisation: string; signatory: string }[], at: Date,
): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query(
      `insert into agreement_signature (sha256, organisation, signatory, signed_at)
       select $1, s.organisation, s.signatory, $4 from unnest($2::text[], $3::text[]) as s(organisation, signatory) on conflict do nothing`,
      [sha256, signatures.map((each) => each.organisation), signatures.map((each) => each.signatory), at],
    );
    await connection.query(`update agreement_register set state = 'active', activated_at = coalesce(activated_at, $2) where sha256 = $1`, [sha256, at]);
    await connection.query(
      `update agreement_register old set terminated_at = now() from agreement_register new
       where new.sha256 = $1 and old.agreement = new.agreement and old.sha256 <> new.sha256 and old.activated_at is not null and old.terminated_at is null
         and old.activated_at <= new.activated_at and old.version <> new.version`, [sha256]);
    await connection.query('update policy_generation set generation = generation + 1');
  });
}

export async function terminateAgreement(database: Database, sha256: string, at: Date): Promise<void> {
  await database.transaction(async (connection) => {
    await connection.query('update agreement_register set terminated_at = $2 where sha256 = $1', [sha256, at]);
    await connection.query('update policy_generation set generation = generation + 1');
  });
}
