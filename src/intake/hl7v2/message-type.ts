import { readDelimiters } from './delimiters.ts';

/** MSH-9 of a message as `ADT^A40`, whatever separators it uses; '' when it has none. */
export function messageTypeOf(content: string): string {
  const [header = ''] = content.split('\n', 1);
  const marks = readDelimiters(header);
  if ('code' in marks) return '';
  return (header.split(marks.field)[8] ?? '').split(marks.component).slice(0, 2).join('^');
}
