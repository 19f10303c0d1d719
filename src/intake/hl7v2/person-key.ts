import { readDelimiters } from './delimiters.ts';
import { personIds } from './identifiers.ts';

/**
 * The sender's own id of the person, from PID-3: the repetition whose authority is the sender, else the first that is
 * not an NHS number, else the NHS number. '' when there is none. Scans one line, parses nothing else.
 */
export function personKeyOf(lines: readonly string[], senders: readonly string[]): string {
  const marks = readDelimiters(lines[0] ?? '');
  if ('code' in marks) return '';
  const pid = lines.find((line) => line.startsWith(`PID${marks.field}`));
  const ids = personIds(pid?.split(marks.field)[3] ?? '', marks);
  const local = ids.filter(({ national }) => !national);
  return (local.find(({ authority }) => senders.includes(authority)) ?? local[0] ?? ids[0])?.value ?? '';
}
