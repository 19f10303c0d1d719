/** Tokens of the FHIR Mapping Language and of FHIRPath inside it: one lexer for both, so that nobody has to guess where an expression ends. */

export interface Token {
  kind: 'word' | 'quoted-word' | 'string' | 'double' | 'number' | 'date' | 'symbol' | 'meta' | 'end';
  /** decoded: a string without quotes and escapes; for metadata its key */
  text: string;
  /** of a metadata line */
  value?: string;
  /** comments before it, and behind it on its line, without their slashes */
  comment?: string;
  start: number;
  end: number;
}

export interface LexError {
  at: number;
  text: string;
}

const symbols = ['->', '<<', '>>', '..', '==', '!=', '<=', '>=', '!~', '{', '}', '(', ')', '[', ']', ',', ';', ':', '.', '=', '<', '>', '~', '+', '-', '*', '/', '&', '|', '%', '$', '#'];
const escapes: Record<string, string> = { t: '\t', r: '\r', n: '\n', f: '\f', "'": "'", '"': '"', '`': '`', '\\': '\\', '/': '/' };
const spaces = /[\s\uFEFF]+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /\d+(?:\.\d+)?/y;
const date = /@(?:T[\d:.]+|\d{4}(?:-\d\d(?:-\d\d)?)?(?:T(?:[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?)?)/y;
const metaLine = /\/\/\/[ \t]*([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/y;
const endOfLine = /[^\r\n]*/y;

/** Splits `text` between two offsets into tokens, always ending with one `end` token. Never throws: what cannot be read is an error and is skipped. */
export function lexMap(text: string, from = 0, to = text.length): { tokens: Token[]; errors: LexError[] } {
  const lexer = new Lexer(text, from, to);
  lexer.run();
  return { tokens: lexer.tokens, errors: lexer.errors };
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly errors: LexError[] = [];
  private readonly text: string;
  private readonly to: number;
  private at: number;
  private inHeader = true;
  private comments: string[] = [];

  constructor(text: string, from: number, to: number) {
    this.text = text;
    this.at = from;
    this.to = to;
  }

  run(): void {
    for (;;) {
      this.match(spaces);
      if (this.at >= this.to) break;
      if (this.comment()) continue;
      this.token();
    }
    this.add({ kind: 'end', text: '', start: this.to, end: this.to });
  }

  private add(token: Token): void {
    this.tokens.push(this.comments.length === 0 ? token : { ...token, comment: this.comments.join('\n') });
    this.comments = [];
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found || found.index + found[0].length > this.to) return null;
    this.at += found[0].length;
    return found;
  }

  private push(kind: Token['kind'], text: string, start: number): void {
    this.add({ kind, text, start, end: this.at });
  }

  private comment(): boolean {
    if (this.text.startsWith('//', this.at)) {
      if (this.inHeader && this.metadata()) return true;
      const start = this.at;
      if (!this.match(endOfLine)) this.at = this.to;
      this.note(start, this.text.slice(start, this.at).replace(/^\/+ ?/, ''));
      return true;
    }
    if (!this.text.startsWith('/*', this.at)) return false;
    const close = this.text.indexOf('*/', this.at + 2);
    if (close === -1 || close + 2 > this.to) {
      this.errors.push({ at: this.at, text: 'This comment is never closed' });
      this.at = this.to;
    } else {
      const start = this.at;
      this.at = close + 2;
      this.note(start, this.text.slice(start + 2, close).replace(/^[ \t]*\*?[ \t]?/gm, '').trim());
    }
    return true;
  }

  /** A comment belongs to what follows it, or to what stands before it on its line. */
  private note(start: number, comment: string): void {
    const before = this.tokens.at(-1);
    const text = comment.trimEnd();
    if (text === '') return;
    if (!before || before.kind === 'meta' || /[\r\n]/.test(this.text.slice(before.end, start))) this.comments.push(text);
    else before.comment = before.comment === undefined ? text : `${before.comment}\n${text}`;
  }

  private metadata(): boolean {
    const start = this.at;
    const found = this.match(metaLine);
    if (!found) return false;
    let value: string;
    if (this.text.startsWith('"""', this.at)) {
      const close = this.text.indexOf('"""', this.at + 3);
      if (close === -1) this.errors.push({ at: this.at, text: 'This text in """ is never closed' });
      value = this.text.slice(this.at + 3, close === -1 ? this.to : close);
      this.at = close === -1 ? this.to : close + 3;
    } else value = this.metaValue();
    this.add({ kind: 'meta', text: found[1] ?? '', value, start, end: this.at });
    return true;
  }

  private metaValue(): string {
    const quote = this.text[this.at];
    if (quote === "'" || quote === '"') return this.quoted(quote);
    return (this.match(endOfLine)?.[0] ?? '').trim();
  }

  private token(): void {
    const start = this.at;
    const char = this.text[start] ?? '';
    if (char === "'" || char === '"' || char === '`') {
      const text = this.quoted(char);
      this.push(char === "'" ? 'string' : char === '"' ? 'double' : 'quoted-word', text, start);
      return;
    }
    const name = this.match(word);
    if (name) {
      if (name[0] === 'group') this.inHeader = false;
      this.push('word', name[0], start);
      return;
    }
    const digits = this.match(number);
    if (digits) return this.push('number', digits[0], start);
    const moment = this.match(date);
    if (moment) return this.push('date', moment[0], start);
    const symbol = symbols.find((s) => this.text.startsWith(s, start) && start + s.length <= this.to);
    this.at += symbol?.length ?? 1;
    if (symbol) this.push('symbol', symbol, start);
    else this.errors.push({ at: start, text: 'This character means nothing here' });
  }

  /** Reads from the opening quote to the closing one, which must be on the same line. */
  private quoted(quote: string): string {
    const start = this.at;
    let value = '';
    for (this.at += 1; this.at < this.to; this.at += 1) {
      const char = this.text[this.at] ?? '';
      if (char === quote) {
        this.at += 1;
        return value;
      }
      if (char === '\n') break;
      value += char === '\\' ? this.escape() : char;
    }
    this.errors.push({ at: start, text: `This text is never closed with ${quote} on its line` });
    return value;
  }

  private escape(): string {
    const start = this.at;
    const next = this.text[start + 1] ?? '';
    const hex = this.text.slice(start + 2, start + 6);
    if (next === 'u' && /^[0-9A-Fa-f]{4}$/.test(hex)) {
      this.at += 5;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    this.at += 1;
    const decoded = Object.hasOwn(escapes, next) ? escapes[next] : undefined;
    if (decoded === undefined) this.errors.push({ at: start, text: 'This escape is unknown; known are \\t \\r \\n \\f \\\' \\" \\` \\\\ \\/ and \\u with four hexadecimal digits' });
    return decoded ?? next;
  }
}
