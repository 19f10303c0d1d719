import type { FoundBy } from '../audit/found-by.ts';
import type { LoggedEntry } from '../audit/log-line.ts';
import type { Database } from './database.ts';
import { wordsOfEntry } from './schema/020-answers.ts';
import { mayRead, type LogReader } from './search-audit.ts';

interface EntryRow {
  seq: string;
  at: Date;
  commitment: Buffer;
  entry: string;
  salt: Buffer | null;
  id: string;
  citizens: string[];
  organisation: string | null;
  custodians: string[];
  agent: string;
  about: string | null;
  /** whether its words are those of its text */
  worded: boolean;
}

/** An entry with what it is found by. */
export interface KeptEntry extends LoggedEntry {
  kept: FoundBy;
  /** whether its words are those of its text */
  worded: boolean;
  /** its text, or what stands in the place of one whose content is erased */
  said: string;
}

const columns = `seq, at, commitment, entry, salt, id, citizen_ids as citizens, organisation, custodians, agent, about_person as about, (select w @> words and w <@ words from (select ${wordsOfEntry} as w offset 0) made) as worded`;

/** The log as it is kept, oldest first: entries after number `after`, up to number `last`, at most `limit`. */
export async function readLog(database: Database, after: number, last: number, limit: number): Promise<KeptEntry[]> {
  const rows = await database.query<EntryRow>(`select ${columns} from audit_entry where seq > $1 and seq <= $2 order by seq limit $3`, [after, last, limit], 'read-log');
  return rows.map(loggedOf);
}

/** An entry as the log keeps it, where this reader may read it. */
export async function findLogged(database: Database, id: string, reader: LogReader): Promise<KeptEntry | null> {
  const [row] = await database.query<EntryRow>(`select ${columns} from audit_entry where id = $1 and ${mayRead('$2::text', '$3::text')} order by seq limit 1`, [id, reader.organisation, reader.person]);
  return row ? loggedOf(row) : null;
}

/** Without its salt nothing of an entry is left: what stands in its place is not what was committed to. */
function loggedOf({ seq, at, commitment, entry, salt, worded, ...kept }: EntryRow): KeptEntry {
  return { seq: Number(seq), at: at.toISOString(), commitment, text: salt === null ? null : entry, salt, kept, worded, said: entry };
}
