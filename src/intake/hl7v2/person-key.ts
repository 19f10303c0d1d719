import { readDelimiters } from './delimiters.ts';

/**
 * The sender's own id of the person, from PID-3: the repetition whose authority is the sender, else the first that is
 * not an NHS number, else the NHS number. '' when there is none. Scans one line, parses nothing else.
 */
export function personKeyOf(lines: readonly string[], senders: readonly string[]): string {
  const marks = readDelimiters(lines[0] ?? '');
  if ('code' in marks) return '';
  const pid = lines.find((line) => line.startsWith(`PID${marks.field}`));
  const ids = (pid?.split(marks.field)[3] ?? '').split(marks.repetition).map((repetition) => {
    const [value = '', , , authority = '', type = ''] = repetition.split(marks.component).map((part) => part.trim());
    return { value: value === '""' ? '' : value, authority: authority.split(marks.subcomponent)[0] ?? '', type };
  }).filter((id) => id.value !== '');
  const local = ids.filter((id) => id.authority !== 'NHS' && id.type !== 'NHS');
  return (local.find((id) => senders.includes(id.authority)) ?? local[0] ?? ids[0])?.value ?? '';
}
