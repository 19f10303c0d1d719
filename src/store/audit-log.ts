import type { LoggedEntry } from '../audit/log-line.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import type { Database } from './database.ts';
import { seenBy } from './search-audit.ts';

interface EntryRow {
  seq: string;
  at: Date;
  commitment: Buffer;
  entry: string;
  salt: Buffer | null;
}

const columns = 'seq, at, commitment, entry, salt';

/** The log as it is kept, oldest first: entries after number `after`, up to number `last`, at most `limit`. */
export async function readLog(database: Database, after: number, last: number, limit: number): Promise<LoggedEntry[]> {
  const rows = await database.query<EntryRow>(`select ${columns} from audit_entry where seq > $1 and seq <= $2 order by seq limit $3`, [after, last, limit], 'read-log');
  return rows.map(loggedOf);
}

/** An entry as the log keeps it, where this organisation may read it; null = every entry. */
export async function findLogged(database: Database, id: string, reader: OrganisationKey | null): Promise<LoggedEntry | null> {
  const [row] = await database.query<EntryRow>(`select ${columns} from audit_entry where id = $1 and ($2::text is null or ${seenBy('$2::text')}) order by seq limit 1`, [id, reader]);
  return row ? loggedOf(row) : null;
}

/**
 * Erases what an entry says, and by what it was found; number, instant, commitment and tree stay, and every proof holds.
 * `recordedBy` is the entry that says so, durable already. Whoever reads the log finds `tombstone` in its place. False when it was erased before.
 */
export async function redactEntry(database: Database, seq: number, recordedBy: string, rule: string, tombstone: string): Promise<boolean> {
  return database.transaction(async (connection) => {
    const { rowCount } = await connection.query('insert into audit_redaction (seq, recorded_by, rule) values ($1, $2, $3) on conflict do nothing', [seq, recordedBy, rule]);
    if (rowCount === 0) return false;
    await connection.query(`update audit_entry set entry = $2, salt = null, citizen_ids = '{}', organisation = null, custodians = '{}', agent = 'redacted' where seq = $1`, [seq, tombstone]);
    return true;
  });
}

/** Without its salt nothing of an entry is left: what stands in its place is not what was committed to. */
function loggedOf({ seq, at, commitment, entry, salt }: EntryRow): LoggedEntry {
  return { seq: Number(seq), at: at.toISOString(), commitment, text: salt === null ? null : entry, salt };
}
