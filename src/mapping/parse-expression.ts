import type { Expression } from './map-syntax.ts';
import { describe } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/**
 * FHIRPath (http://hl7.org/fhirpath/N1) read from the map's own tokens: an expression ends at the first token that cannot continue it.
 */

const strength: Record<string, number> = {
  implies: 1, or: 2, xor: 2, and: 3, in: 4, contains: 4, '=': 5, '~': 5, '!=': 5, '!~': 5, '<': 6, '<=': 6, '>': 6, '>=': 6,
  '|': 7, is: 8, as: 8, '+': 9, '-': 9, '&': 9, '*': 10, '/': 10, div: 10, mod: 10,
};
const units = new Set(['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'].flatMap((unit) => [unit, `${unit}s`]));

/**
 * Reads one expression. `bare` is for places where what follows belongs to the map and not to the expression: there
 * `as x` binds a variable and a text after a number is the rule's name.
 */
export function parseExpression(reader: TokenReader, bare = false): Expression {
  return reader.nested(() => parseBinary(reader, 1, bare));
}

function parseBinary(reader: TokenReader, weakest: number, bare: boolean): Expression {
  let left = parseUnary(reader, bare);
  for (;;) {
    const token = reader.peek();
    const isOperator = (token.kind === 'symbol' || token.kind === 'word') && Object.hasOwn(strength, token.text);
    const power = isOperator ? (strength[token.text] ?? 0) : 0;
    if (power < weakest || power === 0 || (bare && token.text === 'as')) return left;
    reader.take();
    if (token.text === 'is' || token.text === 'as') {
      const type = parseTypeName(reader);
      left = { kind: 'type', at: left.at, end: reader.lastEnd, operator: token.text, operand: left, type };
    } else {
      const right = reader.nested(() => parseBinary(reader, power + 1, bare));
      left = { kind: 'binary', at: left.at, end: reader.lastEnd, operator: token.text, left, right };
    }
  }
}

function parseTypeName(reader: TokenReader): string {
  let type = reader.name('a type');
  while (reader.accept('.')) type += `.${reader.name('a type')}`;
  return type;
}

function parseUnary(reader: TokenReader, bare: boolean): Expression {
  const token = reader.peek();
  if (!reader.is('-') && !reader.is('+')) return parsePostfix(reader, bare);
  reader.take();
  const operand = reader.nested(() => parseUnary(reader, bare));
  if (operand.kind === 'literal' && typeof operand.value === 'number') {
    return { ...operand, at: token.start, value: token.text === '-' ? -operand.value : operand.value };
  }
  return { kind: 'unary', at: token.start, end: reader.lastEnd, operator: token.text, operand };
}

function parsePostfix(reader: TokenReader, bare: boolean): Expression {
  let value = parseTerm(reader, bare);
  for (;;) {
    if (reader.accept('.')) value = parseInvocation(reader, value);
    else if (reader.accept('[')) {
      const index = parseExpression(reader);
      reader.expect(']', 'after an index');
      value = { kind: 'index', at: value.at, end: reader.lastEnd, target: value, index };
    } else return value;
  }
}

function parseTerm(reader: TokenReader, bare: boolean): Expression {
  const token = reader.peek();
  switch (token.kind) {
    case 'string':
    case 'double':
      reader.take();
      return { kind: 'literal', at: token.start, end: token.end, value: token.text };
    case 'number':
      return parseNumber(reader, bare);
    case 'date':
      reader.take();
      return { kind: 'other-literal', at: token.start, end: token.end };
    case 'word':
    case 'quoted-word':
      if (token.kind === 'word' && (token.text === 'true' || token.text === 'false')) {
        reader.take();
        return { kind: 'literal', at: token.start, end: token.end, value: token.text === 'true' };
      }
      return parseInvocation(reader);
    default:
      return parseSymbolTerm(reader);
  }
}

function parseSymbolTerm(reader: TokenReader): Expression {
  const { start } = reader.peek();
  if (reader.accept('(')) {
    const inner = parseExpression(reader);
    reader.expect(')', 'to close the bracket');
    return { kind: 'brackets', at: start, end: reader.lastEnd, inner };
  }
  if (reader.accept('{')) {
    reader.expect('}', 'to close the empty collection');
    return { kind: 'empty', at: start, end: reader.lastEnd };
  }
  if (reader.accept('%')) {
    const token = reader.peek();
    const name = token.kind === 'string' ? reader.take().text : reader.name('a variable after %');
    return { kind: 'variable', at: start, end: reader.lastEnd, name };
  }
  if (reader.is('$')) return parseInvocation(reader);
  return reader.fail(`Expected an expression, found ${describe(reader.peek())}`);
}

function parseNumber(reader: TokenReader, bare: boolean): Expression {
  const token = reader.take();
  const next = reader.peek();
  const isLong = next.kind === 'word' && next.text === 'L' && next.start === token.end;
  const isQuantity = (next.kind === 'string' && !bare) || (next.kind === 'word' && units.has(next.text));
  if (!isLong && !isQuantity) return { kind: 'literal', at: token.start, end: token.end, value: Number(token.text) };
  reader.take();
  return { kind: 'other-literal', at: token.start, end: next.end };
}

/** What may follow a dot, or start a path: a member, a function call, `$this`. */
function parseInvocation(reader: TokenReader, target?: Expression): Expression {
  const at = target?.at ?? reader.peek().start;
  const on = target ? { target } : {};
  if (reader.accept('$')) {
    const name = reader.name('this, index or total after $');
    if (!['this', 'index', 'total'].includes(name)) reader.fail('Only $this, $index and $total are known', at);
    return { kind: 'special', at, end: reader.lastEnd, name };
  }
  const name = reader.name('a name');
  if (!reader.accept('(')) return { kind: 'member', at, end: reader.lastEnd, name, ...on };
  const args: Expression[] = [];
  if (!reader.is(')')) {
    do {
      args.push(parseExpression(reader));
      if (name === 'sort') reader.accept(reader.is('asc') ? 'asc' : 'desc');
    } while (reader.accept(','));
  }
  reader.expect(')', `to close ${name}(`);
  return { kind: 'call', at, end: reader.lastEnd, name, args, ...on };
}
