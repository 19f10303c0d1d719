import type { LoggedEntry } from '../audit/log-line.ts';
import type { Database } from './database.ts';
import { mayRead, type LogReader } from './search-audit.ts';

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

/** An entry as the log keeps it, where this reader may read it. */
export async function findLogged(database: Database, id: string, reader: LogReader): Promise<LoggedEntry | null> {
  const [row] = await database.query<EntryRow>(`select ${columns} from audit_entry where id = $1 and ${mayRead('$2::text', '$3::text')} order by seq limit 1`, [id, reader.organisation, reader.person]);
  return row ? loggedOf(row) : null;
}

/** Without its salt nothing of an entry is left: what stands in its place is not what was committed to. */
function loggedOf({ seq, at, commitment, entry, salt }: EntryRow): LoggedEntry {
  return { seq: Number(seq), at: at.toISOString(), commitment, text: salt === null ? null : entry, salt };
}
