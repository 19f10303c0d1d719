import type { Problem } from './problem.ts';

/**
 * One iterative pass over a JSON text, before anything parses it. It refuses what `JSON.parse` would accept and later
 * code or the database could not bear: too deep, too many entries, keys said twice, keys that reach a prototype, NUL,
 * half a surrogate pair, numbers beyond a double's range. It never recurses, so depth costs nothing.
 * Sources: RFC 8259 (grammar), RFC 7493 (I-JSON: no duplicate names, no lone surrogates), RFC 6901 (pointers).
 */
export interface ScanLimits {
  /** deepest nesting of objects and arrays */
  maxDepth: number;
  /** most values altogether: members, elements and the root */
  maxEntries: number;
}

/** `exact` is true when some number would not survive a round trip through a JavaScript number. */
export type ScanResult = { exact: boolean } | { problem: Problem };

export function scanJson(text: string, limits: ScanLimits): ScanResult {
  const scanner = new JsonScanner(text, limits);
  const problem = scanner.run();
  return problem ? { problem } : { exact: scanner.exact };
}

const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

const plainRun = /[^"\\\u0000-\u001f]*/y;
const numberToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const escapeToken = /\\(?:["\\/bfnrt]|u([0-9a-fA-F]{4}))/y;
const wordToken = /true|false|null/y;

/** A container being read. `keys` is absent for an array. */
interface Frame {
  keys?: Set<string>;
  key: string;
  index: number;
}

type State = 'value' | 'first-value' | 'first-key' | 'key' | 'after-value' | 'done';

class JsonScanner {
  exact = false;
  private readonly text: string;
  private readonly limits: ScanLimits;
  private readonly frames: Frame[] = [];
  private at = 0;
  private entries = 0;
  private state: State = 'value';

  constructor(text: string, limits: ScanLimits) {
    this.text = text;
    this.limits = limits;
  }

  run(): Problem | undefined {
    while (this.state !== 'done') {
      this.skipSpace();
      const problem = this.step();
      if (problem) return problem;
    }
    this.skipSpace();
    return this.at < this.text.length ? this.syntax('the end of the text') : undefined;
  }

  private step(): Problem | undefined {
    const next = this.text[this.at];
    if (this.state === 'after-value') return this.afterValue(next);
    if (this.state === 'first-key' && next === '}') return this.close();
    if (this.state === 'first-value' && next === ']') return this.close();
    if (this.state === 'first-key' || this.state === 'key') return this.member(next);
    return this.value(next);
  }

  private afterValue(next: string | undefined): Problem | undefined {
    const frame = this.frames.at(-1);
    if (!frame) {
      this.state = 'done';
      return undefined;
    }
    if (next === ',') {
      this.at += 1;
      frame.index += 1;
      this.state = frame.keys ? 'key' : 'value';
      return undefined;
    }
    if (next === (frame.keys ? '}' : ']')) return this.close();
    return this.syntax(frame.keys ? 'a comma or a closing brace' : 'a comma or a closing bracket');
  }

  private member(next: string | undefined): Problem | undefined {
    const frame = this.frames.at(-1);
    if (!frame?.keys || next !== '"') return this.syntax('a member name in double quotes');
    const start = this.at;
    const bad = this.string();
    if (bad) return bad;
    const raw = this.text.slice(start, this.at);
    const key = raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
    frame.key = key;
    if (frame.keys.has(key)) {
      return this.problem('json-duplicate-key', 'The same member name is given twice in one object.', start, { fix: 'Send each member once.' });
    }
    if (forbiddenKeys.has(key)) {
      return this.problem('json-forbidden-key', 'A member name is one that is never accepted.', start, { expected: 'no member named __proto__, constructor or prototype' });
    }
    frame.keys.add(key);
    this.skipSpace();
    if (this.text[this.at] !== ':') return this.syntax('a colon');
    this.at += 1;
    this.state = 'value';
    return undefined;
  }

  private value(next: string | undefined): Problem | undefined {
    this.entries += 1;
    if (this.entries > this.limits.maxEntries) {
      return this.problem('json-too-many-entries', 'The JSON holds more entries than are accepted.', this.at, { category: 'too-large', expected: `at most ${this.limits.maxEntries} entries` });
    }
    if (next === '{' || next === '[') return this.open(next);
    this.state = 'after-value';
    if (next === '"') return this.string();
    if (this.take(wordToken)) return undefined;
    return this.number();
  }

  private open(bracket: '{' | '['): Problem | undefined {
    if (this.frames.length >= this.limits.maxDepth) {
      return this.problem('json-too-deep', 'The JSON is nested deeper than is accepted.', this.at, { expected: `at most ${this.limits.maxDepth} levels`, pointer: false });
    }
    this.at += 1;
    this.frames.push(bracket === '{' ? { keys: new Set(), key: '', index: 0 } : { key: '', index: 0 });
    this.state = bracket === '{' ? 'first-key' : 'first-value';
    return undefined;
  }

  private close(): undefined {
    this.at += 1;
    this.frames.pop();
    this.state = 'after-value';
  }

  private number(): Problem | undefined {
    const start = this.at;
    const source = this.take(numberToken);
    if (!source) return this.syntax('a value');
    const value = Number(source);
    if (!Number.isFinite(value)) {
      return this.problem('json-number-range', 'A number is larger than can be kept.', start, { expected: 'a number below 1.8e308' });
    }
    if (String(value) !== source) this.exact = true;
    return undefined;
  }

  /** Reads a string from its opening quote past its closing quote. */
  private string(): Problem | undefined {
    const start = this.at;
    this.at += 1;
    let high = false;
    for (;;) {
      const run = this.take(plainRun);
      const next = this.text[this.at];
      if (high && (run || next !== '\\')) return this.surrogate();
      if (next === '"') break;
      if (next === undefined) return this.syntax('a closing double quote', start);
      if (next !== '\\') return next === '\0' ? this.nul() : this.syntax('no control character inside a string');
      const escape = this.take(escapeToken);
      if (!escape) return this.syntax('a valid escape');
      const unit = escape.length === 6 ? Number.parseInt(escape.slice(2), 16) : -1;
      if (unit === 0) return this.nul();
      const low = unit >= 0xdc00 && unit <= 0xdfff;
      if (low !== high) return this.surrogate();
      high = unit >= 0xd800 && unit <= 0xdbff;
    }
    this.at += 1;
    return undefined;
  }

  private nul(): Problem {
    return this.problem('json-forbidden-character', 'A string holds the character NUL.', this.at, { expected: 'no U+0000' });
  }

  private surrogate(): Problem {
    return this.problem('json-forbidden-character', 'A string holds half of a surrogate pair.', this.at, { expected: 'whole Unicode characters' });
  }

  private syntax(expected: string, at = this.at): Problem {
    return this.problem('json-syntax', 'The body is not well-formed JSON.', at, { expected });
  }

  private take(token: RegExp): string {
    token.lastIndex = this.at;
    const found = token.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.at += 1;
    }
  }

  private problem(code: string, text: string, at: number, more: { category?: Problem['category']; expected?: string; fix?: string; pointer?: false }): Problem {
    const pointer = more.pointer === false ? '' : this.pointer();
    return {
      category: more.category ?? 'malformed',
      code,
      text,
      at: { ...place(this.text, at), ...(pointer && { pointer }) },
      ...(more.expected && { expected: more.expected }),
      ...(more.fix && { fix: more.fix }),
    };
  }

  private pointer(): string {
    return this.frames.map((frame) => `/${frame.keys ? segment(frame.key) : frame.index}`).join('');
  }
}

/** A member name as part of a pointer; cut short, since a hostile name may be of any length. */
function segment(key: string): string {
  return key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}

function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
