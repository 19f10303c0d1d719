import type { FoundBy } from '../../audit/found-by.ts';
import type { LoggedEntry } from '../../audit/log-line.ts';
import type { Database } from '../database.ts';
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
}

/** An entry with what it is found by. */
export interface KeptEntry extends LoggedEntry {
  kept: FoundBy;
  /** whether its words are those of its text */
  worded: boolean;
  /** its text, or what stands in the place of one whose content is erased */
  said: string;
}

/** The words an entry should have, by its text or what stands in its place; null: nothing it says can be read. */
export type WordsOf = (said: string) => readonly string[] | null;

const columns = 'seq, at, commitment, entry, salt, id, citizen_ids as citizens, organisation, custodians, agent, about_person as about';

/** The log as it is kept, oldest first: entries after number `after`, up to number `last`, at most `limit`. */
export async function readLog(database: Database, wordsOf: WordsOf, { after, last, limit }: { after: number; last: number; limit: number }): Promise<KeptEntry[]> {
  const rows = await database.query<EntryRow>(`select ${columns} from audit_entry where seq > $1 and seq <= $2 order by seq limit $3`, [after, last, limit], 'read-log');
  return withWords(database, wordsOf, rows);
}

/** An entry as the log keeps it, where this reader may read it. */
export async function findLogged(database: Database, wordsOf: WordsOf, id: string, reader: LogReader): Promise<KeptEntry | null> {
  const rows = await database.query<EntryRow>(`select ${columns} from audit_entry where id = $1 and ${mayRead('$2::text', '$3::text')} order by seq limit 1`, [id, reader.organisation, reader.person]);
  return (await withWords(database, wordsOf, rows))[0] ?? null;
}

/** What was erased between the two statements has other words now and is not compared. What cannot be read is told by that. */
async function withWords(database: Database, wordsOf: WordsOf, rows: readonly EntryRow[]): Promise<KeptEntry[]> {
  const said = rows.flatMap(({ seq, entry, salt }) => (wordsOf(entry) ?? []).map((word) => ({ seq, word, erased: salt === null })));
  const other = await database.query<{ seq: string }>(
    `select e.seq from (select seq, erased, array_agg(hashtextextended(word, 0)) as made from unnest($1::bigint[], $2::text[], $3::boolean[]) as s(seq, word, erased) group by seq, erased) s
     join audit_entry e on e.seq = s.seq and (e.salt is null) = s.erased where not (s.made @> e.words and s.made <@ e.words)`,
    [said.map(({ seq }) => seq), said.map(({ word }) => word), said.map(({ erased }) => erased)], 'check-words');
  const otherwise = new Set(other.map(({ seq }) => seq));
  return rows.map((row) => loggedOf(row, !otherwise.has(row.seq)));
}

/** Without its salt nothing of an entry is left: what stands in its place is not what was committed to. */
function loggedOf({ seq, at, commitment, entry, salt, ...kept }: EntryRow, worded: boolean): KeptEntry {
  return { seq: Number(seq), at: at.toISOString(), commitment, text: salt === null ? null : entry, salt, kept, worded, said: entry };
}
