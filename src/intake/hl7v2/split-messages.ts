import type { Problem } from '../../fhir/problem.ts';
import type { SplitRow } from '../types.ts';
import { personKeyOf } from './person-key.ts';

const frameStart = '\u000b';
const frameEnd = '\u001c';

/**
 * One POST holds one or many messages, each beginning with MSH; CR, LF or CRLF ends a segment; MLLP framing bytes are
 * taken off. Only the person key and MSH-10 are looked at here, so that receipt stays cheap. Stops after `most` messages.
 */
export function splitMessages(text: string, senders: readonly string[], most: number): { rows: SplitRow[]; problems: Problem[] } {
  const framed = text.split(/\r\n|\r|\n/);
  const lines = framed.map((line) => line.replace(/[\u000b\u001c]/g, ''));
  const starts = lines.flatMap((line, index) => (line.startsWith('MSH') ? [index] : []));
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0 || starts[0] !== first) {
    const problem: Problem = { category: 'malformed', code: 'hl7-no-header', text: 'The first segment is not MSH.', at: { line: Math.max(first, 0) + 1 }, expected: 'MSH|^~\\&|' };
    return { rows: [], problems: [problem] };
  }
  const rows = starts.slice(0, most).map((start, index): SplitRow => {
    const next = starts[index + 1];
    const end = next ?? lines.length;
    const own = lines.slice(start, end);
    const content = own.join('\n') + (next === undefined ? '' : '\n');
    const messageId = (own[0] ?? '').split(own[0]?.[3] ?? '|')[9]?.trim() ?? '';
    const row: SplitRow = { row: index + 1, line: start + 1, personKey: personKeyOf(own, senders), content };
    const cut = framed[start]?.startsWith(frameStart) === true && !framed.slice(start, end).some((line) => line.includes(frameEnd));
    return { ...row, ...(messageId === '' ? {} : { messageId }), ...(cut ? { problem: cutFrame(row) } : {}) };
  });
  return { rows, problems: [] };
}

function cutFrame({ row, line }: SplitRow): Problem {
  return { category: 'malformed', code: 'message-truncated', text: 'The MLLP frame of the message has no end: the message is incomplete.', at: { row, line }, fix: 'Send the whole message again.' };
}
