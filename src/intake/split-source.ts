import type { Problem } from '../fhir/problem.ts';
import { postableParts } from './addresses.ts';
import { decodeText } from './decode-text.ts';
import { formats } from './formats.ts';
import type { Feed, Kind, SplitRow } from './types.ts';

/**
 * Cuts a source record into its rows: HL7 messages, CSV data rows, records of a document. `problems` refuse the whole record (wrong
 * encoding, wrong header, unknown part, too large), or, beside rows, are told with them; a row that cannot be read carries
 * its own problem and the rest goes on.
 */
export function splitSource(kind: Kind, feed: Feed, partName: string, bytes: Uint8Array): { rows: SplitRow[]; problems: Problem[] } {
  const refuse = (problem: Problem): { rows: SplitRow[]; problems: Problem[] } => ({ rows: [], problems: [problem] });

  const part = kind.parts.find((candidate) => candidate.name === partName);
  if (!part || !postableParts(kind).includes(partName)) return refuse(unknownPart(kind));
  if (bytes.length > kind.limits.maxBytes) return refuse(tooLarge(kind));
  if (bytes.length === 0) return refuse({ category: 'malformed', code: 'source-empty', text: 'The file is empty.' });
  const decoded = decodeText(bytes);
  if ('problem' in decoded) return refuse(decoded.problem);

  const { maxRows } = kind.limits;
  // no more than one row over the limit is read: rows take more room than bytes
  const split = formats[kind.format].split({ feed, part, text: decoded.text, most: maxRows + 1 });
  if (split.rows.length > maxRows) {
    return refuse({ category: 'too-large', code: 'source-too-many-rows', text: `The file has more than the ${maxRows} rows this feed may send at once.`, fix: 'Send it in several files.' });
  }
  return split;
}

/** The refusal of more bytes than the kind may send. */
export function tooLarge({ limits }: Kind): Problem {
  return { category: 'too-large', code: 'source-too-large', text: `The file is larger than the ${limits.maxBytes} bytes this feed may send at once.`, fix: 'Send it in several files.' };
}

function unknownPart(kind: Kind): Problem {
  const names = postableParts(kind).filter((name) => name !== '');
  return {
    category: 'not-found',
    code: 'part-unknown',
    text: names.length === 0 ? 'This feed has no parts.' : 'This feed has no such part.',
    expected: names.length === 0 ? 'no part in the address' : names.join(', '),
  };
}
