/** Values of search parameters as they are written: escapes, alternatives, prefixes (FHIR R4 search). */

export const clauseLimits = { valueLength: 512, alternatives: 50 };

/** Cuts at a separator that no backslash escapes. */
export function splitUnescaped(value: string, separator: ',' | '|' | '$'): string[] {
  const parts = [''];
  for (let at = 0; at < value.length; at += 1) {
    const next = value.charAt(at);
    if (next === separator) parts.push('');
    else {
      const taken = next === '\\' ? value.slice(at, at + 2) : next;
      parts[parts.length - 1] += taken;
      at += taken.length - 1;
    }
  }
  return parts;
}

export function unescape(value: string): string {
  return value.replace(/\\([,$|\\])/g, '$1');
}
