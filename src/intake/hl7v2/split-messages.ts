import type { Problem } from '../../fhir/problem.ts';
import type { SplitRow } from '../types.ts';
import { personKeyOf } from './person-key.ts';

const frameStart = '\u000b';
const frameEnd = '\u001c';
const batchSegment = /^(FHS|BHS|BTS|FTS)(?![A-Za-z0-9])/;

/**
 * One POST holds one or many messages, each beginning with MSH; CR, LF or CRLF ends a segment; MLLP framing bytes and the
 * headers and trailers of a batch are taken off. Only the person key and MSH-10 are looked at here, so that receipt stays
 * cheap. Stops after `most` messages. A batch whose end is missing, or that counts otherwise, is told and its messages taken.
 */
export function splitMessages(text: string, senders: readonly string[], most: number): { rows: SplitRow[]; problems: Problem[] } {
  const framed = text.split(/\r\n|\r|\n/);
  const unframed = framed.map((line) => line.replace(/[\u000b\u001c]/g, ''));
  const lines = unframed.map((line) => (batchSegment.test(line) ? '' : line));
  const starts = lines.flatMap((line, index) => (line.startsWith('MSH') ? [index] : []));
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first < 0 || starts[0] !== first) {
    const problem: Problem = { category: 'malformed', code: 'hl7-no-header', text: 'The first segment is not MSH.', at: { line: Math.max(first, 0) + 1 }, expected: 'MSH|^~\\&|' };
    return { rows: [], problems: [problem] };
  }
  const rows = starts.slice(0, most).map((start, index): SplitRow => {
    const end = starts[index + 1] ?? lines.length;
    const own = lines.slice(start, end);
    const messageId = idOf(own[0] ?? '', senders);
    const row: SplitRow = { row: index + 1, line: start + 1, personKey: personKeyOf(own, senders), content: contentOf(own, end < lines.length) };
    const cut = framed[start]?.startsWith(frameStart) === true && !framed.slice(start, end).some((line) => line.includes(frameEnd));
    return { ...row, ...(messageId === '' ? {} : { messageId }), ...(cut ? { problem: cutFrame(row) } : {}) };
  });
  return { rows, problems: checkBatch(unframed, starts.length) };
}

/** MSH-10, which is unique for its sender; where a feed speaks for several, with the sender (MSH-4). */
function idOf(header: string, senders: readonly string[]): string {
  const fields = header.split(header[3] ?? '|').map((field) => field.trim());
  const id = fields[9] ?? '';
  return id === '' || senders.length < 2 ? id : `${fields[3] ?? ''}/${id}`;
}

/** The lines up to the last that says something, so that a message is the same whatever follows it; ended if anything does. */
function contentOf(own: readonly string[], followed: boolean): string {
  const last = own.findLastIndex((line) => line !== '');
  return own.slice(0, last + 1).join('\n') + (followed || last < own.length - 1 ? '\n' : '');
}

function cutFrame({ row, line }: SplitRow): Problem {
  return { category: 'malformed', code: 'message-truncated', text: 'The MLLP frame of the message has no end: the message is incomplete.', at: { row, line }, fix: 'Send the whole message again.' };
}

/** A batch ends with BTS, which counts its messages, and a file of batches with FTS. Source: HL7 v2.4 chapter 2.15. */
function checkBatch(lines: readonly string[], messages: number): Problem[] {
  const of = (name: string): string[] => lines.filter((line) => line.startsWith(name) && batchSegment.test(line));
  const trailers = of('BTS');
  const open = of('BHS').length > trailers.length || of('FHS').length > of('FTS').length;
  const counts = trailers.map((line) => Number(line.split(line[3] ?? '|')[1]?.trim() || Number.NaN));
  const counted = counts.reduce((sum, count) => sum + count, 0);
  if (!open && (trailers.length === 0 || Number.isNaN(counted) || counted === messages)) return [];
  const text = open ? 'The batch has a header and no trailer; it may have been cut off.' : 'The batch does not hold as many messages as its trailer (BTS-1) counts.';
  return [{ category: 'malformed', severity: 'warning', code: 'batch-incomplete', text, at: { line: lines.findLastIndex((line) => line !== '') + 1 }, fix: 'Compare with what was sent, and send again what is missing.' }];
}
