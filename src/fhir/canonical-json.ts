import { isExactNumber } from './read-json.ts';

/**
 * The JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, no white space, ECMAScript numbers.
 * Equal values give equal text, so the text can be hashed and signed. Throws a TypeError on what has no canonical form:
 * NaN and infinities, half surrogate pairs, dates and other class instances, functions, symbols, bigints, and
 * `undefined` anywhere but as an object member, where it is left out as `JSON.stringify` does. A number that `readJson`
 * kept exact is written as it was: 0.010 and 0.01 stay two values, where the scheme knows only doubles.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return finite(value);
  if (isExactNumber(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) return object(value);
  throw new TypeError('a value has no canonical JSON form');
}

/** Every answer waits for the entry written with this: no list is made that need not be. `sort` orders by UTF-16 code units. */
function object(value: object): string {
  const members = value as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member !== undefined) text += `${text === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${text}}`;
}

/** Nothing in it that JSON escapes. */
const plain = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw new TypeError('half a surrogate pair has no canonical JSON form');
  return JSON.stringify(text);
}

function finite(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no canonical JSON form');
  return JSON.stringify(value);
}

/** A class instance would lose what it means. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
