import type { Problem } from '../../fhir/problem.ts';
import type { SplitRow } from '../types.ts';
import { personKeyOf } from './person-key.ts';

/**
 * One POST holds one or many messages, each beginning with MSH; CR, LF or CRLF ends a segment; MLLP framing bytes are
 * taken off. Only the person key and MSH-10 are looked at here, so that receipt stays cheap.
 */
export function splitMessages(text: string, senders: readonly string[]): { rows: SplitRow[]; problems: Problem[] } {
  const lines = text.split(/\r\n|\r|\n/).map((line) => line.replace(/[\u000b\u001c]/g, ''));
  const starts = lines.flatMap((line, index) => (line.startsWith('MSH') ? [index] : []));
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0 || starts[0] !== first) {
    const problem: Problem = { category: 'malformed', code: 'hl7-no-header', text: 'The first segment is not MSH.', at: { line: Math.max(first, 0) + 1 }, expected: 'MSH|^~\\&|' };
    return { rows: [], problems: [problem] };
  }
  const rows = starts.map((start, index): SplitRow => {
    const own = lines.slice(start, starts[index + 1] ?? lines.length);
    while (own.at(-1)?.trim() === '') own.pop();
    const messageId = (own[0] ?? '').split(own[0]?.[3] ?? '|')[9]?.trim() ?? '';
    const row: SplitRow = { row: index + 1, line: start + 1, personKey: personKeyOf(own, senders), content: own.join('\n') };
    return messageId === '' ? row : { ...row, messageId };
  });
  return { rows, problems: [] };
}
