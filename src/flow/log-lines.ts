import { foundByOther } from '../audit/found-by.ts';
import { logLineOf } from '../audit/log-line.ts';
import type { AuditEntry } from '../audit/types.ts';
import type { KeptEntry } from '../store/audit-log.ts';

/** A line of an export: the entry as it is kept, and by what it is found otherwise than it says. */
export function lineOfKept({ kept, worded, said, ...entry }: KeptEntry): string {
  return logLineOf({ ...entry, found: [...foundOtherwise(kept, said), ...(worded ? [] : ['words'])] });
}

/** What cannot be read is found by nothing it says. */
function foundOtherwise(kept: KeptEntry['kept'], said: string): string[] {
  try {
    return foundByOther(kept, JSON.parse(said) as AuditEntry);
  } catch {
    return ['entry'];
  }
}
