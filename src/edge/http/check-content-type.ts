import type { Problem } from '../../fhir/problem.ts';

/** Whether a body is declared as one of these media types; its text is always UTF-8, so any other charset is refused and never guessed. */
export function checkContentType(header: string | undefined, types: readonly string[]): Problem | null {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const otherCharset = parameters.some((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter));
  if (types.includes(type) && !otherCharset) return null;
  return {
    category: 'media-type', code: 'media-type-unsupported', text: 'The body is not declared as a form this address takes.', expected: `Content-Type: ${types.join(' or ')}, in UTF-8`,
  };
}
