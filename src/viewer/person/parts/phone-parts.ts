export interface TextPart {
  text: string;
  /** digits to dial, where the part is a phone number */
  number?: string;
}

/** A British phone number as people write it: from 0 or +44, ten or eleven digits, with spaces or dashes between. */
const phone = /(?<![\d+])(?:\+44[ -]?|0)(?:\d[ -]?){8,9}\d(?!\d)/g;

/** `Team South, 0121 496 0210` → its parts, the number told apart. The text is kept as it is. */
export function phoneParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(phone)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index) });
    parts.push({ text: match[0], number: match[0].replaceAll(/[^+\d]/g, '') });
    from = match.index + match[0].length;
  }
  return from < text.length ? [...parts, { text: text.slice(from) }] : parts;
}
