import { Refusal, type Problem } from '../../fhir/problem.ts';

const mostParameters = 100;

/**
 * `a=b&c=d` as decoded pairs in order. Refused: escapes that are not UTF-8, because what replaces them would be searched
 * for instead, and NUL. Source: WHATWG URL, application/x-www-form-urlencoded.
 */
export function readParameters(text: string): [string, string][] {
  const pieces = text.split('&', mostParameters + 1).filter((piece) => piece !== '');
  if (pieces.length > mostParameters) throw new Refusal(tooMany);
  return pieces.map((piece) => {
    const equals = piece.indexOf('=');
    return equals < 0 ? [decode(piece), ''] : [decode(piece.slice(0, equals)), decode(piece.slice(equals + 1))];
  });
}

/** The same as they come on the wire, a character for each byte: bytes that were not percent-encoded are UTF-8 as well. */
export function readSentParameters(bytes: string): [string, string][] {
  return readParameters(/[\u0080-\u00ff]/.test(bytes) ? utf8Of(bytes) : bytes);
}

function utf8Of(bytes: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    throw new Refusal(unreadable);
  }
}

function decode(escaped: string): string {
  try {
    const text = decodeURIComponent(escaped.replaceAll('+', ' '));
    if (!text.includes('\u0000')) return text;
  } catch {
    // told below: an escape that is not UTF-8
  }
  throw new Refusal(unreadable);
}

const unreadable: Problem = {
  category: 'malformed', code: 'parameters-unreadable', text: 'The parameters hold bytes or an escape that are not UTF-8, or NUL.', fix: 'Percent-encode the UTF-8 bytes of every value.',
};
const tooMany: Problem = {
  category: 'invalid', code: 'search-too-many', text: 'The request has too many parameters.', expected: `at most ${mostParameters}`,
};
