import type { Problem } from '../../fhir/problem.ts';
import { isOtherVersion } from './negotiate-form.ts';

/** Whether a body is declared as one of these media types; its text is always UTF-8 and of FHIR R4, so any other charset or version is refused and never guessed. */
export function checkContentType(header: string | undefined, types: readonly string[]): Problem | null {
  const [type = '', ...parameters] = (header ?? '').split(';').map((part) => part.trim().toLowerCase());
  const otherCharset = parameters.some((parameter) => parameter.startsWith('charset=') && !/^charset="?utf-?8"?$/.test(parameter));
  const otherVersion = parameters.some((parameter) => isOtherVersion(parameter));
  if (types.includes(type) && !otherCharset && !otherVersion) return null;
  return {
    category: 'media-type', code: 'media-type-unsupported', text: 'The body is not declared as a form this address takes.', expected: `Content-Type: ${types.join(' or ')}, in UTF-8${otherVersion ? ', fhirVersion=4.0 or none' : ''}`,
  };
}
