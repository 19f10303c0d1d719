import type { Delimiters } from './delimiters.ts';

const noText = new Set(['H', 'N']);
const lineBreak = /^\.(br|sp\+?\d*|ce)$/;

/**
 * Replaces HL7 escape sequences: separators, hexadecimal bytes, line breaks; highlighting is dropped. An unknown or
 * unfinished sequence stays as sent, so that nothing is lost. Source: HL7 v2.4 chapter 2.10.
 */
export function unescape(text: string, marks: Delimiters): string {
  if (!text.includes(marks.escape)) return text;
  const parts = text.split(marks.escape);
  let result = parts[0] ?? '';
  let index = 1;
  while (index < parts.length) {
    const sequence = parts[index] ?? '';
    const meaning = index + 1 < parts.length ? meaningOf(sequence, marks) : undefined;
    if (meaning === undefined) {
      result += marks.escape + sequence;
      index += 1;
    } else {
      result += meaning + (parts[index + 1] ?? '');
      index += 2;
    }
  }
  return result;
}

function meaningOf(sequence: string, marks: Delimiters): string | undefined {
  switch (sequence) {
    case 'F': return marks.field;
    case 'S': return marks.component;
    case 'T': return marks.subcomponent;
    case 'R': return marks.repetition;
    case 'E': return marks.escape;
    default: break;
  }
  if (noText.has(sequence)) return '';
  if (lineBreak.test(sequence)) return '\n';
  return /^X([0-9A-Fa-f]{2})+$/.test(sequence) ? fromHex(sequence.slice(1)) : undefined;
}

/** Bytes as UTF-8; undefined (left as sent) when they are not, or hold a control character other than tab and line ends. */
function fromHex(digits: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(digits, 'hex'));
    return /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text) ? undefined : text.replace(/\r\n?/g, '\n');
  } catch {
    return undefined;
  }
}
