/** Fields by their number in the standard, already encoded; the writer counts the separators. */
export type Fields = { readonly [position: number]: string | undefined };

/** One segment: `segment('EVN', { 2: '20260609' })` → `EVN||20260609`. */
export function segment(name: string, fields: Fields): string {
  let text = name;
  let written = 0;
  for (const key of Object.keys(fields)) { // whole-number keys come in ascending order
    const value = fields[Number(key)];
    if (!value) continue;
    text += '|'.repeat(Number(key) - written) + value;
    written = Number(key);
  }
  return text;
}

/** The message header, whose first two fields are the separators themselves (HL7 v2.4, 2.16.9). */
export function headerSegment(fields: Fields): string {
  return segment('MSH', { ...shifted(fields), 1: '^~\\&' });
}

/** Components of one repetition in order, escaped, without trailing empty ones. */
export function components(...parts: readonly (string | undefined)[]): string {
  return parts.map((part) => escapeText(part ?? '')).join('^').replace(/\^+$/, '');
}

/** Repetitions of one field; empty ones are left out. */
export function repetitions(...values: readonly (string | undefined)[]): string {
  return values.filter(Boolean).join('~');
}

const escapes: { readonly [separator: string]: string } = { '\\': '\\E\\', '|': '\\F\\', '^': '\\S\\', '~': '\\R\\', '&': '\\T\\' };

function escapeText(text: string): string {
  if (!/[\\|^~&]/.test(text)) return text;
  return text.replace(/[\\|^~&]/g, (separator) => escapes[separator] ?? separator);
}

/** MSH-3 is the second field after the name, because MSH-1 is the separator before it. */
function shifted(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [Number(key) - 1, value]));
}
