import type { CallSyntax, Expression, RuleSyntax, SourceListMode, SourceSyntax, TargetListMode, TargetSyntax, TransformSyntax } from './map-syntax.ts';
import { parseExpression } from './parse-expression.ts';
import { describe, SyntaxStop, TokenReader } from './token-reader.ts';

const sourceListModes = new Set(['first', 'not_first', 'last', 'not_last', 'only_one']);
const targetListModes = new Set(['first', 'last', 'single', 'collate']);

/** Reads the rules between `{` and `}`; a rule with a mistake is reported and the next one is read. */
export function parseBlock(reader: TokenReader): RuleSyntax[] {
  reader.expect('{', 'to open the rules');
  const rules: RuleSyntax[] = [];
  reader.nested(() => {
    while (!reader.is('}') && reader.peek().kind !== 'end') {
      try {
        if (reader.accept(';') || skipMeta(reader)) continue;
        rules.push(...parseRule(reader));
      } catch (error) {
        if (!(error instanceof SyntaxStop)) throw error;
        reader.skipStatement();
      }
    }
  });
  reader.expect('}', 'to close the rules');
  return rules;
}

function skipMeta(reader: TokenReader): boolean {
  if (reader.peek().kind !== 'meta') return false;
  reader.take();
  return true;
}

function parseRule(reader: TokenReader): RuleSyntax[] {
  if (reader.is('for') && reader.peek(1).kind === 'word') reader.take();
  if (reader.is('->', 1) && reader.is(':', 3)) return parseBatch(reader);
  const comments = reader.documentation('next');
  const rule: RuleSyntax = { at: reader.peek().start, sources: [], targets: [], calls: [] };
  do rule.sources.push(parseSource(reader));
  while (reader.accept(','));
  if (reader.accept('->')) {
    do rule.targets.push(parseTarget(reader));
    while (reader.accept(','));
  }
  if (reader.accept('then')) parseThen(reader, rule);
  endRule(reader, rule);
  document(rule, [...comments, ...reader.documentation('last')]);
  return [rule];
}

export function document(part: { documentation?: string }, comments: string[]): void {
  if (comments.length > 0) part.documentation = comments.join('\n');
}

function endRule(reader: TokenReader, rule: RuleSyntax): void {
  const token = reader.peek();
  if (token.kind === 'string' || token.kind === 'double') rule.name = reader.take().text;
  reader.expect(';', 'at the end of the rule');
}

/** `src -> tgt : a, b, c;` is `src.a -> tgt.a; src.b -> tgt.b; …` */
function parseBatch(reader: TokenReader): RuleSyntax[] {
  const comments = reader.documentation('next');
  const source = reader.name('a source variable');
  reader.expect('->', 'after the source');
  const target = reader.name('a target variable');
  reader.expect(':', 'before the names');
  const rules: RuleSyntax[] = [];
  do {
    const at = reader.peek().start;
    const path = [reader.name('an element')];
    rules.push({ at, sources: [{ at, context: source, path }], targets: [{ at, context: target, path }], calls: [] });
  } while (reader.accept(','));
  const last: RuleSyntax = { at: reader.peek().start, sources: [], targets: [], calls: [] };
  endRule(reader, last);
  document(rules[0] ?? last, [...comments, ...reader.documentation('last')]);
  return rules.map((rule, index) => (last.name === undefined ? rule : { ...rule, name: `${last.name}-${index + 1}` }));
}

function parseThen(reader: TokenReader, rule: RuleSyntax): void {
  if (!reader.is('{')) {
    do rule.calls.push(parseCall(reader));
    while (reader.accept(','));
  }
  if (!reader.is('{')) return;
  const block = parseBlock(reader);
  if (block.length > 0) rule.block = block;
}

function parseCall(reader: TokenReader): CallSyntax {
  const at = reader.peek().start;
  const name = reader.name('the name of a group');
  reader.expect('(', `after ${name}`);
  const args: Expression[] = [];
  if (!reader.is(')')) {
    do args.push(parseExpression(reader));
    while (reader.accept(','));
  }
  reader.expect(')', `to close ${name}(`);
  return { at, name, args };
}

function parsePath(reader: TokenReader): string[] {
  const path: string[] = [];
  while (reader.accept('.')) path.push(reader.accept('*') ? '*' : reader.elementName());
  return path;
}

function parseSource(reader: TokenReader): SourceSyntax {
  const at = reader.peek().start;
  if (reader.is('search') && reader.is('(', 1)) reader.fail('search() is not supported: map what the source holds');
  const source: SourceSyntax = { at, context: reader.name('a source'), path: [] };
  source.path = parsePath(reader);
  if (reader.accept(':')) source.type = [reader.name('a type'), ...parsePath(reader)].join('.');
  if (reader.peek().kind === 'number') parseCardinality(reader, source);
  while (parseClause(reader, source));
  return source;
}

function parseCardinality(reader: TokenReader, source: SourceSyntax): void {
  const at = reader.peek().start;
  source.min = Number(reader.take().text);
  reader.expect('..', 'between minimum and maximum');
  if (reader.accept('*')) source.max = Infinity;
  else if (reader.peek().kind === 'number') source.max = Number(reader.take().text);
  else reader.fail('Expected a number or * as the maximum');
  if (source.min > source.max) reader.fail('The minimum is greater than the maximum', at);
}

function parseClause(reader: TokenReader, source: SourceSyntax): boolean {
  const token = reader.peek();
  if (token.kind !== 'word') return false;
  if (sourceListModes.has(token.text)) {
    source.listMode = reader.take().text as SourceListMode;
    return true;
  }
  switch (token.text) {
    case 'default':
      reader.take();
      source.defaultValue = parseDefault(reader);
      return true;
    case 'as':
      reader.take();
      source.alias = reader.name('a variable');
      return true;
    case 'where':
    case 'check':
    case 'log':
      reader.take();
      source[token.text] = parseCondition(reader, token.text);
      return true;
    default:
      return false;
  }
}

/** The bracket of a default ends it: what follows may be `as v`. */
function parseDefault(reader: TokenReader): Expression {
  if (!reader.accept('(')) {
    const at = reader.peek();
    return { kind: 'literal', at: at.start, end: at.end, value: reader.string('a default value') };
  }
  const value = parseExpression(reader);
  reader.expect(')', 'after the default');
  return value;
}

/** `where (a) = false` is legal, so an expression may go on after its first bracket. A condition in double quotes is read as if it had none. */
function parseCondition(reader: TokenReader, clause: string): Expression {
  const token = reader.peek();
  if (token.kind === 'double') {
    reader.take();
    const inner = new TokenReader(reader, { from: token.start + 1, to: token.end - 1, problems: reader.problems, warnings: reader.warnings });
    const expression = parseExpression(inner);
    if (inner.peek().kind !== 'end') inner.fail(`Unexpected ${describe(inner.peek())} in the condition`);
    return expression;
  }
  if (!reader.is('(')) reader.warn(token.start, `Write ${clause} with brackets: ${clause} (…)`);
  return parseExpression(reader, true);
}

function parseTarget(reader: TokenReader): TargetSyntax {
  const at = reader.peek().start;
  const target: TargetSyntax = { at, path: [] };
  if (reader.is('(') || (reader.peek().kind === 'word' && reader.is('(', 1))) target.transform = parseTransform(reader);
  else {
    target.context = reader.name('a target');
    target.path = parsePath(reader);
    if (target.path.includes('*')) reader.fail('* is not a target element', at);
    if (reader.accept('=')) target.transform = parseTransform(reader);
  }
  while (parseTargetClause(reader, target));
  return target;
}

function parseTransform(reader: TokenReader): TransformSyntax {
  const at = reader.peek().start;
  if (reader.peek().kind === 'word' && reader.is('(', 1)) return { kind: 'call', call: parseCall(reader) };
  return { kind: 'expression', at, expression: parseExpression(reader, true) };
}

function parseTargetClause(reader: TokenReader, target: TargetSyntax): boolean {
  const token = reader.peek();
  if (reader.accept('as')) {
    target.alias = reader.name('a variable');
    return true;
  }
  if (reader.is('share') || (token.kind === 'word' && targetListModes.has(token.text))) {
    if (target.listMode !== undefined || target.share !== undefined) reader.fail('A target has one list mode');
    reader.take();
    if (token.text === 'share') target.share = reader.name('a label after share');
    // collate is what R4 calls single
    else target.listMode = token.text === 'collate' ? 'single' : (token.text as TargetListMode);
    return true;
  }
  return false;
}
