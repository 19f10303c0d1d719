import type { Problem } from '../fhir/problem.ts';
import { lexMap } from './lex-map.ts';
import type { Token } from './lex-map.ts';
import type { TextPart } from './map-syntax.ts';
import { mapProblem } from './text-position.ts';
import type { PlacedText } from './text-position.ts';

/** Thrown inside the parser to give up on the current rule or header line; its problem is already recorded. */
export class SyntaxStop extends Error {}

const deepestNesting = 200;

/** A cursor over the tokens of one file that collects what is wrong. */
export class TokenReader {
  readonly file: string;
  readonly text: string;
  readonly pointers?: readonly TextPart[];
  readonly problems: Problem[];
  readonly warnings: Problem[];
  private readonly tokens: Token[];
  private next = 0;
  private documented = 0;
  private depth = 0;

  constructor(source: PlacedText, range?: { from: number; to: number; problems: Problem[]; warnings: Problem[] }) {
    this.file = source.file;
    this.text = source.text;
    if (source.pointers) this.pointers = source.pointers;
    this.problems = range?.problems ?? [];
    this.warnings = range?.warnings ?? [];
    const { tokens, errors } = lexMap(source.text, range?.from, range?.to);
    this.tokens = tokens;
    for (const error of errors) this.report(error.at, error.text);
  }

  peek(ahead = 0): Token {
    const token = this.tokens[this.next + ahead] ?? this.tokens.at(-1);
    if (!token) throw new Error('a token list always ends with an end token');
    return token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.next += 1;
    return token;
  }

  /** The comments since the last call: those before the next token, or only those up to the last token taken. */
  documentation(upTo: 'next' | 'last'): string[] {
    const end = upTo === 'next' ? this.next + 1 : this.next;
    const comments = this.tokens.slice(this.documented, end).flatMap(({ comment }) => comment ?? []);
    this.documented = Math.max(this.documented, end);
    return comments;
  }

  /** End of the last token taken: where an expression ends. */
  get lastEnd(): number {
    return this.tokens[this.next - 1]?.end ?? 0;
  }

  is(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === 'symbol' || token.kind === 'word') && token.text === text;
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next += 1;
    return true;
  }

  expect(text: string, where: string): Token {
    if (!this.is(text)) this.fail(`Expected ${text} ${where}, found ${describe(this.peek())}`);
    return this.take();
  }

  /** A declared name: of a group, parameter, variable, constant. */
  name(what: string): string {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'quoted-word') this.fail(`Expected ${what}, found ${describe(token)}`);
    if (token.text === '__proto__') this.fail('__proto__ is not allowed as a name');
    return this.take().text;
  }

  /** A name below another one; R4 wrote those that are no words in double quotes. */
  elementName(): string {
    return this.peek().kind === 'double' && this.peek().text !== '__proto__' ? this.take().text : this.name('an element name');
  }

  string(what: string): string {
    const token = this.peek();
    if (token.kind !== 'string' && token.kind !== 'double') this.fail(`Expected ${what} in quotes, found ${describe(token)}`);
    return this.take().text;
  }

  report(at: number, text: string): void {
    if (this.problems.length < 100) this.problems.push(mapProblem(this, at, 'map-syntax', text));
  }

  warn(at: number, text: string): void {
    if (this.warnings.length < 100) this.warnings.push({ ...mapProblem(this, at, 'map-style', text), severity: 'warning' });
  }

  fail(text: string, at = this.peek().start): never {
    this.report(at, text);
    throw new SyntaxStop();
  }

  /** Runs `read` one level deeper, so that a text made of a million brackets is an error and not a crash. */
  nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > deepestNesting) this.fail('This is nested too deeply');
    try {
      return read();
    } finally {
      this.depth -= 1;
    }
  }

  /** After an error: moves behind the next `;` of this block, or to the `}` that closes it. */
  skipStatement(): void {
    for (let open = 0; this.peek().kind !== 'end'; this.take()) {
      if (this.is('{')) open += 1;
      else if (this.is('}')) {
        if (open === 0) return;
        open -= 1;
      } else if (this.is(';') && open === 0) {
        this.take();
        return;
      }
    }
  }

  /** After an error between groups: moves to the next word that can start one. */
  skipToGroup(): void {
    while (this.peek().kind !== 'end' && !(this.is('group') && this.peek(1).kind === 'word')) this.take();
  }
}

export function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the text';
  if (token.kind === 'string' || token.kind === 'double') return 'a text in quotes';
  return token.kind === 'meta' ? 'a metadata line' : token.text;
}
