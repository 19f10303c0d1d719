import { foundByOther } from '../../audit/found-by.ts';
import { commitmentOfText } from '../../audit/leaf.ts';
import { logLineOf } from '../../audit/log-line.ts';
import type { AuditEntry } from '../../audit/types.ts';
import { wordsOfEntry } from '../../audit/words-of-entry.ts';
import type { KeptEntry, WordsOf } from '../../store/audit/audit-log.ts';

/** A line of an export: the entry as it is kept, and by what it is found otherwise than it says. */
export function lineOfKept({ kept, worded, said, ...entry }: KeptEntry): string {
  return logLineOf({ ...entry, found: foundOtherwise({ kept, worded, said }) });
}

/**
 * The same for a person who takes the whole log out: what tells of a case about themselves stays in the log, and its leaf alone
 * leaves. What is not as the log committed to it, or not found by what it says, is kept from nobody.
 */
export function lineFor(person: string | null, entry: KeptEntry): string {
  const { seq, at, commitment, text, salt, kept } = entry;
  const about = person !== null && kept.about === person && foundOtherwise(entry).length === 0;
  const whole = text !== null && salt !== null && Buffer.compare(commitmentOfText(text, salt), commitment) === 0;
  return about && whole ? logLineOf({ seq, at, commitment, text: null, salt: null, apart: true }) : lineOfKept(entry);
}

/** What cannot be read is found by nothing it says. */
function foundOtherwise({ kept, worded, said }: Pick<KeptEntry, 'kept' | 'worded' | 'said'>): string[] {
  const entry = readSaid(said);
  return [...(entry ? foundByOther(kept, entry) : ['entry']), ...(worded ? [] : ['words'])];
}

export const wordsSaid: WordsOf = (said) => {
  const entry = readSaid(said);
  return entry && wordsOfEntry(entry);
};

function readSaid(said: string): AuditEntry | null {
  try {
    return JSON.parse(said) as AuditEntry;
  } catch {
    return null;
  }
}
